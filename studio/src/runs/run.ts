import type { TaskName } from "unrolled/worker";
import type { Losses } from "./history.ts";

/** Cells by their names in a spec. */
export const CELL_NAMES: Readonly<Record<string, string>> = { rnn: "RNN", gru: "GRU", lstm: "LSTM" };

/** Where the data of a run come from. */
export type Source =
  | { readonly kind: "dataset"; readonly id: string }
  | { readonly kind: "file"; readonly name: string; readonly bytes: number }
  | { readonly kind: "model"; readonly name: string };

/** What a run is to do. `spec`, `recipe` and `options` are those of `start` of `unrolled/worker`. */
export interface Plan {
  readonly task: TaskName;
  readonly source: Source;
  readonly options: object;
  readonly spec: object;
  readonly recipe: object;
  readonly length: { readonly epochs: number } | { readonly iterations: number };
  readonly validateEvery?: number | undefined;
  readonly threads: number;
  /** Name of the run whose model was trained further; else the weights began at random. */
  readonly from?: string | undefined;
}

/** A score of a model on held-out data, at an iteration. The fields of `evaluation` depend on the task. */
export interface Scored {
  readonly iteration: number;
  readonly evaluation: Readonly<Record<string, unknown>> & { readonly loss: number };
}

/** A run as it is kept: plain JSON. Its models, its checkpoint and its data are files beside it. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly plan: Plan;
  readonly state: "training" | "stopped" | "finished";
  /** Whether the page was closed or reloaded while it was training. */
  readonly interrupted?: boolean | undefined;
  /** Iterations done, and iterations of the whole run. */
  readonly iteration: number;
  readonly iterations: number;
  /** Iterations that the plan asked for: a finished run can train as many again. */
  readonly planned: number;
  /** Iteration of its checkpoint, about; 0 if there is none yet, so that continuing begins from the start. */
  readonly kept?: number | undefined;
  /** Name of the file of its data, whose ending says how it is read. */
  readonly dataName: string;
  /** Number of threads that it got. */
  readonly threads: number;
  /** Where the model was opened from, if it was not trained here. Such a run has neither data nor a checkpoint. */
  readonly opened?: "file" | "link" | undefined;
  /** Number of weights, and the spec of the model with all defaults; unknown before it has started. */
  readonly parameters: number;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly losses: Losses;
  readonly best?: Scored | undefined;
  readonly last?: Scored | undefined;
}
