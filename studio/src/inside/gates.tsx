import { useCallback, useEffect, useRef } from "preact/hooks";
import "./inside.css";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { GateView } from "../look/gates.ts";
import { kept } from "../runs/kept.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { HeatMap } from "../ui/heat-map.tsx";
import { address } from "../ui/router.ts";
import { TERMS } from "../ui/terms.ts";
import { useWidth } from "../ui/width.ts";
import { fixed } from "../ui/words.ts";
import { Answered, NOTHING } from "./answered.tsx";
import { ADVICE, type CellKind, type GateName, gateNames } from "./gate-names.ts";
import { liveliest, meanOfUnits, ofUnit, scaleEnd } from "./gate-series.ts";
import { layerName } from "./parts.ts";
import { ScaleBar } from "./scale-bar.tsx";
import { StepSymbols } from "./step-symbols.tsx";
import { quoted } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { chosenUnit, LayerChoice, UnitSlider } from "./unit-choice.tsx";

/** Gates and states of a unit, or their mean, over the steps of an input. For models of every task. */
export function Gates({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const answer = useAnswer(input === undefined ? undefined : () => ask(model, "gatesOf", input), [
    model.key,
    JSON.stringify(input),
  ]);
  const cell = (run.spec.cell ?? "lstm") as CellKind;
  return (
    <div class="look">
      <p class="about">
        {ADVICE[cell]} <a href={address("lesson", LESSONS[cell])}>The lesson on this cell</a>
        {cell !== "lstm" && (
          <>
            {" · "}
            <a href={address("lesson", "lstm")}>What a forget gate does</a>
          </>
        )}
      </p>
      {editor}
      <Answered answer={answer} height={640} empty={NOTHING}>
        {(views) => <GatesView {...{ run, model, views, cell }} />}
      </Answered>
    </div>
  );
}

/** The lesson that explains a cell. */
const LESSONS: Readonly<Record<CellKind, string>> = { lstm: "lstm", gru: "gru", rnn: "why-recurrence" };

interface GatesViewProps extends ViewProps {
  readonly views: readonly GateView[];
  readonly cell: CellKind;
}

/** A gate or state with its values at the steps. */
interface Series extends GateName {
  readonly values: Float32Array;
}

/** Characters of a symbol that are shown under its step. */
const LETTERS = 7;

/** Returns the pixels that a step needs for its symbol to be read. */
const stepOf = (symbols: readonly string[]) =>
  7 + 8 * Math.min(LETTERS, Math.max(1, ...symbols.map((symbol) => [...symbol].length)));

const LEFT = 34;

function GatesView({ run, views, cell }: GatesViewProps) {
  const { layer, unit } = chosenUnit(run.id);
  const isMean = kept(run.id, "mean", false);
  const isWhole = kept(run.id, "whole", false);
  const start = kept(run.id, "gates from", 0);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const index = Math.min(layer.value, views.length - 1);
  const view = views[index]!;
  const { symbols, hidden, values, direction } = view;
  const own = Math.min(unit.value, hidden - 1);
  const T = symbols.length;
  const isFirst = kept(run.id, "gates unit", true);
  useEffect(() => {
    // The first look is at a unit that shows something, unless one was chosen before.
    if (isFirst.value && T > 1 && unit.value === 0) unit.value = liveliest(values.h!, hidden);
    isFirst.value = false;
  }, [run.id]);
  const series = gateNames(cell, values).map(
    (name): Series => ({
      ...name,
      values: isMean.value
        ? meanOfUnits(values[name.name]!, hidden)
        : ofUnit(values[name.name]!, hidden, own),
    }),
  );
  const fits = Math.max(6, Math.floor((width - LEFT) / stepOf(symbols)));
  const shown = isWhole.value ? T : Math.min(T, fits);
  const from = Math.max(0, Math.min(start.value, T - shown));
  const who = `${isMean.value ? "mean of all units" : `unit ${own + 1}`} of ${layerName(view, views)}`;
  const ofAll = isMean.value ? ", mean of all units" : "";
  const rows = () =>
    symbols.map((symbol, t) => ({
      step: t + 1,
      symbol,
      ...Object.fromEntries(series.map(({ name, values }) => [name, values[t]!])),
    }));
  const parts = { series, symbols, from, shown, width };
  return (
    <>
      <div class="controls" ref={place}>
        <LayerChoice layer={layer} names={views.map((one) => layerName(one, views))} />
        <UnitSlider unit={unit} units={hidden} disabled={isMean.value} />
        <label class="check">
          <input
            type="checkbox"
            checked={isMean.value}
            onChange={({ currentTarget }) => {
              isMean.value = currentTarget.checked;
            }}
          />
          Mean of all units
        </label>
        {(isWhole.value || T > fits) && (
          <label class="check">
            <input
              type="checkbox"
              checked={isWhole.value}
              onChange={({ currentTarget }) => {
                isWhole.value = currentTarget.checked;
              }}
            />
            All {T} steps at once
          </label>
        )}
        {shown < T && (
          <label class="field">
            Steps {from + 1} to {from + shown}
            <input
              type="range"
              min={0}
              max={T - shown}
              value={from}
              onInput={({ currentTarget }) => {
                start.value = currentTarget.valueAsNumber;
              }}
            />
          </label>
        )}
      </div>
      {symbols.includes("<EOS>") && <p class="about">{TERMS.end}</p>}
      {direction === 1 && (
        <p class="about">This direction reads from the end, so follow it from right to left.</p>
      )}
      {width > 0 && T > 0 && (
        <>
          <Figure
            title={`Gates over the steps${ofAll}`}
            detail={who}
            about={
              isMean.value
                ? `Each line is the mean of ${hidden} units. Means of states lie near 0, since units above 0 and below 0 cancel out: that is no lack of memory. Look at the gates here, and at states unit by unit.`
                : cell === "rnn"
                  ? "The hidden state after each step."
                  : "Above the gates, from 0 (closed) to 1 (open); below what they control. Point at a step to see its numbers."
            }
            label={`${series.map(({ name }) => name).join(", ")} of the ${who} over ${T} steps. ${series
              .filter(({ isGate }) => isGate)
              .map(({ name, values }) => `Mean ${name} ${fixed(values.reduce((a, b) => a + b, 0) / T, 2)}`)
              .join(", ")}`}
            rows={rows}
          >
            <Lines {...parts} />
          </Figure>
          <Figure
            title={`Gates as a heat map${ofAll}`}
            about="The same numbers as colours: orange above 0, blue below. Compare a column with the symbol under it."
            label={`Heat map of ${series.map(({ name }) => name).join(", ")} of the ${who} over ${T} steps.`}
            rows={rows}
          >
            <Rows {...parts} />
          </Figure>
        </>
      )}
      <dl class="names">
        {series.map(({ name, title, about, colour }) => (
          <div key={name}>
            <dt>
              <span style={{ color: colour }}>{name}</span> {title}
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface PartProps {
  readonly series: readonly Series[];
  readonly symbols: readonly string[];
  /** Index of the first step that is drawn, and their number. */
  readonly from: number;
  readonly shown: number;
  readonly width: number;
}

const PANEL = 110;
const KEYS = 22;
const AXIS = 24;

const tipOf = (series: readonly Series[], symbols: readonly string[], t: number) =>
  [
    `step ${t + 1}: ${quoted(symbols[t]!)}`,
    ...series.map(({ name, values }) => `${name} ${fixed(values[t]!, 2)}`),
  ].join("\n");

function Lines(props: PartProps) {
  const { series, symbols, from, shown, width } = props;
  const step = (width - LEFT) / shown;
  const gates = series.filter(({ isGate }) => isGate);
  const states = series.filter(({ isGate }) => !isGate);
  const end = scaleEnd(states.map(({ values }) => values));
  const panels = [
    ...(gates.length ? [{ of: gates, low: 0, high: 1 }] : []),
    { of: states, low: -end, high: end },
  ];
  const height = panels.length * (PANEL + KEYS + 10) + AXIS;
  return (
    <svg width={width} height={height} font-size={11} aria-hidden="true">
      {panels.map(({ of, low, high }, k) => {
        const top = k * (PANEL + KEYS + 10) + KEYS;
        const y = (value: number) => top + PANEL - ((value - low) / (high - low)) * PANEL;
        return (
          <g key={of[0]!.name}>
            <g font-size={13} font-weight={600}>
              {of.map(({ name, colour, dash }, i) => (
                <g key={name} transform={`translate(${LEFT + i * 62} ${top - 10})`}>
                  <line x2={18} stroke={colour} stroke-width={2.5} stroke-dasharray={dash} />
                  <text x={23} y={4} fill={colour}>
                    {name}
                  </text>
                </g>
              ))}
            </g>
            {[low, (low + high) / 2, high].map((value) => (
              <g key={value}>
                <line x1={LEFT} x2={width} y1={y(value)} y2={y(value)} stroke="var(--line)" />
                <text x={LEFT - 6} y={y(value) + 4} text-anchor="end" fill="var(--muted)">
                  {Number(value.toFixed(2))}
                </text>
              </g>
            ))}
            {of.map(({ name, values, colour, dash }) => (
              <g key={name} stroke={colour} fill="none" stroke-width={2}>
                <polyline
                  stroke-dasharray={dash}
                  points={Array.from(
                    { length: shown },
                    (_, i) => `${(LEFT + (i + 0.5) * step).toFixed(1)},${y(values[from + i]!).toFixed(1)}`,
                  ).join(" ")}
                />
              </g>
            ))}
          </g>
        );
      })}
      <StepSymbols {...{ symbols, from, shown, step }} x={LEFT} y={height - 6} />
      {Array.from({ length: shown }, (_, i) => (
        <rect
          key={i}
          class="hover"
          x={LEFT + i * step}
          y={KEYS}
          width={step}
          height={height - KEYS}
          data-tip={tipOf(series, symbols, from + i)}
        />
      ))}
    </svg>
  );
}

const ROW = 26;

function Rows(props: PartProps) {
  const { series, symbols, from, shown, width } = props;
  const step = (width - LEFT) / shown;
  const end = scaleEnd(series.filter(({ name }) => name === "c").map(({ values }) => values));
  const values = useCallback(
    (row: number, i: number) => {
      const { name, values } = series[row]!;
      return values[from + i]! / (name === "c" ? end : 1);
    },
    [series, from, end],
  );
  const top = 36;
  const height = top + ROW * series.length + AXIS;
  return (
    <svg width={width} height={height} font-size={12} aria-hidden="true">
      <ScaleBar x={LEFT} y={0} low="-1" middle="0" high="1" />
      {end > 1 && (
        <text x={LEFT + 136} y={10} fill="var(--muted)">
          {`c: from -${end} to ${end}`}
        </text>
      )}
      {series.map(({ name }, row) => (
        <text key={name} x={LEFT - 8} y={top + (row + 0.5) * ROW + 4} text-anchor="end" fill="var(--ink)">
          {name}
        </text>
      ))}
      <HeatMap
        x={LEFT}
        y={top}
        width={width - LEFT}
        height={ROW * series.length}
        rows={series.length}
        columns={shown}
        values={values}
        tip={(row, i) =>
          `step ${from + i + 1}: ${quoted(symbols[from + i]!)}\n${series[row]!.name} ${fixed(series[row]!.values[from + i]!, 2)}`
        }
      />
      {series.map(({ name }, row) => (
        <line
          key={name}
          x1={LEFT}
          x2={width}
          y1={top + row * ROW}
          y2={top + row * ROW}
          stroke="var(--card)"
          stroke-width={2}
        />
      ))}
      <StepSymbols {...{ symbols, from, shown, step }} x={LEFT} y={height - 6} />
    </svg>
  );
}
