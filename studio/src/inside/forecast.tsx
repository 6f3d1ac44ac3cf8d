import { areaY, dot, lineY, pointerX, ruleX, ruleY, tip } from "@observablehq/plot";
import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { ForecastOfRun } from "../desk/pictures.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { keyRow } from "../ui/key-row.ts";
import { Plot } from "../ui/plot.tsx";
import { TIP } from "../ui/plot-parts.ts";
import { whole } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { type ForecastPoint, forecastPoints, type SeriesPoint } from "./forecast-points.ts";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 320;

/** Names of the lines; their colours are the first three. */
const NAMES = ["past", "forecast", "what came"];

/** Fewer errors than this say little about their spread. */
const FEW = 20;

const ENDS = [
  ["known", "the last rows, unseen"],
  ["open", "what follows the data"],
] as const;

/** A forecast with its past, and the errors of held-out forecasts by step. */
export function ForecastView({ run, model }: ViewProps) {
  const [end, setEnd] = useState<(typeof ENDS)[number][0]>("known");
  const [column, setColumn] = useState(0);
  const horizon = Number(run.spec.horizon) || 1;
  const hidden = end === "known" ? horizon : 0;
  const answer = useDataAnswer(run, (data) => ask(model, "forecastOf", data, hidden), [model.key, hidden]);
  const { value } = answer;
  return (
    <div class="view">
      <div class="pair">
        <Choice
          name="Forecast"
          choices={ENDS}
          value={end}
          onChange={(value) => setEnd(value as typeof end)}
        />
        {value && value.columns.length > 1 && (
          <Choice
            name="Column"
            choices={value.columns.map((name, i) => [String(i), name] as const)}
            value={String(column)}
            onChange={(value) => setColumn(Number(value))}
          />
        )}
      </div>
      <Answered answer={answer} height={2 * HEIGHT + 200}>
        {(view) => {
          const shown = { view, column: Math.min(column, view.columns.length - 1) };
          return (
            <>
              <Outlook {...shown} />
              {view.spread && view.leads.length > 1 && <Spread {...shown} />}
            </>
          );
        }}
      </Answered>
    </div>
  );
}

interface ColumnProps {
  readonly view: ForecastOfRun;
  readonly column: number;
}

const decimals = (value: number) => String(Number(value.toPrecision(4)));

/** Says how many errors the bands come from. */
function howMany({ measured, leads }: ForecastOfRun): string {
  const few = measured < FEW ? " These are few, so the bands are rough." : "";
  return `${whole(measured)} errors${leads.length > 1 ? " at each step" : ""}.${few}`;
}

function Outlook({ view, column }: ColumnProps) {
  const { before, ahead } = forecastPoints(view, column);
  const { columns, spread, heldOutFrom } = view;
  const shown = before.slice(-Math.max(40, 4 * (view.leads.at(-1) ?? 1)));
  const from = before.at(-1)!;
  const forecast = [startOf(from), ...ahead];
  const came = ahead.flatMap(({ row, came }) => (came === undefined ? [] : [{ row, value: came }]));
  const inside = ahead.filter(
    ({ came, wide }) => came !== undefined && wide && came >= wide[0] && came <= wide[1],
  );
  const last = ahead.at(-1)!;
  return (
    <Figure
      title="Forecast"
      about={
        <>
          The past, then what the network expects for the next {whole(last.lead)} rows
          {came.length > 0 && ", and what really came"}.{" "}
          {spread
            ? `The dark band holds half of the errors that other forecasts made in the rows that were kept aside, the light band 90%: ${howMany(view)}`
            : "There are too few rows that were kept aside to measure its errors."}{" "}
          {spread &&
            came.length > 0 &&
            "The errors of the forecast that you see are not among them, but they are of the same rows, so the bands are no independent test. "}
          {heldOutFrom < before.length &&
            "The dashed line is where the rows begin that it did not learn from. "}
          {spread && ahead.length > 1 && "Look whether the bands widen."}
        </>
      }
      label={`${columns[column]}: from ${decimals(from.value)} to ${decimals(last.value)} in ${last.lead} rows.${
        came.length && spread
          ? ` ${inside.length} of ${came.length} rows that came are in the band of 90%.`
          : ""
      }`}
      rows={() => [
        ...shown.map(({ row, value }) => ({
          row,
          past: value,
          forecast: undefined,
          came: undefined,
          low90: undefined,
          low50: undefined,
          high50: undefined,
          high90: undefined,
        })),
        ...ahead.map(({ row, value, came, wide, narrow }) => ({
          row,
          past: undefined,
          forecast: value,
          came,
          low90: wide?.[0],
          low50: narrow?.[0],
          high50: narrow?.[1],
          high90: wide?.[1],
        })),
      ]}
    >
      <Plot
        height={HEIGHT}
        draw={(width) => {
          const key = keyRow(NAMES.slice(0, came.length ? 3 : 2), width - 64);
          return {
            marginTop: key.marginTop,
            marginLeft: 48,
            x: { label: "row", tickFormat: "d" },
            y: { label: columns[column]!, grid: true, nice: true },
            marks: [
              ...bands(ahead[0]?.wide ? forecast : []),
              lineY(shown, { x: "row", y: "value", stroke: "var(--train)", strokeWidth: 1.5 }),
              lineY(forecast, { x: "row", y: "value", stroke: "var(--validation)", strokeWidth: 2.5 }),
              dot(ahead, { x: "row", y: "value", fill: "var(--validation)", r: 2.5 }),
              ...(came.length
                ? [
                    lineY([from, ...came], {
                      x: "row",
                      y: "value",
                      stroke: "var(--third)",
                      strokeWidth: 2,
                      strokeDasharray: "5 3",
                    }),
                  ]
                : []),
              ...(heldOutFrom + 1 >= shown[0]!.row && heldOutFrom < before.length
                ? [ruleX([heldOutFrom + 1], { stroke: "var(--edge)", strokeDasharray: "2 4" })]
                : []),
              ...key.marks,
              tip(
                [...shown.map((point) => ({ ...point, lead: 0 })), ...ahead] as ForecastPoint[],
                pointerX({
                  x: "row",
                  y: "value",
                  title: ({ row, value, lead, wide, came }: ForecastPoint) =>
                    [
                      `row ${row}`,
                      `${lead ? "forecast" : columns[column]} ${decimals(value)}`,
                      ...(came === undefined ? [] : [`came ${decimals(came)}`]),
                      ...(wide ? [`90%: ${decimals(wide[0])} to ${decimals(wide[1])}`] : []),
                    ].join("\n"),
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

/** Returns the last number that was seen as a point of the forecast, so that its line and its bands begin there. */
const startOf = ({ row, value }: SeriesPoint): ForecastPoint => ({
  row,
  value,
  lead: 0,
  wide: [value, value],
  narrow: [value, value],
});

function bands(points: readonly ForecastPoint[]) {
  if (!points.length) return [];
  const band = (of: "wide" | "narrow", fillOpacity: number) =>
    areaY(points, {
      x: "row",
      y1: (point: ForecastPoint) => point[of]![0],
      y2: (point: ForecastPoint) => point[of]![1],
      fill: "var(--validation)",
      fillOpacity,
    });
  return [band("wide", 0.16), band("narrow", 0.3)];
}

/** The errors by the number of steps ahead. */
function Spread({ view, column }: ColumnProps) {
  const { ahead } = forecastPoints(view, column);
  const errors = ahead.map(({ lead, value, wide, narrow, middle }) => ({
    row: lead,
    lead,
    value: middle! - value,
    wide: wide!.map((bound) => bound - value) as [number, number],
    narrow: narrow!.map((bound) => bound - value) as [number, number],
  }));
  const [first, last] = [errors[0]!, errors.at(-1)!];
  const width = ({ wide }: typeof first) => decimals(wide[1] - wide[0]);
  return (
    <Figure
      title="Errors by step"
      about={
        <>
          How far off the forecasts were (what came minus forecast), by how many rows ahead they looked:{" "}
          {howMany(view)} The line is the middle error. Look whether the bands widen: the further ahead, the
          harder. A line beside 0 means that it forecasts too low (above 0) or too high (below 0).
        </>
      }
      label={`90% of the errors are within a band of ${width(first)} at ${first.lead} ahead, and of ${width(last)} at ${last.lead} ahead.`}
      rows={() =>
        errors.map(({ lead, value, wide, narrow }) => ({
          "steps ahead": lead,
          low90: wide[0],
          low50: narrow[0],
          middle: value,
          high50: narrow[1],
          high90: wide[1],
        }))
      }
    >
      <Plot
        height={HEIGHT - 60}
        draw={() => ({
          marginLeft: 48,
          x: {
            label: "steps ahead",
            ticks: errors.length > 12 ? 8 : errors.map(({ lead }) => lead),
            tickFormat: "d",
          },
          y: { label: "error", grid: true, nice: true },
          marks: [
            ...bands(errors),
            ruleY([0], { stroke: "var(--edge)" }),
            lineY(errors, { x: "row", y: "value", stroke: "var(--validation)", strokeWidth: 2 }),
            dot(errors, { x: "row", y: "value", fill: "var(--validation)", r: 2.5 }),
            tip(
              errors,
              pointerX({
                x: "row",
                y: "value",
                title: ({ lead, value, narrow, wide }: (typeof errors)[number]) =>
                  `${lead} ahead\nmiddle ${decimals(value)}\nhalf: ${narrow.map(decimals).join(" to ")}\n90%: ${wide.map(decimals).join(" to ")}`,
                ...TIP,
              }),
            ),
          ],
        })}
      />
    </Figure>
  );
}
