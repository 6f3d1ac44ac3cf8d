import type { Step } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";

/** How a model reads one input. */
export interface Trace {
  /** The names of the steps that each recurrent part reads, such as the characters of a text. The first part comes first. */
  readonly symbols: Readonly<Record<string, readonly string[]>>;
  /** Runs the model forward on the input. */
  run(): unknown;
}

/** Returns the names of the steps of a sequence: its tokens, or the numbers of its vectors from 1. */
export function stepNames(steps: readonly Step[]): string[] {
  return steps.map((step, i) => (typeof step === "string" ? step : String(i + 1)));
}

/** Returns the error that a model of vectors was given a text. */
export function noTexts(command: "inspect" | "predict"): UnrolledError {
  return new UnrolledError(
    "ERR_VALUE",
    `${command}: the model reads vectors, not texts; give a file with --data`,
  );
}
