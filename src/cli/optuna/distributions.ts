import { show } from "../../schema.ts";
import type { SearchSpace, Value } from "../../search/space.ts";
import { textOf } from "../search-values.ts";
import { parsePythonJson } from "./python-json.ts";

// How fields of a search space are written as Optuna's distributions, and values as the numbers that Optuna stores.

type Dimension = SearchSpace[string];

/** A distribution of Optuna, named after its class. */
export interface Distribution {
  readonly name: string;
  /** Whether numbers are drawn by their logarithm. */
  readonly log: boolean;
  /** The choices of a CategoricalDistribution. */
  readonly choices?: readonly unknown[] | undefined;
}

/** Parses the JSON text of a distribution. @throws if it is not one */
export function parseDistribution(json: string): Distribution {
  const { name, attributes } = parsePythonJson(json) as {
    name: string;
    attributes: Readonly<Record<string, unknown>>;
  };
  const { log = name.includes("Log"), choices } = attributes; // former classes have it in their name
  return { name, log: log === true, choices: choices as readonly unknown[] | undefined };
}

/** Returns whether Optuna allows both distributions for one parameter. Ranges may differ; kind, scale and choices may not. */
export function areCompatible(a: Distribution, b: Distribution): boolean {
  return a.name === b.name && a.log === b.log && JSON.stringify(a.choices) === JSON.stringify(b.choices);
}

/** Writes what must be the same in both distributions of {@link areCompatible}, as in Python. */
export function distributionNote({ name, log, choices }: Distribution): string {
  return `${name}(${choices ? show(choices) : `log=${log ? "True" : "False"}`})`;
}

/** Returns the distribution of a field as JSON. */
export function distributionJson(dimension: Dimension): string {
  if (!("min" in dimension)) {
    return JSON.stringify({
      name: "CategoricalDistribution",
      attributes: { choices: dimension.map(choiceOf) },
    });
  }
  const { min: low, max: high, scale, whole } = dimension;
  const attributes = { step: whole ? 1 : null, low, high, log: scale === "log" };
  return JSON.stringify({ name: whole ? "IntDistribution" : "FloatDistribution", attributes });
}

/** Returns a value as a choice of Optuna, which cannot be a list: [64, 32] becomes "64,32", as on the command line. */
const choiceOf = (value: Value) =>
  Array.isArray(value) ? textOf(value) : (value as Exclude<Value, readonly unknown[]>);

/** Returns the number that Optuna stores for a value; undefined if the field cannot have the value. */
export function internalOf(dimension: Dimension, value: unknown): number | undefined {
  if (!("min" in dimension)) {
    const index = dimension.map(choiceOf).indexOf(choiceOf(value as Value));
    return index < 0 ? undefined : index;
  }
  const { min, max, whole } = dimension;
  const fits = typeof value === "number" && value >= min && value <= max;
  return fits && (!whole || Number.isInteger(value)) ? value : undefined;
}

/** Returns the value of a field from the number that Optuna stores. */
export function fieldValue(dimension: Dimension, internal: number): Value {
  return "min" in dimension ? internal : dimension[internal]!;
}
