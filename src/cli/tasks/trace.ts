import type { Step } from "../../data/labelled.ts";

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
