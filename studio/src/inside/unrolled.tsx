import type { Signal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import "./inside.css";
import { ask } from "../desk/ask.ts";
import type { UnrolledPage } from "../desk/language.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { UnrolledStep } from "../look/unrolled-steps.ts";
import { kept } from "../runs/kept.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { useWidth } from "../ui/width.ts";
import { fixed, sure } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { formulasOf } from "./formulas.ts";
import type { CellKind } from "./gate-names.ts";
import { Tint } from "./scale-bar.tsx";
import { chance } from "./surprise.ts";
import { quoted, short } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { chosenUnit, LayerChoice, UnitSlider } from "./unit-choice.tsx";

/** Steps on a page; see `unrolledPage`. */
const SHOWN = 6;
/** Units that are always listed, for comparison. */
const OTHERS = [0, 1, 2, 3];

/** The unrolled network of the course notes, with the numbers of a step. */
export function Unrolled({ run, model }: ViewProps) {
  const { text, editor } = useTaskInput(run);
  const { layer, unit } = chosenUnit(run.id);
  const step = kept(run.id, "step", 0);
  const hidden = run.spec.hidden as number;
  const layers = (run.spec.layers as number) ?? 1;
  const own = Math.min(unit.value, hidden - 1);
  const page = Math.floor(step.value / SHOWN);
  const answer = useAnswer(
    text
      ? () => ask(model, "unrolledPage", text, page, [own, ...OTHERS.filter((other) => other !== own)])
      : undefined,
    [model.key, text, page, own],
  );
  return (
    <div class="look">
      <p class="about">
        The same cell at six steps. It reads the symbol x&lt;t&gt; and what it knew before, a&lt;t-1&gt;; it
        passes on a&lt;t&gt; and guesses the next symbol, ŷ&lt;t&gt;. The weights are the same at every step:
        only the numbers that flow change. Choose a step and recompute it with the formulas below.
      </p>
      {editor}
      <Answered answer={answer} height={700} empty="Type a text above.">
        {(page) =>
          page.steps.length > 0 && (
            <>
              <div class="controls">
                <StepSlider step={step} length={page.length} steps={page.steps} from={page.from} />
                <LayerChoice
                  layer={layer}
                  names={Array.from({ length: layers }, (_, l) => `layer ${l + 1}`)}
                />
                <UnitSlider unit={unit} units={hidden} />
              </div>
              <PageView
                {...{ run, model, page, step }}
                layer={Math.min(layer.value, layers - 1)}
                unit={page.units[0]!}
              />
            </>
          )
        }
      </Answered>
    </div>
  );
}

interface StepSliderProps {
  readonly step: Signal<number>;
  readonly length: number;
  readonly from: number;
  readonly steps: readonly UnrolledStep[];
}

function StepSlider({ step, length, from, steps }: StepSliderProps) {
  const id = useId();
  const value = Math.min(step.value, length - 1);
  const symbol = steps[value - from]?.x;
  return (
    <div class="field">
      <label for={id}>
        Step{" "}
        <output for={id}>
          t = {value + 1} of {length}
          {symbol !== undefined && `, reads ${quoted(symbol)}`}
        </output>
      </label>
      <input
        id={id}
        type="range"
        min={1}
        max={length}
        step={1}
        value={value + 1}
        onInput={({ currentTarget }) => {
          step.value = currentTarget.valueAsNumber - 1;
        }}
      />
    </div>
  );
}

interface PageViewProps extends ViewProps {
  readonly page: UnrolledPage;
  readonly step: Signal<number>;
  readonly layer: number;
  readonly unit: number;
}

const two = (value: number) => fixed(value, 2);

function PageView({ run, page, step, layer, unit }: PageViewProps) {
  const { steps, from, units, length } = page;
  const index = Math.max(0, Math.min(steps.length - 1, Math.min(step.value, length - 1) - from));
  const now = steps[index]!;
  const t = from + index + 1;
  const own = now.layers[layer]!;
  const rows = steps.flatMap(({ layers, x, y, top, loss }, i) => {
    const { gates, h, c } = layers[layer]!;
    return {
      t: from + i + 1,
      "x<t>": x,
      "y<t>": y ?? "",
      "best guess": top[0]!.symbol,
      "its probability": top[0]!.probability,
      "loss L<t>": loss,
      ...Object.fromEntries(
        Object.entries(gates).map(([name, values]) => [`${name} of unit ${unit + 1}`, values[0]!]),
      ),
      ...(c && { [`c<t> of unit ${unit + 1}`]: c[0]! }),
      [`a<t> of unit ${unit + 1}`]: h[0]!,
    };
  });
  const cell = run.spec.cell as CellKind;
  const { formulas, areExact } = formulasOf(cell, own, 0, run.spec);
  return (
    <>
      <Figure
        title="The unrolled network"
        about={`In each box: what unit ${unit + 1} of that layer holds. Above: the best guess and the symbol that really came. Click a step to choose it.`}
        label={`Steps ${from + 1} to ${from + steps.length}. At step ${t} it reads ${quoted(now.x)} and guesses ${quoted(now.top[0]!.symbol)} with ${chance(now.top[0]!.probability)}${now.y === undefined ? "" : `; ${quoted(now.y)} came, loss ${two(now.loss!)}`}.`}
        rows={() => rows}
      >
        <Diagram
          {...{ steps, from, layer, index }}
          onPick={(i) => {
            step.value = from + i;
          }}
        />
      </Figure>
      <h3>
        The numbers of step {t}, which reads {quoted(now.x)}
      </h3>
      <div class="two">
        <section aria-label="Formulas">
          <p class="about">The equations of the course notes with the numbers of unit {unit + 1} put in:</p>
          <dl class="formulas">
            {formulas.map(({ name, general, numbers, value }) => (
              <div key={name}>
                <dt>
                  {name} = {general}
                </dt>
                <dd>
                  = {numbers} {name !== "a<t>" || cell !== "gru" ? <b>= {value.toFixed(3)}</b> : null}
                </dd>
              </div>
            ))}
          </dl>
          {cell === "gru" && run.spec.resetAfter !== false && (
            <p class="about">
              As in PyTorch, Γr multiplies after the weights; in the course notes before: c̃&lt;t&gt; = tanh(Wc
              [Γr · c&lt;t-1&gt;, x&lt;t&gt;] + bc).
            </p>
          )}
          {!areExact && (
            <p class="about">
              This cell has options that the equations of the notes do not have, so they differ a little.
            </p>
          )}
          <h4>
            The guess ŷ&lt;t&gt; = softmax(Wya a&lt;t&gt; + by){" "}
            <Term name="scores and softmax" about={TERMS.logit} />
          </h4>
          <dl class="formulas">
            {now.top.map(({ symbol, logit, probability }) => (
              <div key={symbol}>
                <dd>
                  {quoted(symbol)}: score {two(logit)}, probability <b>{sure(probability)}</b>
                </dd>
              </div>
            ))}
          </dl>
          {now.y === undefined ? (
            <p class="about">The text ends here, so there is no right answer and no loss.</p>
          ) : (
            <dl class="formulas">
              <div>
                <dt>L&lt;t&gt; = -ln ŷ&lt;t&gt; of {quoted(now.y)}, which came</dt>
                <dd>
                  = -ln {Math.exp(-now.loss!).toFixed(3)} <b>= {now.loss!.toFixed(3)}</b>
                </dd>
              </div>
            </dl>
          )}
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
        <section class="wide" tabIndex={0} aria-label="Numbers of some units">
          <table>
            <thead>
              <tr>
                <th scope="col">unit</th>
                {units.map((one, k) => (
                  <th key={k} scope="col">
                    {one + 1}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbersOf(own).map(([name, values]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {values.map((value, k) => (
                    <td key={k}>{two(value)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </>
  );
}

function numbersOf({ hBefore, cBefore, gates, c, h }: UnrolledStep["layers"][number]) {
  return [
    ["a<t-1>", hBefore],
    ...(cBefore ? [["c<t-1>", cBefore] as const] : []),
    ...Object.entries(gates),
    ...(c ? [["c<t>", c] as const] : []),
    ["a<t>", h],
  ] as readonly (readonly [string, readonly number[]])[];
}

interface DiagramProps {
  readonly steps: readonly UnrolledStep[];
  readonly from: number;
  readonly layer: number;
  readonly index: number;
  readonly onPick: (index: number) => void;
}

const GUESS = 64;
const BOX = 58;
const GAP = 26;
const INPUT = 30;

function Diagram({ steps, from, layer, index, onPick }: DiagramProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const depth = steps[0]!.layers.length;
  const inputTop = GUESS + depth * (BOX + GAP) + GAP;
  const height = inputTop + INPUT + 24;
  const column = Math.min(190, width / SHOWN);
  const box = Math.max(34, column - Math.max(15, column * 0.28));
  const top = (l: number) => GUESS + GAP + (depth - 1 - l) * (BOX + GAP);
  const isNarrow = column < 90;
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {width > 0 && (
        <svg width={column * SHOWN} height={height} font-size={12} text-anchor="middle" aria-hidden="true">
          {steps.map(({ x, y, layers, top: [best], loss }, i) => {
            const middle = (i + 0.5) * column;
            const t = from + i + 1;
            const isChosen = i === index;
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the pointer; the slider does the same
              <g key={t} class="step" onClick={() => onPick(i)} data-tip={tipOf(steps[i]!, t)}>
                <rect
                  x={i * column + 1}
                  width={column - 2}
                  height={height}
                  rx={8}
                  fill={isChosen ? "var(--tint)" : "var(--card)"}
                />
                <text x={middle} y={15} fill="var(--muted)" font-size={11}>
                  {isNarrow ? `ŷ<${t}>` : `best guess ŷ<${t}>`}
                </text>
                <text x={middle} y={34} font-weight={600} fill="var(--ink)">
                  {isNarrow ? short(best!.symbol, 3) : `‘${short(best!.symbol, 9)}’`}{" "}
                  {chance(best!.probability).replace("over ", ">")}
                </text>
                <text x={middle} y={52} fill={best!.symbol === y ? "var(--third)" : "var(--ink)"}>
                  {y === undefined
                    ? "–"
                    : isNarrow
                      ? `y: ${short(y, 4)}`
                      : `came ‘${short(y, 8)}’, loss ${two(loss!)}`}
                </text>
                {layers.map((own, l) => (
                  <Cell
                    key={l}
                    left={i * column}
                    isFirst={i === 0}
                    isChosen={isChosen && l === layer}
                    y={top(l)}
                    {...{ column, box, t, isNarrow }}
                    h={own.h[0]!}
                    c={own.c?.[0]}
                  />
                ))}
                <Arrow x1={middle} y1={inputTop - 1} x2={middle} y2={inputTop - GAP + 2} />
                <rect
                  x={middle - Math.min(box, 60) / 2}
                  y={inputTop}
                  width={Math.min(box, 60)}
                  height={INPUT}
                  rx={15}
                  fill="var(--page)"
                  stroke="var(--edge)"
                />
                <text x={middle} y={inputTop + 20} font-size={15} font-weight={600} fill="var(--ink)">
                  {short(x, isNarrow ? 4 : 7)}
                </text>
                <text x={middle} y={inputTop + INPUT + 17} fill="var(--muted)" font-size={11}>
                  {`x<${t}>`}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function tipOf({ x, y, top, loss }: UnrolledStep, t: number): string {
  const guesses = top.map(({ symbol, probability }) => `${quoted(symbol)} ${chance(probability)}`).join(", ");
  const came = y === undefined ? "" : `\n${quoted(y)} came, loss ${two(loss!)}`;
  return `t = ${t} reads ${quoted(x)}\nguesses ${guesses}${came}`;
}

interface CellProps {
  readonly left: number;
  readonly y: number;
  readonly column: number;
  readonly box: number;
  readonly t: number;
  readonly h: number;
  readonly c: number | undefined;
  readonly isFirst: boolean;
  readonly isChosen: boolean;
  readonly isNarrow: boolean;
}

/** A box of the diagram with its arrows: up to what reads it, and from the step before. */
function Cell({ left, y, column, box, t, h, c, isFirst, isChosen, isNarrow }: CellProps) {
  const middle = left + column / 2;
  const start = middle - box / 2;
  const isWide = !isNarrow;
  return (
    <g>
      <Arrow x1={middle} y1={y - 1} x2={middle} y2={y - GAP + 2} />
      {c !== undefined && (
        <line
          x1={isFirst ? left : left - (column - box) / 2}
          x2={start}
          y1={y + 14}
          y2={y + 14}
          stroke="var(--sixth)"
          stroke-width={2.5}
        />
      )}
      <Arrow
        x1={isFirst ? left + 1 : left - (column - box) / 2}
        y1={y + (c === undefined ? BOX / 2 : 42)}
        x2={start - 1}
        y2={y + (c === undefined ? BOX / 2 : 42)}
      />
      <rect x={start} y={y} width={box} height={BOX} rx={6} fill="var(--card)" />
      <g class="tints">
        <Tint x={start} y={y} width={box} height={BOX} value={h} />
      </g>
      <rect
        x={start}
        y={y}
        width={box}
        height={BOX}
        rx={6}
        fill="none"
        stroke={isChosen ? "var(--accent)" : "var(--edge)"}
        stroke-width={isChosen ? 3 : 1}
      />
      {c !== undefined && (
        <text x={middle} y={y + 20} fill="var(--ink)">
          {isWide ? `c<${t}> = ${two(c)}` : two(c)}
        </text>
      )}
      <text x={middle} y={y + (c === undefined ? 34 : 45)} fill="var(--ink)" font-weight={600}>
        {isWide ? `a<${t}> = ${two(h)}` : two(h)}
      </text>
    </g>
  );
}

function Arrow({
  x1,
  y1,
  x2,
  y2,
}: {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}) {
  const isUp = x1 === x2;
  const head = isUp
    ? `${x2 - 4},${y2 + 6} ${x2},${y2} ${x2 + 4},${y2 + 6}`
    : `${x2 - 6},${y2 - 4} ${x2},${y2} ${x2 - 6},${y2 + 4}`;
  return (
    <g stroke="var(--edge)" stroke-width={1.5} fill="none">
      <line {...{ x1, y1, x2, y2 }} />
      <polyline points={head} />
    </g>
  );
}
