import { useRef, useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Saliency as SaliencyView } from "../look/saliency.ts";
import type { Sequence } from "../tasks/parts/sequence.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { useWidth } from "../ui/width.ts";
import { fixed, sure } from "../ui/words.ts";
import { Answered, NOTHING } from "./answered.tsx";
import { sign, spoken } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { placeTokens, textWidth } from "./token-layout.ts";

const HEIGHT = 320;

const METHODS = [
  ["leaveOneOut", "Leave each out"],
  ["gradientTimesInput", "Gradient times input"],
] as const;

type Method = (typeof METHODS)[number][0];

/** Names of the values in the table and the CSV file. */
const COLUMNS: Readonly<Record<Method, string>> = {
  leaveOneOut: "change if left out",
  gradientTimesInput: "gradient times input",
};

const ABOUT: Record<Method, string> = {
  leaveOneOut:
    "Each part is left out once, and the label's probability is computed again. If it falls, the part spoke for the label. A value of 0.7 means that the part doubled the probability, 1.4 that it made four times as much of it.",
  gradientTimesInput:
    "The gradient says how the label's score (the number that softmax turns into its probability) would change if the vector of a part changed a little. Multiplied by that vector, it estimates what the part gives. It is fast, but rough if parts work together.",
};

/** Which parts of a text decided its label. */
export function Saliency({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const [label, setLabel] = useState("");
  const [method, setMethod] = useState<Method>("leaveOneOut");
  const info = useAnswer(input === undefined ? undefined : () => ask(model, "predict", [input]), [
    model.key,
    input,
  ]);
  const answer = useAnswer(
    input === undefined ? undefined : () => ask(model, "saliency", input as Sequence, label || undefined),
    [model.key, input, label],
  );
  const [best] = (info.value ?? []) as readonly {
    readonly probabilities: Readonly<Record<string, number>>;
  }[];
  const labels = Object.keys(best?.probabilities ?? {}).sort();
  return (
    <div class="view">
      {editor}
      <div class="pair">
        <Choice
          name="Label to explain"
          choices={[["", "the most probable one"], ...labels.map((name) => [name, name] as const)]}
          value={label}
          onChange={setLabel}
        />
        <Choice
          name="Method"
          choices={METHODS}
          value={method}
          onChange={(value) => setMethod(value as Method)}
        />
      </div>
      <Answered answer={answer} height={HEIGHT} empty={NOTHING}>
        {(view) => <SaliencyFigure view={view} method={method} />}
      </Answered>
    </div>
  );
}

interface FigureProps {
  readonly view: SaliencyView;
  readonly method: Method;
}

function SaliencyFigure({ view, method }: FigureProps) {
  const { tokens, label, probability } = view;
  const values = view[method];
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
  const strongest = order.filter((t) => values[t]! >= FAINT).slice(0, 3);
  const isFaint = values.every((value) => Math.abs(value) < FAINT);
  return (
    <Figure
      title="Which parts decided"
      about={
        <>
          It reads this as <strong>{label}</strong> with {sure(probability)}. {ABOUT[method]}
          {isFaint && " Here no part alone changes much."}
        </>
      }
      label={`${label}, ${sure(probability)}. ${
        strongest.length
          ? `Most speaks for it: ${strongest.map((t) => `${spoken(tokens[t]!)} ${fixed(values[t]!, 2)}`).join(", ")}`
          : "Nothing speaks for it"
      }.`}
      rows={() => tokens.map((token, t) => ({ position: t + 1, token, [COLUMNS[method]]: values[t]! }))}
    >
      <Tokens view={view} method={method} />
    </Figure>
  );
}

/** Values nearer to 0 than this say nothing: a hundredth of a doubled probability. */
const FAINT = 0.007;

/** The value of the strongest colour is at least this, so that rounding is not shown at full strength. */
const LEAST_SCALE = 0.1;

const LINE = 58;
const BAR = 14;
const FOR = "var(--accent)";
const AGAINST = "var(--validation)";

function Tokens({ view, method }: FigureProps) {
  const { tokens } = view;
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place);
  const values = view[method];
  const most = values.reduce((a, value) => Math.max(a, Math.abs(value)), LEAST_SCALE);
  const isText = tokens.some((token) => [...token].length > 1);
  const gap = isText ? 6 : 1;
  const { tokens: placed, lines } = placeTokens(
    tokens.map((token) => Math.max(16, textWidth(sign(token)) + 8)),
    Math.max(100, available),
    gap,
    isText ? undefined : (t) => /^\s$/u.test(tokens[t]!),
  );
  const scaleTop = lines * LINE + 8;
  const height = scaleTop + 40;
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {available > 0 && (
        <svg width={available} height={height} viewBox={`0 0 ${available} ${height}`} aria-hidden="true">
          {placed.map(({ index, x, line, width }) => {
            const value = values[index]!;
            const share = Math.abs(value) / most;
            const y = line * LINE;
            const colour = value >= 0 ? FOR : AGAINST;
            const long = Math.max(value ? 1 : 0, share * BAR);
            const direction = value >= 0 ? "speaks for it" : "speaks against it";
            return (
              <g
                key={index}
                data-tip={`${spoken(tokens[index]!)}\n${value > 0 ? "+" : ""}${fixed(value, 3)}${Math.abs(value) < FAINT ? "" : `: ${direction}`}`}
              >
                <rect x={x} y={y} width={width} height={LINE - 4} fill="var(--card)" />
                <rect
                  x={x}
                  y={y}
                  width={width}
                  height={24}
                  rx={4}
                  fill={colour}
                  fill-opacity={0.65 * share}
                />
                <text
                  x={x + width / 2}
                  y={y + 12}
                  text-anchor="middle"
                  dominant-baseline="central"
                  font-size={14}
                  style={{ fontFamily: "var(--mono)" }}
                  fill="var(--ink)"
                >
                  {sign(tokens[index]!)}
                </text>
                <line
                  x1={x}
                  x2={x + width}
                  y1={y + 26 + BAR}
                  y2={y + 26 + BAR}
                  stroke="var(--edge)"
                  stroke-width={1}
                />
                <rect
                  x={x + width / 2 - 4}
                  y={y + 26 + BAR - (value >= 0 ? long : 0)}
                  width={8}
                  height={long}
                  fill={colour}
                />
              </g>
            );
          })}
          <Scale y={scaleTop} most={most} width={Math.min(available, 360)} />
        </svg>
      )}
    </div>
  );
}

/** What the colours mean: against, nothing, for. */
function Scale({ y, most, width }: { readonly y: number; readonly most: number; readonly width: number }) {
  const steps = Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
  const one = width / steps.length;
  return (
    <g>
      {steps.map((share, i) => (
        <rect
          key={share}
          x={i * one}
          y={y}
          width={one}
          height={10}
          fill={share < 0 ? AGAINST : FOR}
          fill-opacity={0.65 * Math.abs(share)}
        />
      ))}
      <text x={0} y={y + 26} font-size={12} fill="var(--ink)">
        −{most.toFixed(2)} against
      </text>
      <text x={width / 2} y={y + 26} text-anchor="middle" font-size={12} fill="var(--ink)">
        0
      </text>
      <text x={width} y={y + 26} text-anchor="end" font-size={12} fill="var(--ink)">
        for +{most.toFixed(2)}
      </text>
    </g>
  );
}
