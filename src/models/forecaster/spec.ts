import { UnrolledError } from "../../errors.ts";
import {
  checkTogether,
  DEFAULT_NETWORK,
  NETWORK_DEFAULTS,
  NETWORK_FIELDS,
  type NetworkSpec,
} from "../../network/network-spec.ts";
import { checkFields, type Field, flag, listOf, oneOf, wholeFrom } from "../../schema.ts";

/** What a forecaster is, as plain JSON: numbers in, numbers out. */
export interface ForecasterSpec extends NetworkSpec {
  readonly task: "forecaster";
  /** Names of the columns that it reads. */
  readonly columns: readonly string[];
  /** Those of them that it forecasts. */
  readonly targets: readonly string[];
  /** How many steps ahead a forecast reaches. */
  readonly horizon: number;
  /**
   * How several steps ahead are forecast, by the names of Taieb et al. (2012). `joint`: all steps up to the horizon at once
   * (there: MIMO); `direct`: the step at the horizon alone; `iterated`: the next step, which is read as if it had come true,
   * and so on (there: recursive).
   */
  readonly strategy: "joint" | "direct" | "iterated";
  /**
   * Reads, beside each value, its change since the row before, and forecasts changes against the last value instead of values:
   * persistence is where training begins, and a trend does not lead out of what was learnt.
   */
  readonly changes: boolean;
  /** Mean squared or mean absolute error, of scaled numbers. */
  readonly loss: "mse" | "mae";
}

/** One layer of 32 units that forecasts the next row, or all rows up to `horizon`, of what it reads. */
export function defaultForecasterSpec(columns: readonly string[]): ForecasterSpec {
  return {
    ...DEFAULT_NETWORK,
    task: "forecaster",
    columns,
    targets: columns,
    horizon: 1,
    strategy: "joint",
    changes: true,
    loss: "mse",
    hidden: 32,
    layers: 1,
  };
}

const NAMES: Field = [
  "a list of names that differ",
  (value) =>
    listOf(["", (name) => typeof name === "string" && name !== ""])[1](value) && differ(value as string[]),
];

function differ(names: readonly string[]): boolean {
  return names.length > 0 && new Set(names).size === names.length;
}

/** @returns the spec, completed @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkForecasterSpec(given: unknown): ForecasterSpec {
  const spec = checkFields<ForecasterSpec>(
    "spec",
    given,
    {
      task: oneOf("forecaster"),
      columns: NAMES,
      targets: NAMES,
      horizon: wholeFrom(1),
      strategy: oneOf("joint", "direct", "iterated"),
      changes: flag,
      loss: oneOf("mse", "mae"),
      ...NETWORK_FIELDS,
    },
    NETWORK_DEFAULTS,
  );
  const { columns, targets, embedding, bidirectional } = spec;
  const refuse = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", `spec: ${problem}`);
  };
  const strange = targets.find((name) => !columns.includes(name));
  if (strange !== undefined) {
    refuse(
      `target ${JSON.stringify(strange)} is not among the columns, which are ${JSON.stringify(columns)}`,
    );
  }
  if (embedding) refuse(`embedding is ${embedding}, but a forecaster reads numbers, not symbols; expected 0`);
  if (bidirectional) {
    refuse(
      "bidirectional is true, but a forecaster that reads from both ends would see the future it forecasts",
    );
  }
  if (spec.strategy === "iterated" && spec.horizon > 1) checkFeedsBack(spec, "strategy is iterated");
  return checkTogether(spec);
}

/** @throws ERR_VALUE where forecasts cannot be read as the next rows */
export function checkFeedsBack({ columns, targets }: ForecasterSpec, why: string): void {
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
