import { useRef, useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Beams as BeamsView } from "../look/beams.ts";
import type { Sequence } from "../tasks/parts/sequence.ts";
import type { ViewProps } from "../tasks/task.ts";
import { BarList } from "../ui/bar-list.tsx";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { useWidth } from "../ui/width.ts";
import { sure } from "../ui/words.ts";
import { Answered, NOTHING } from "./answered.tsx";
import { placeBeams } from "./beam-layout.ts";
import { sign, spoken } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { textWidth } from "./token-layout.ts";

const HEIGHT = 420;

/** How the beam search of a model that writes goes on, step by step. */
export function Beams({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const [beam, setBeam] = useState(4);
  const answer = useAnswer(
    input === undefined ? undefined : () => ask(model, "beams", input as Sequence, { beam }),
    [model.key, input, beam],
  );
  return (
    <div class="view">
      {editor}
      <div class="narrow">
        <Slider
          name="Beam width"
          about="How many beginnings it keeps at each step."
          min={1}
          max={6}
          step={1}
          value={beam}
          onChange={setBeam}
        />
      </div>
      <Answered answer={answer} height={HEIGHT} empty={NOTHING}>
        {(view) => <BeamsFigure view={view} />}
      </Answered>
    </div>
  );
}

/** Returns what a hypothesis wrote, without the sign of its end. */
const written = (tokens: readonly string[]) => {
  const own = tokens.filter((token) => token !== "<EOS>");
  return own.join(own.some((token) => [...token].length > 1) ? " " : "");
};

function BeamsFigure({ view }: { readonly view: BeamsView }) {
  const { hypotheses, nodes } = view;
  return (
    <>
      <Figure
        title="Beam search"
        about={
          <>
            At each step, one column further right, the network keeps the most probable beginnings, the best
            on top. The number below a symbol is its probability after the beginning that its line comes from;
            a beginning without a line to the right was given up. The thick path won. Look for places where it
            does not run on top: a search that only took the best symbol would have gone wrong there. ■ is the
            end.
          </>
        }
        label={hypotheses
          .map(({ tokens, logProbability }) => `${written(tokens)} ${sure(Math.exp(logProbability))}`)
          .join("; ")}
        rows={() =>
          nodes.map(({ parent, step, symbol, logProbability, sum }, node) => ({
            node,
            "continues node": parent < 0 ? undefined : parent,
            step,
            symbol,
            probability: Math.exp(logProbability),
            "of the whole beginning": Math.exp(sum),
          }))
        }
      >
        <Tree view={view} />
      </Figure>
      <BarList
        title="What it could write, with probabilities"
        rows={hypotheses.length}
        bars={hypotheses.map(({ tokens, logProbability }) => ({
          name: written(tokens) || "nothing",
          share: Math.exp(logProbability),
          value: sure(Math.exp(logProbability)),
        }))}
      />
    </>
  );
}

const ROW = 52;
const BOX = 40;
/** Space between columns, and at the left for lines from the band above. */
const GAP = 26;

/** The tree of the search. Steps that have no room beside each other go on in a band below. */
function Tree({ view }: { readonly view: BeamsView }) {
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place);
  const { nodes } = view;
  const { placed, steps, ranks } = placeBeams(view);
  const widest = nodes.reduce((most, { symbol }) => Math.max(most, textWidth(sign(symbol))), 0);
  const box = Math.max(BOX, Math.min(120, widest + 12));
  const perBand = Math.max(1, Math.floor((available - 4) / (box + GAP)));
  const bandHeight = ranks * ROW + 34;
  const height = Math.ceil(steps / perBand) * bandHeight;
  const x = (step: number) => GAP + (step % perBand) * (box + GAP);
  const y = (step: number, rank: number) => Math.floor(step / perBand) * bandHeight + 22 + rank * ROW;
  const numbers = Array.from({ length: steps }, (_, step) => step);
  return (
    <div ref={place} style={{ minHeight: `${bandHeight}px` }}>
      {available > 0 && (
        <svg width={available} height={height} viewBox={`0 0 ${available} ${height}`} aria-hidden="true">
          {numbers.map((step) => (
            <text
              key={step}
              x={x(step) + box / 2}
              y={y(step, 0) - 8}
              text-anchor="middle"
              font-size={11}
              fill="var(--muted)"
            >
              {step + 1}
            </text>
          ))}
          {placed.map(({ index, step, rank, parent, isBest }) => {
            if (parent < 0) return null;
            const [x1, y1] = [x(step) - GAP, y(step, placed[parent]!.rank) + 20];
            const [x2, y2] = [x(step), y(step, rank) + 20];
            return (
              <path
                key={index}
                d={`M${x1} ${y1}C${x1 + 13} ${y1} ${x2 - 13} ${y2} ${x2} ${y2}`}
                fill="none"
                stroke={isBest ? "var(--accent)" : "var(--edge)"}
                stroke-width={isBest ? 3 : 1}
              />
            );
          })}
          {placed.map(({ index, step, rank, isBest }) => (
            <Node key={index} node={nodes[index]!} {...{ box, isBest }} x={x(step)} y={y(step, rank)} />
          ))}
        </svg>
      )}
    </div>
  );
}

interface NodeProps {
  readonly node: BeamsView["nodes"][number];
  readonly x: number;
  readonly y: number;
  readonly box: number;
  readonly isBest: boolean;
}

function Node({ node: { symbol, logProbability, sum }, x, y, box, isBest }: NodeProps) {
  const probability = Math.exp(logProbability);
  return (
    <g
      data-tip={`${spoken(symbol)}\nafter its beginning: ${sure(probability)}\nwhole beginning: ${sure(Math.exp(sum))}`}
    >
      <rect
        {...{ x, y }}
        width={box}
        height={40}
        rx={5}
        fill={isBest ? "var(--tint)" : "var(--card)"}
        stroke={isBest ? "var(--accent)" : "var(--edge)"}
        stroke-width={isBest ? 2 : 1}
      />
      <text
        x={x + box / 2}
        y={y + 15}
        text-anchor="middle"
        dominant-baseline="central"
        font-size={14}
        style={{ fontFamily: "var(--mono)" }}
        font-weight={isBest ? 700 : 400}
        fill="var(--ink)"
      >
        {sign(symbol)}
      </text>
      <text
        x={x + box / 2}
        y={y + 34}
        text-anchor="middle"
        font-size={11}
        fill={isBest ? "var(--ink)" : "var(--muted)"}
      >
        {sure(probability, 0).replace(" ", "")}
      </text>
    </g>
  );
}
