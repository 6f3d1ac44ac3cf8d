import { dot, lineY, pointerX, ruleX, tip } from "@observablehq/plot";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import type { Forecast } from "../../desk/data.ts";
import type { RunFile } from "../../desk/run-data.ts";
import { otherFile, runFile } from "../../desk/run-file.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { Choice, Slider } from "../../ui/fields.tsx";
import { Figure } from "../../ui/figure.tsx";
import { keyRow } from "../../ui/key-row.ts";
import { Plot } from "../../ui/plot.tsx";
import { TIP } from "../../ui/plot-parts.ts";
import { number } from "../../ui/words.ts";
import { useInfo } from "../parts/use-info.ts";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";
import { type ForecastPoint, forecastPoints, meanError } from "./points.ts";

/** Number of rows of the past that the picture shows. */
const SHOWN = 60;

/** Forecasts what follows the data, or what followed an earlier row, beside what really came. */
export function Outlook({ run, model }: ViewProps) {
  const info = useInfo(model);
  const {
    horizon = 1,
    targets = [],
    columns = [],
    strategy,
  } = (info?.spec ?? {}) as Partial<ForecasterFields>;
  const [steps, setSteps] = useState<number>();
  const [back, setBack] = useState<number>();
  const [target, setTarget] = useState(0);
  const [pasted, setPasted] = useState("");
  const [data, setData] = useState<RunFile>();
  useEffect(() => {
    if (pasted.trim()) setData(otherFile(run, new File([pasted], "your rows")));
    else void runFile(run).then(setData);
  }, [run.id, pasted]);
  const { setTried } = useTried(run);
  const own = useAnswer(data?.isOther ? () => ask(model, "samples", data, 1) : undefined, [model.run, data]);
  useEffect(() => {
    const [rows] = own.value ?? [];
    if (rows) setTried(rows.input); // the pictures of the inside read them, too
  }, [own.value]);
  const asked = { back: back ?? (pasted.trim() ? 0 : horizon), steps: steps ?? horizon, shown: SHOWN };
  const answer = useAnswer(info && data ? () => ask(model, "outlook", data, asked) : undefined, [
    model.key,
    info,
    data,
    ...Object.values(asked),
  ]);
  /** A forecast beyond the horizon reads its own numbers as rows, so it must forecast all columns. */
  const most = strategy === "direct" || targets.length < columns.length ? horizon : Math.max(4 * horizon, 12);
  return (
    <div class="use">
      {answer.error && <p class="problem">{answer.error}</p>}
      {answer.value ? (
        <Picture forecast={answer.value} target={target} />
      ) : (
        <div style={{ minHeight: "24rem" }}>
          {!data && <p class="about">The data of this model are not here. Paste the last rows below.</p>}
        </div>
      )}
      {targets.length > 1 && (
        <Choice
          name="Column"
          choices={targets.map((name, i) => [String(i), name] as const)}
          value={String(target)}
          onChange={(value) => setTarget(Number(value))}
        />
      )}
      {strategy !== "direct" && (
        <Slider
          name="Horizon"
          about={`How many rows ahead it looks. It has learned ${horizon}.`}
          min={1}
          max={most}
          step={1}
          value={asked.steps}
          onChange={setSteps}
        />
      )}
      <Slider
        name="Rows that it does not see"
        about="It forecasts as if the data ended that many rows earlier, so that you can compare. 0 forecasts the future."
        min={0}
        max={Math.max(4 * horizon, 24)}
        step={1}
        value={asked.back}
        onChange={setBack}
      />
      <details>
        <summary>Rows of your own</summary>
        <label class="field">
          Paste rows with {columns.length > 1 ? `the columns ${columns.join(", ")}` : "a number in each line"}
          , the oldest first
          <textarea
            rows={5}
            value={pasted}
            placeholder={columns.length > 1 ? `${columns.join(",")}\n…` : "112\n118\n132"}
            onInput={({ currentTarget }) => setPasted(currentTarget.value)}
          />
        </label>
      </details>
    </div>
  );
}

/** Fields of a forecaster's spec. */
interface ForecasterFields {
  readonly horizon: number;
  readonly targets: readonly string[];
  readonly columns: readonly string[];
  readonly strategy: "joint" | "direct" | "iterated";
}

const KINDS = ["what was", "forecast", "what really came"];
const CHANNEL = { x: "row", y: "value" } as const;

function Picture({ forecast, target }: { readonly forecast: Forecast; readonly target: number }) {
  const points = forecastPoints(forecast, target);
  const of = (kind: ForecastPoint["kind"]) => points.filter((point) => point.kind === kind);
  const name = forecast.targets[target] ?? "";
  const error = meanError(forecast, target);
  const last = of("forecast").at(-1);
  const here = of("what was").at(-1)?.row ?? 0;
  return (
    <Figure
      title={`Forecast of ${name}`}
      about={
        error === undefined
          ? "The forecast goes on where the data end, so nobody knows yet how right it is."
          : `On average, this forecast is off by ${number(error.model, 2)}. The rule that all stays as it is would be off by ${number(error.stays, 2)}. The scores of the run are other numbers: means of all forecasts within the rows that were kept aside.`
      }
      label={
        last
          ? `${name}: from row ${here} on the forecast goes to ${number(last.value, 2)} in row ${last.row}`
          : name
      }
      rows={() => points.map(({ row, kind, value }) => ({ row, kind, value }))}
    >
      <Plot
        height={270}
        draw={(width) => {
          const key = keyRow(
            KINDS.filter((kind) => of(kind as ForecastPoint["kind"]).length > 0),
            width - 64,
          );
          return {
            marginTop: key.marginTop,
            x: { label: "row", tickFormat: "d" },
            y: { label: name, grid: true, nice: true },
            color: key.color,
            marks: [
              ruleX([here], { stroke: "var(--edge)", strokeDasharray: "2 3" }),
              lineY(of("what was"), { ...CHANNEL, stroke: "kind", strokeWidth: 1.5 }),
              lineY(of("what really came"), {
                ...CHANNEL,
                stroke: "kind",
                strokeWidth: 1.5,
                strokeDasharray: "2 3",
              }),
              dot(of("what really came"), { ...CHANNEL, stroke: "kind", r: 2.5 }),
              lineY(of("forecast"), { ...CHANNEL, stroke: "kind", strokeWidth: 2.5 }),
              dot(of("forecast"), { ...CHANNEL, fill: "kind", r: 3 }),
              ...key.marks,
              tip(
                points,
                pointerX({
                  ...CHANNEL,
                  title: ({ row, kind, value }: ForecastPoint) => `row ${row}, ${kind}\n${number(value, 2)}`,
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
