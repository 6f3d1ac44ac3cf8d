import { line, pointerX, ruleY, text, tip } from "@observablehq/plot";
import { power } from "../../inside/flow-words.ts";
import { Figure } from "../../ui/figure.tsx";
import { keyRow } from "../../ui/key-row.ts";
import { Plot } from "../../ui/plot.tsx";
import { TIP } from "../../ui/plot-parts.ts";

/** A number over something, such as the loss over the iterations. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly dashed?: boolean;
}

interface CurveChartProps {
  readonly title: string;
  readonly about?: string;
  readonly xName: string;
  readonly yName: string;
  readonly xDomain: readonly [number, number];
  /** Values outside are cut off at the edge. */
  readonly yDomain: readonly [number, number];
  readonly logarithmic?: boolean;
  readonly curves: readonly Curve[];
  /** A level with a name, such as the loss of a guess. */
  readonly level?: { readonly y: number; readonly name: string };
  /** A remark at a point. */
  readonly note?: { readonly x: number; readonly y: number; readonly name: string };
  readonly height?: number;
}

const shown = (value: number) =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e4)
    ? value.toExponential(1)
    : value.toPrecision(3);

/** Returns about five powers of ten within a range. */
function powers([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const step = Math.ceil((last - first) / 5);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
}

/** Curves with fixed axes, so that nothing jumps while they grow. */
export function CurveChart(props: CurveChartProps) {
  const {
    title,
    about,
    xName,
    yName,
    xDomain,
    yDomain,
    logarithmic,
    curves,
    level,
    note,
    height = 240,
  } = props;
  const names = curves.map(({ name }) => name);
  const points = curves.flatMap(({ name, points, dashed }) =>
    points.map(({ x, y }) => ({ name, x, y, dashed })).filter(({ y }) => Number.isFinite(y)),
  );
  const ends = curves.map(({ name, points }) => {
    const last = points.at(-1);
    return last ? `${name}: ${shown(last.y)} at ${last.x}` : `${name}: not measured yet`;
  });
  const curve = (dashed: boolean) =>
    line(
      points.filter((point) => Boolean(point.dashed) === dashed),
      {
        x: "x",
        y: "y",
        z: "name",
        stroke: "name",
        strokeWidth: dashed ? 1.5 : 2.5,
        ...(dashed && { strokeDasharray: "5 4" }),
        clip: true,
      },
    );
  return (
    <Figure
      title={title}
      about={about}
      label={`${yName} by ${xName}. ${ends.join("; ")}.`}
      rows={() => points.map(({ name, x, y }) => ({ curve: name, [xName]: x, [yName]: y }))}
    >
      <Plot
        height={height}
        draw={(width) => {
          const key = keyRow(names, width - 64);
          return {
            marginLeft: 48,
            marginRight: 16,
            marginTop: key.marginTop,
            x: { domain: [...xDomain], label: xName, ticks: Math.min(10, width / 60), tickFormat: "d" },
            y: {
              domain: [...yDomain],
              label: yName,
              grid: true,
              ticks: logarithmic ? powers(yDomain) : 5,
              ...(logarithmic && { type: "log" as const, tickFormat: power }),
            },
            color: key.color,
            marks: [
              ruleY(level ? [level.y] : [], { stroke: "var(--muted)", strokeDasharray: "4 4" }),
              text(level ? [level.name] : [], {
                x: xDomain[1],
                y: level?.y ?? yDomain[0],
                dy: -8,
                textAnchor: "end",
                fill: "var(--muted)",
              }),
              text(note ? [note.name] : [], {
                x: note?.x ?? xDomain[0],
                y: note?.y ?? yDomain[0],
                dx: 6,
                textAnchor: "start",
                fill: "var(--ink)",
              }),
              curve(false),
              curve(true),
              ...key.marks,
              tip(
                points.filter(({ y }) => y >= yDomain[0] && y <= yDomain[1]),
                pointerX({
                  x: "x",
                  y: "y",
                  title: ({ name, x, y }: (typeof points)[number]) =>
                    `${name}\n${xName}: ${x}\n${yName}: ${shown(y)}`,
                  ...TIP,
                }),
              ),
            ],
          };
        }}
      />
    </Figure>
  );
}
