import { UnrolledError } from "../../errors.ts";
import { checkOneWay, checkTogether, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { flag, type Infer, object, oneOf, rule, show, whole } from "../../schema.ts";
import { LOSSES } from "./losses.ts";

const isName = (name: unknown) => typeof name === "string" && name !== "";

/** Maximum number of columns. A file has a scale of five parts for each, which `parseJson` limits. */
const MAX_COLUMNS = 10_000;

const names = () =>
  rule<readonly string[]>(
    `a list of at most ${MAX_COLUMNS} names that differ`,
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MAX_COLUMNS &&
      value.every(isName) &&
      new Set(value).size === value.length,
  );

/** Maximum horizon. An iterated forecast runs the network once for each of these steps: 0.1 s for 32 units. */
const MAX_HORIZON = 10_000;

const fields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["forecaster"]),
  /** Names of the columns that the model reads, at most 10,000. */
  columns: names(),
  /** Names of the columns that the model forecasts. */
  targets: names(),
  /** How many steps ahead a forecast reaches, at most 10,000. */
  horizon: whole(1, MAX_HORIZON).default(1, { file: "required" }),
  /**
   * How to forecast several steps ahead (Taieb et al. 2012). `joint` (in the paper: MIMO) forecasts all steps up to the horizon
   * at once. `direct` forecasts only the step at the horizon. `iterated` (in the paper: recursive, autoregressive) forecasts one
   * step at a time, and reads each forecast as the next input.
   */
  strategy: oneOf(["joint", "direct", "iterated"]).default("joint", { file: "required" }),
  /**
   * Whether the model works with changes. If true, the model also reads the change of each value since the previous row. A
   * forecast is then the change of a target since the latest row. If a series has a trend, the values leave the range seen in
   * training, but the changes do not.
   */
  changes: flag().default(true, { file: "required" }),
  /** Name of the loss that training minimises, see losses.ts. The loss is computed from scaled numbers. */
  loss: oneOf(Object.keys(LOSSES) as (keyof typeof LOSSES)[]).default("mse", { file: "required" }),
});

/** The spec of a forecaster (numbers in, numbers out) as plain JSON. */
export interface ForecasterSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `ForecasterSpec`. */
export const forecasterSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      const { columns, targets, embedding } = spec;
      const known = new Set(columns);
      const strange = targets.find((name) => !known.has(name));
      if (strange !== undefined) {
        refuse(`target ${show(strange)} is not among the columns, which are ${show(columns)}`);
      }
      if (embedding) {
        refuse(`embedding is ${embedding}, but a forecaster reads numbers, not symbols; expected 0`);
      }
      checkOneWay(spec, refuse, "a forecaster");
      if (spec.strategy === "iterated" && spec.horizon > 1) checkFeedsBack(spec, "strategy is iterated");
      checkTogether(spec, refuse);
    },
  );

/** Returns the default spec: one layer of 32 units that forecasts all columns it reads. */
export function defaultForecasterSpec(columns: readonly string[]): ForecasterSpec {
  return {
    ...networkSchema.defaults,
    task: "forecaster",
    columns,
    targets: columns,
    ...forecasterSchema().defaults,
    hidden: 32,
    layers: 1,
  };
}

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkForecasterSpec(given: unknown): ForecasterSpec {
  return forecasterSchema().check(given, "spec");
}

/** Maximum number of multiplications of an iterated forecast, which uses each weight at each step. They take half a second. */
const MAX_WORK = 1e9;

/** Checks the time of an iterated forecast. @throws ERR_VALUE if the horizon is too far for a network of this size */
export function checkWork({ strategy, horizon }: ForecasterSpec, parameters: number): void {
  if (strategy !== "iterated" || horizon * parameters <= MAX_WORK) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `horizon is ${horizon}, expected at most ${Math.floor(MAX_WORK / parameters)} for ${parameters} parameters and strategy iterated; use joint or direct, or a smaller network`,
  );
}

/**
 * Checks that all columns are targets. Otherwise forecasts could not be read as the next rows.
 *
 * @param why start of the error message
 * @throws ERR_VALUE if a column is not a target
 */
export function checkFeedsBack(
  { columns, targets }: Pick<ForecasterSpec, "columns" | "targets">,
  why: string,
): void {
  const forecast = new Set(targets);
  const missing = columns.find((name) => !forecast.has(name));
  if (missing === undefined) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${why}, but forecasts cannot be read as rows: column ${show(missing)} is read and not forecast; make it a target`,
  );
}

/**
 * Returns the numbers of steps ahead that the network forecasts at once. They are 1 to the horizon for the strategy `joint`,
 * only the horizon for `direct`, and only 1 for `iterated`.
 */
export function leadsOf({ horizon, strategy }: Pick<ForecasterSpec, "horizon" | "strategy">): number[] {
  if (strategy === "direct") return [horizon];
  return Array.from({ length: strategy === "joint" ? horizon : 1 }, (_, i) => i + 1);
}
