import { computed } from "@preact/signals";
import { useCallback, useMemo, useRef } from "preact/hooks";
import "./inside.css";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Activations as States } from "../look/activations.ts";
import { FEWEST_SYMBOLS, occurring, unitValues, whatUnitFollows } from "../look/find-units.ts";
import { signals } from "../look/signals.ts";
import { kept } from "../runs/kept.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { HeatMap } from "../ui/heat-map.tsx";
import { useWidth } from "../ui/width.ts";
import { fixed } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { layerName, partName, partsOf } from "./parts.ts";
import { Player } from "./player.tsx";
import { ScaleBar } from "./scale-bar.tsx";
import { StepSymbols } from "./step-symbols.tsx";
import { quoted } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { TextPicture } from "./text-picture.tsx";
import { type ChosenUnit, chosenUnit, LayerChoice, StateChoice, UnitSlider } from "./unit-choice.tsx";
import { UnitSearch } from "./unit-search.tsx";

/** The states of units while the model reads a text: as colours of the text for one unit, and as a heat map for all. */
export function Activations({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const parts = partsOf(run.plan.task);
  const part = kept(run.id, "part", parts[0]);
  const answer = useAnswer(
    input === undefined ? undefined : () => ask(model, "activationsOf", input, part.value),
    [model.key, JSON.stringify(input), part.value],
  );
  return (
    <div class="look">
      <p class="about">
        While the network reads, each of its units holds a number between -1 and 1. Some units come to stand
        for something that helps to guess what comes next: where a line will end, whether a word has begun.
        Look for one whose colour changes in step with something that you can see in the text.
      </p>
      {editor}
      {parts.length > 1 && (
        <div class="controls">
          <Choice
            name="Part"
            choices={parts.map((one) => [one, partName(one)] as const)}
            value={part.value!}
            onChange={(value) => {
              part.value = value;
            }}
          />
        </div>
      )}
      <Answered answer={answer} height={600} empty="Type a text above.">
        {(states) =>
          states.symbols.length > 0 && (
            <StatesView
              {...{ run, model, states }}
              search={
                <UnitSearch
                  {...{ model, input: input!, part: part.value, states, chosen: chosenUnit(run.id) }}
                />
              }
            />
          )
        }
      </Answered>
    </div>
  );
}

interface StatesViewProps extends ViewProps {
  readonly states: States;
  readonly search: preact.JSX.Element;
}

function StatesView({ run, states, search }: StatesViewProps) {
  const { symbols, layers } = states;
  const chosen = chosenUnit(run.id);
  const at = kept(run.id, "at", Number.MAX_SAFE_INTEGER);
  const layer = layers[Math.min(chosen.layer.value, layers.length - 1)]!;
  const { hidden } = layer;
  const unit = Math.min(chosen.unit.value, hidden - 1);
  const state = chosen.state.value === "c" && layer.c ? "c" : "h";
  const all = layer[state]!;
  const values = useMemo(() => unitValues(all, hidden, unit), [all, hidden, unit]);
  const limit = useMemo(() => limitOf(state, values), [state, values]);
  const shares = useMemo(() => values.map((value) => value / limit), [values, limit]);
  const { present } = useMemo(() => occurring(signals(symbols)), [symbols]);
  const follows = useMemo(
    () => (symbols.length < FEWEST_SYMBOLS ? undefined : whatUnitFollows(values, present)[0]),
    [values, present],
  );
  const areWords = run.spec.level === "word" || symbols.some((symbol) => /^\p{L}{2,}$/u.test(symbol));
  const name = `unit ${unit + 1} of ${layerName(layer, layers)}`;
  const value = (t: number) => fixed(values[t] ?? 0, 2);
  return (
    <>
      <div class="controls">
        <LayerChoice layer={chosen.layer} names={layers.map((one) => layerName(one, layers))} />
        <UnitSlider unit={chosen.unit} units={hidden} />
        <StateChoice state={chosen.state} hasCell={layer.c !== undefined} />
      </div>
      {search}
      <Player at={at} steps={symbols.length} words={(t) => `${quoted(symbols[t] ?? "")} ${value(t)}`} />
      <Figure
        title="A unit over the text"
        detail={`${state} of ${name}`}
        about={
          <>
            Each symbol has the colour of the unit after it was read: orange above 0, blue below.{" "}
            {followed(follows)}
          </>
        }
        label={`${state} of ${name} over ${symbols.length} symbols, from ${fixed(Math.min(...values), 2)} to ${fixed(Math.max(...values), 2)}. ${followed(follows)}`}
        rows={() =>
          symbols.map((symbol, t) => ({ step: t + 1, symbol, [`${state} of ${name}`]: values[t]! }))
        }
      >
        <TextPicture
          {...{ symbols, areWords, at }}
          veil
          values={shares}
          tip={(t) => `${t + 1}: ${quoted(symbols[t]!)}\n${state} ${value(t)}`}
          onPick={(t) => {
            at.value = t;
          }}
          head={<ScaleBar x={0} y={0} low={`-${limit}`} middle="0" high={String(limit)} underText />}
        />
      </Figure>
      <AllUnits {...{ states, chosen, at, state, unit }} own={limit} layer={layers.indexOf(layer)} />
    </>
  );
}

/** Says what a unit follows, from -1 to 1. */
function followed(found: { readonly name: string; readonly correlation: number } | undefined): string {
  if (!found) return "";
  const { name, correlation } = found;
  const r = fixed(correlation, 2);
  if (Math.abs(correlation) < 0.5)
    return `This unit follows nothing of the list clearly; the closest is “${name}” (${r}).`;
  const how =
    correlation < 0
      ? "the other way round: it is low when that is high"
      : "a correlation of 1 would be exactly";
  return `This unit follows “${name}” with a correlation of ${r} (${how}).`;
}

/** Returns the value that has the strongest colour: 1, or more for a cell state, so that 98 of 100 values are below. */
function limitOf(state: "h" | "c", all: Float32Array): number {
  if (state === "h" || !all.length) return 1;
  const sorted = all.map(Math.abs).sort();
  return Math.max(1, Math.ceil(10 * sorted[Math.floor(0.98 * (sorted.length - 1))]!) / 10);
}

interface AllUnitsProps {
  readonly states: States;
  readonly chosen: ChosenUnit;
  readonly at: ReturnType<typeof kept<number>>;
  readonly layer: number;
  readonly unit: number;
  readonly state: "h" | "c";
  /** The limit of the chosen unit's scale. */
  readonly own: number;
}

const LEFT = 40;
const TOP = 40;
const TRACE = 70;

/** All units of a layer as a heat map, with the chosen one as a line below. */
function AllUnits({ states, chosen, at, layer, unit, state, own }: AllUnitsProps) {
  const { symbols, layers } = states;
  const { hidden, [state]: all } = layers[layer]!;
  const limit = useMemo(() => limitOf(state, all!), [state, all]);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const T = symbols.length;
  const rowHeight = Math.max(2, Math.min(12, Math.round(320 / hidden)));
  const height = rowHeight * hidden;
  const plot = Math.max(0, width - LEFT);
  const below = TOP + height + 14;
  const numbers = useCallback(
    (row: number, t: number) => all![t * hidden + row]! / limit,
    [all, hidden, limit],
  );
  const marker = useMemo(() => computed(() => LEFT + (Math.min(at.value, T - 1) / T) * plot), [at, T, plot]);
  const middle = below + TRACE / 2;
  const y = (t: number) => middle - (Math.max(-1, Math.min(1, all![t * hidden + unit]! / own)) * TRACE) / 2;
  const line = Array.from(
    { length: T },
    (_, t) => `${LEFT + ((t + 0.5) / T) * plot},${y(t).toFixed(1)}`,
  ).join(" ");
  const bottom = below + TRACE + 20;
  const ticks = [1, Math.ceil(hidden / 2), hidden];
  return (
    <Figure
      title="All units of the layer"
      detail={`${state} of ${layerName(layers[layer]!, layers)}`}
      about="Each row is a unit, each column a symbol. Choose a row to see that unit: its line is below, and its colours on the text above. Rows of steady colour remember something; rows that flicker react to single symbols."
      label={`Heat map of ${state} of ${hidden} units over ${T} symbols; unit ${unit + 1} is chosen.`}
      rows={() =>
        symbols.map((symbol, t) => ({
          step: t + 1,
          symbol,
          ...Object.fromEntries(
            Array.from({ length: hidden }, (_, k) => [`unit ${k + 1}`, all![t * hidden + k]!]),
          ),
        }))
      }
    >
      <div ref={place} style={{ minHeight: `${bottom}px` }}>
        {width > 0 && (
          <svg width={width} height={bottom} font-size={11} aria-hidden="true">
            <ScaleBar x={LEFT} y={0} low={`-${limit}`} middle="0" high={String(limit)} />
            <g fill="var(--muted)" text-anchor="end">
              {ticks.map((tick) => (
                <text key={tick} x={LEFT - 6} y={TOP + (tick - 0.5) * rowHeight + 4}>
                  {tick}
                </text>
              ))}
              <text x={LEFT - 6} y={below + 8}>
                {own}
              </text>
              <text x={LEFT - 6} y={middle + 4}>
                0
              </text>
              <text x={LEFT - 6} y={below + TRACE}>
                -{own}
              </text>
            </g>
            <HeatMap
              x={LEFT}
              y={TOP}
              width={plot}
              height={height}
              rows={hidden}
              columns={T}
              values={numbers}
              tip={(row, t) =>
                `unit ${row + 1}, step ${t + 1} ${quoted(symbols[t]!)}\n${state} ${fixed(all![t * hidden + row]!, 2)}`
              }
              onPick={(row, t) => {
                chosen.unit.value = row;
                at.value = t;
              }}
            />
            <rect x={LEFT} y={TOP} width={plot} height={height} fill="none" stroke="var(--line)" />
            <rect
              x={LEFT - 2}
              y={TOP + unit * rowHeight - 1}
              width={plot + 4}
              height={rowHeight + 2}
              fill="none"
              stroke="var(--ink)"
              stroke-width={1.5}
              pointer-events="none"
            />
            <line x1={LEFT} x2={LEFT + plot} y1={middle} y2={middle} stroke="var(--line)" />
            <polyline points={line} fill="none" stroke="var(--accent)" stroke-width={1.5} />
            <rect
              x={marker}
              y={TOP}
              width={Math.max(2, plot / T)}
              height={below + TRACE - TOP}
              fill="var(--ink)"
              fill-opacity={T > 150 ? 0.35 : 0.12}
              pointer-events="none"
            />
            <StepSymbols {...{ symbols }} from={0} shown={T} step={plot / T} x={LEFT} y={bottom - 4} />
          </svg>
        )}
      </div>
    </Figure>
  );
}
