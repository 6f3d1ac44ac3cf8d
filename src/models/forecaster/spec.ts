import { UnrolledError } from "../../errors.ts";
import { checkOneWay, checkTogether, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { flag, type Infer, object, oneOf, rule, whole } from "../../schema.ts";
import { LOSSES } from "./losses.ts";

const isName = (name: unknown) => typeof name === "string" && name !== "";

const names = () =>
  rule<readonly string[]>(
    "a list of names that differ",
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every(isName) && new Set(value).size === value.length,
  );

const fields = () => ({
  task: oneOf(["forecaster"]),
  /** Names of the columns that it reads. */
  columns: names(),
  /** Those of them that it forecasts. */
  targets: names(),
  /** How many steps ahead a forecast reaches. */
  horizon: whole(1).default(1, { file: "required" }),
  /**
   * How several steps ahead are forecast, by the names of Taieb et al. (2012). `joint`: all steps up to the horizon at once
   * (there: MIMO); `direct`: the step at the horizon alone; `iterated`: the next step, which is read as if it had come true,
   * and so on (there: recursive).
   */
  strategy: oneOf(["joint", "direct", "iterated"]).default("joint", { file: "required" }),
  /**
   * Reads, beside each value, its change since the row before, and forecasts changes against the last value instead of
   * values: persistence is where training begins, and a trend does not lead out of what was learnt.
   */
  changes: flag().default(true, { file: "required" }),
  /** What training minimises, of scaled numbers; see losses.ts. */
  loss: oneOf(Object.keys(LOSSES) as (keyof typeof LOSSES)[]).default("mse", { file: "required" }),
});

/** What a forecaster is, as plain JSON: numbers in, numbers out. */
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
      const strange = targets.find((name) => !columns.includes(name));
      if (strange !== undefined) {
        refuse(
          `target ${JSON.stringify(strange)} is not among the columns, which are ${JSON.stringify(columns)}`,
        );
      }
      if (embedding) {
        refuse(`embedding is ${embedding}, but a forecaster reads numbers, not symbols; expected 0`);
      }
      checkOneWay(spec, refuse, "a forecaster", "forecasts");
      if (spec.strategy === "iterated" && spec.horizon > 1) checkFeedsBack(spec, "strategy is iterated");
      checkTogether(spec, refuse);
    },
  );

/** One layer of 32 units that forecasts the next row, or all rows up to `horizon`, of what it reads. */
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

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkForecasterSpec(given: unknown): ForecasterSpec {
  return forecasterSchema().check(given, "spec");
}

/** @throws ERR_VALUE where forecasts cannot be read as the next rows */
export function checkFeedsBack(
  { columns, targets }: Pick<ForecasterSpec, "columns" | "targets">,
  why: string,
): void {
  const missing = columns.find((name) => !targets.includes(name));
  if (missing === undefined) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${why}, but forecasts cannot be read as rows: column ${JSON.stringify(missing)} is read and not forecast; make it a target`,
  );
}

/** How many steps ahead each of the network's outputs is for, target by target. */
export function leadsOf({ horizon, strategy }: Pick<ForecasterSpec, "horizon" | "strategy">): number[] {
  if (strategy === "direct") return [horizon];
  return Array.from({ length: strategy === "joint" ? horizon : 1 }, (_, i) => i + 1);
}
