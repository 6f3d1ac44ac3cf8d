import type { GenerateOptions } from "../src/models/language-model-stream.ts";
import type { LanguageModelSpec } from "../src/models/spec.ts";
import type { RuntimeOptions } from "../src/runtime/runtime.ts";
import type { Evaluation } from "../src/train/evaluate.ts";
import type { Recipe } from "../src/train/recipe.ts";
import type { TrainOptions, TrainResult } from "../src/train/train.ts";

/** A new model, to be trained on a text whose characters are its vocabulary. */
export interface NewModel extends Pick<RuntimeOptions, "variant"> {
  readonly text: string;
  readonly spec: LanguageModelSpec;
  readonly recipe: Recipe;
}

/** A trained model, to generate with. */
export interface StoredModel extends Pick<RuntimeOptions, "variant"> {
  /** A model file, as `serializeModel` makes it. */
  readonly model: Uint8Array;
}

/** How far a run is. */
export interface TrainProgress {
  readonly iteration: number;
  /** Loss of that iteration in nats a symbol. */
  readonly loss: number;
  /** Symbols a second since the run began, validation left out. */
  readonly symbolsPerSecond: number;
  /** The latest validation of the run; null before the first. `best` where it is the smallest loss so far. */
  readonly validation: { iteration: number; evaluation: Evaluation; best: boolean } | null;
}

/**
 * One language model in a worker. Whatever fails rejects with the error that the same call throws in the thread, as an
 * `UnrolledError` with its `code`; ERR_STATE before `start`.
 */
export interface LanguageModelWorker {
  /** Makes or loads the model, in place of the one before. @throws ERR_STATE while another `start` or `train` runs */
  start(options: NewModel | StoredModel): Promise<void>;
  /**
   * Trains as `train` does, up to `iterations` in all: called again, it goes on where it stopped.
   *
   * @throws ERR_ABORTED after `stop`; ERR_STATE for a stored model, or while another `start` or `train` runs
   */
  train(options: Pick<TrainOptions, "iterations" | "validateEvery">): Promise<TrainResult>;
  /** Stops `train` after the iteration under way. */
  stop(): Promise<void>;
  /** Text from the weights as they are now, in training too. */
  generate(options?: GenerateOptions): Promise<string>;
  /** The model file of the weights as they are now, in training too. */
  model(): Promise<Uint8Array<ArrayBuffer>>;
  /** The model file of the best validation. @throws ERR_STATE before the first */
  bestModel(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What the worker sends of its own accord, beside comlink's replies: those have an `id`, this has none. */
export interface ProgressMessage {
  readonly progress: TrainProgress;
}
