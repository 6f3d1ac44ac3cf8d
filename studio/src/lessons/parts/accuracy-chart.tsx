import { line, pointerX, ruleX, ruleY, text, tip } from "@observablehq/plot";
import { Figure } from "../../ui/figure.tsx";
import { keyRow } from "../../ui/key-row.ts";
import { Plot } from "../../ui/plot.tsx";
import { TIP } from "../../ui/plot-parts.ts";
import { wholePercent } from "../../ui/words.ts";

/** The accuracy of a network by something, such as the length of the input. */
export interface AccuracyLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly accuracy: number }[];
}

interface AccuracyChartProps {
  readonly title: string;
  readonly about?: string;
  /** What is along the bottom, such as "letters in the word". */
  readonly xName: string;
  /** First and last value along the bottom, which stay while lines grow. */
  readonly xDomain: readonly [number, number];
  /** A line without points has its colour reserved. */
  readonly lines: readonly AccuracyLine[];
  /** Share of right answers of a guess. */
  readonly chance: number;
  /** Places along the bottom with a name. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
  readonly height?: number;
}

/** Shares of right answers as lines, with that of a guess. Without points it shows what will be measured. */
export function AccuracyChart(props: AccuracyChartProps) {
  const { title, about, xName, xDomain, lines, chance, marks = [], height = 280 } = props;
  const names = lines.map(({ name }) => name);
  const points = lines.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  const ends = lines.map(({ name, points }) => {
    const last = points.at(-1);
    return last ? `${name}: ${wholePercent(last.accuracy)} at ${last.x}` : `${name}: not measured yet`;
  });
  return (
    <Figure
      title={title}
      about={about}
      label={`Share of right answers by ${xName}. ${ends.join("; ")}; a guess: ${wholePercent(chance)}.`}
      rows={() =>
        points.map(({ name, x, accuracy }) => ({ network: name, [xName]: x, "right answers": accuracy }))
      }
    >
      <Plot
        height={height}
        draw={(width) => {
          const key = keyRow(names, width - 64);
          return {
            marginLeft: 44,
            marginRight: 16,
            marginTop: key.marginTop,
            x: { domain: [...xDomain], label: xName, ticks: Math.min(10, width / 50), tickFormat: "d" },
            y: { domain: [0, 1], label: "right answers", tickFormat: wholePercent, grid: true, ticks: 5 },
            color: key.color,
            marks: [
              ruleY([chance], { stroke: "var(--muted)", strokeDasharray: "4 4" }),
              text(["a guess"], {
                x: xDomain[1],
                y: chance,
                dy: -8,
                textAnchor: "end",
                fill: "var(--muted)",
              }),
              ruleX(marks, { x: "x", stroke: "var(--edge)", strokeDasharray: "2 3" }),
              ...marks.map(({ x, name }, i) =>
                text([name], {
                  x,
                  frameAnchor: "bottom",
                  // Beside its line where there is more room.
                  dx: x < (xDomain[0] + xDomain[1]) / 2 ? 4 : -4,
                  dy: -6 - 14 * i,
                  textAnchor: x < (xDomain[0] + xDomain[1]) / 2 ? "start" : "end",
                  stroke: "var(--card)",
                  strokeWidth: 3,
                  fill: "var(--muted)",
                }),
              ),
              line(points, { x: "x", y: "accuracy", z: "name", stroke: "name", strokeWidth: 2.5 }),
              ...key.marks,
              tip(
                points,
                pointerX({
                  x: "x",
                  y: "accuracy",
                  title: ({ name, x, accuracy }: (typeof points)[number]) =>
                    `${name}\n${xName}: ${x}\nright: ${wholePercent(accuracy)}`,
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
