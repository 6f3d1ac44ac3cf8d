import { useRef } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Alignment as AlignmentView } from "../look/alignment.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { useWidth } from "../ui/width.ts";
import { sure } from "../ui/words.ts";
import { Answered, NOTHING } from "./answered.tsx";
import { sign, spoken } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";

const HEIGHT = 360;

/** Which frames a transcriber turns into which symbols. */
export function Alignment({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const answer = useAnswer(
    input === undefined ? undefined : () => ask(model, "alignment", input as readonly (readonly number[])[]),
    [model.key, input],
  );
  return (
    <div class="view">
      {editor}
      <Answered answer={answer} height={HEIGHT} empty={NOTHING}>
        {(view) => <AlignmentFigure view={view} />}
      </Answered>
    </div>
  );
}

function AlignmentFigure({ view }: { readonly view: AlignmentView }) {
  const { text, frames, symbols, probabilities, blank, emitted } = view;
  return (
    <Figure
      title="Alignment"
      about={
        <>
          It wrote <strong>{text || "nothing"}</strong>. A column is one moment of the recording. A row shows
          how probable its symbol is at that moment, the stronger the colour, the more; the last row is
          “nothing” (the blank). The line is the best path: equal neighbours count once, blanks are left out.
          Look how a symbol lights up for a moment only, when enough of it has been heard.
        </>
      }
      label={`It wrote ${text || "nothing"}: ${emitted
        .map(({ symbol, from, to }) => `${spoken(symbol)} at ${from + 1}${to > from + 1 ? ` to ${to}` : ""}`)
        .join(", ")} of ${frames} moments.`}
      rows={() =>
        [...symbols, "blank"].flatMap((symbol, s) =>
          Array.from({ length: frames }, (_, t) => ({
            moment: t + 1,
            symbol,
            probability: s < symbols.length ? probabilities[s * frames + t]! : blank[t]!,
          })),
        )
      }
    >
      <Frames view={view} />
    </Figure>
  );
}

const ROW = 28;
const LEFT = 64;

function Frames({ view: { frames, symbols, probabilities, blank, path } }: { readonly view: AlignmentView }) {
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place);
  const rows = [...symbols, ""];
  const wide = Math.max(2, Math.min(40, (available - LEFT - 4) / Math.max(1, frames)));
  const probability = (row: number, t: number) =>
    row < symbols.length ? probabilities[row * frames + t]! : blank[t]!;
  const x = (t: number) => LEFT + t * wide;
  const y = (row: number) => 20 + row * ROW;
  const height = y(rows.length) + 26;
  const best = Array.from(path, (symbol, t) => [x(t + 0.5), y((symbol < 0 ? symbols.length : symbol) + 0.5)]);
  const marks = Array.from({ length: Math.floor((frames - 1) / 5) + 1 }, (_, i) => 5 * i);
  return (
    <div ref={place} style={{ minHeight: `${HEIGHT - 150}px` }}>
      {available > 0 && (
        <svg width={available} height={height} viewBox={`0 0 ${available} ${height}`} aria-hidden="true">
          {rows.map((symbol, row) => (
            <g key={row}>
              <text
                x={LEFT - 8}
                y={y(row + 0.5)}
                text-anchor="end"
                dominant-baseline="central"
                font-size={13}
                fill={symbol ? "var(--ink)" : "var(--muted)"}
              >
                {symbol ? sign(symbol) : "nothing"}
              </text>
              {Array.from({ length: frames }, (_, t) => (
                <g
                  key={t}
                  data-tip={`moment ${t + 1}\n${symbol ? spoken(symbol) : "nothing"}: ${sure(probability(row, t))}`}
                >
                  <rect
                    x={x(t)}
                    y={y(row)}
                    width={wide}
                    height={ROW - 2}
                    fill="var(--line)"
                    fill-opacity={0.45}
                  />
                  <rect
                    x={x(t)}
                    y={y(row)}
                    width={wide}
                    height={ROW - 2}
                    fill="var(--accent)"
                    fill-opacity={probability(row, t)}
                  />
                </g>
              ))}
            </g>
          ))}
          <polyline
            points={best.map((point) => point.join(",")).join(" ")}
            fill="none"
            stroke="var(--validation)"
            stroke-width={2}
            pointer-events="none"
          />
          {marks.map((t) => (
            <text
              key={t}
              x={x(t + 0.5)}
              y={height - 10}
              text-anchor="middle"
              font-size={11}
              fill="var(--muted)"
            >
              {t + 1}
            </text>
          ))}
          <text x={0} y={height - 10} font-size={11} fill="var(--muted)">
            moment
          </text>
        </svg>
      )}
    </div>
  );
}
