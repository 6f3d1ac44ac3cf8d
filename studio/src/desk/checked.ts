import type { TaskName } from "unrolled/worker";
import type { Plan } from "../runs/run.ts";

/** What the data of a run are read with. */
export type CheckPlan = Pick<Plan, "task" | "options" | "spec" | "recipe" | "length">;

/** What a check does at the moment. */
export interface CheckProgress {
  readonly stage: "reading" | "preparing" | "counting";
  /** Share of the file that has been read in this stage, 0 to 1. */
  readonly share: number;
}

/** What was found in data that a model which exists can learn from. */
export interface FurtherData extends Pick<CheckedData, "data" | "notes" | "examples" | "characters"> {
  /** The state before the first iteration. */
  readonly checkpoint: Uint8Array<ArrayBuffer>;
}

/** What was found in data that a run can learn from. */
export interface CheckedData {
  /** The data as UTF-8, if the file is in another encoding. */
  readonly data?: File;
  /** The fields of the asked spec that fit the data. */
  readonly spec: object;
  /** The spec with all its defaults. */
  readonly whole: Readonly<Record<string, unknown>> & { readonly task: TaskName };
  readonly weights: number;
  readonly iterationsPerEpoch: number;
  /** What the library says about the data, such as guessed columns. */
  readonly notes: readonly string[];
  /** The symbols of each vocabulary, by its name in the model file. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Number of examples, lines or rows, or for a language model of characters. */
  readonly examples?: number;
  readonly characters?: number;
}
