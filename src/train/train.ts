import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { serializeModel } from "../network/model-file.ts";
import { serializeCheckpoint } from "./checkpoint.ts";
import type { Evaluation } from "./evaluate.ts";
import { type Evaluated, errorOf } from "./evaluate.ts";
import type { TrainingGroup } from "./gradients.ts";
import type { Trainer } from "./trainer.ts";

/** What a run tells while it goes on. */
export interface TrainEvents<E extends Evaluated = Evaluation> {
  /** After every iteration: its loss in nats, and symbols a second since the run began, validation left out; 0 where no time seems to pass. */
  onStep?(event: { iteration: number; loss: number; symbolsPerSecond: number }): void;
  /** After every validation; `best` where it has the smallest error so far: the loss, unless the task has another one. */
  onValidation?(event: { iteration: number; evaluation: E; best: boolean }): void;
}

/** Where a run keeps its files. Called with whole files; each has to be stored whole or not at all. */
export interface TrainStore {
  /** The model with the smallest validation error so far. */
  saveModel(bytes: Uint8Array): Promise<void>;
  /** The latest state of the run. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
}

export interface TrainOptions<E extends Evaluated = Evaluation> extends TrainEvents<E> {
  /** Iterations in all, those of a run that is resumed included. */
  iterations: number;
  /** Validate and save every so many iterations, and at the end; default every epoch, at most every 500. */
  validateEvery?: number;
  /** SHA-256 of the text (`hashText`), for the checkpoint. */
  dataHash: string;
  /** Smallest validation error of the run that is resumed. */
  best?: number | null;
  store: TrainStore;
  /** Stops after the iteration under way; the checkpoint is saved. */
  signal?: AbortSignal;
  /** Asked before every iteration: where it gives a promise, training pauses until that is fulfilled. */
  pause?(): Promise<void> | undefined;
  /** Threads that share the iterations' work; default: this one alone. */
  group?: TrainingGroup;
}

export interface TrainResult<E extends Evaluated = Evaluation> {
  /**
   * Why it ended: all iterations are done; or the validation error had not fallen for the recipe's `earlyStop` validations. In
   * either case `diverged` where the loss of the last iteration is beyond the trainer's `divergenceLoss`: of a language model, more
   * than twice that of guessing.
   */
  readonly stopped: "end" | "early" | "diverged";
  /** Iterations done in all. */
  readonly iterations: number;
  /** Smallest validation error: that of the saved model. */
  readonly best: number;
  /** Validation after the last iteration. */
  readonly last: E;
  /** Time of this run in seconds. */
  readonly seconds: number;
  /** The part of it that was spent in iterations, rather than on validation and files. */
  readonly trainingSeconds: number;
}

/** The event loop gets a turn this often, in ms, for signals and progress. */
const SLICE = 50;
/** Or after so many iterations, where the clock stands still: at the edge it moves with the event loop alone. */
const FROZEN = 10;

/**
 * Trains to the end, validating and saving on the way.
 *
 * @throws ERR_ABORTED after the signal, when the checkpoint has been saved. ERR_NAN where numbers are no longer finite: the
 * trainer and (if it was the update that failed) the checkpoint are then those of the iteration before, the saved model is still
 * the best. Where a thread of the group fails, its error, when the checkpoint has been saved
 */
export async function train<E extends Evaluated = Evaluation>(
  trainer: Trainer<TaskModel, E>,
  options: TrainOptions<E>,
): Promise<TrainResult<E>> {
  checkOptions(
    "train",
    options,
    "iterations validateEvery dataHash best store signal pause group onStep onValidation",
  );
  const { iterations, store, signal, group } = options;
  const { validateEvery = Math.min(trainer.iterationsPerEpoch, 500) } = options;
  if (!(iterations >= 0 && validateEvery >= 1)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `train: iterations ${iterations}, validateEvery ${validateEvery}: expected numbers from 0 and 1 on`,
    );
  }
  const started = performance.now();
  const before = trainer.symbols;
  let best = options.best ?? Number.POSITIVE_INFINITY;
  let busy = 0;
  let loss = 0;
  let last: E | undefined;
  let stopped: TrainResult<E>["stopped"] = "end";
  let turn = performance.now();

  const saveCheckpoint = () =>
    store.saveCheckpoint(
      serializeCheckpoint(trainer, { best: Number.isFinite(best) ? best : null, dataHash: options.dataHash }),
    );
  const step = async () => {
    const begun = performance.now();
    try {
      loss = group ? await trainer.stepWith(group) : trainer.step();
    } catch (error) {
      // Weights that give no finite loss fail at any rate: what was saved before them is the way back.
      const nan = error instanceof UnrolledError && error.code === "ERR_NAN";
      // Where a thread fails, the iterations before lose nothing.
      if (nan ? trainer.lastGradientsFinite && trainer.finite : group) await saveCheckpoint();
      throw error;
    }
    busy += performance.now() - begun;
    const symbolsPerSecond = busy && ((trainer.symbols - before) * 1000) / busy;
    options.onStep?.({ iteration: trainer.iteration, loss, symbolsPerSecond });
  };
  const validate = async (): Promise<E> => {
    const { evaluation, model } = trainer.averaged(() => {
      const evaluation = trainer.validate();
      return { evaluation, ...(errorOf(evaluation) < best && { model: serializeModel(trainer.model) }) };
    });
    trainer.observe(evaluation);
    if (model) {
      best = errorOf(evaluation);
      await store.saveModel(model);
    }
    await saveCheckpoint();
    options.onValidation?.({ iteration: trainer.iteration, evaluation, best: model !== undefined });
    return evaluation;
  };

  while (trainer.iteration < iterations) {
    const pause = options.pause?.();
    if (pause) await pause;
    if (signal?.aborted) {
      await saveCheckpoint();
      throw new UnrolledError("ERR_ABORTED", `stopped after iteration ${trainer.iteration}`);
    }
    await step();
    last = trainer.iteration % validateEvery === 0 ? await validate() : undefined;
    if (last && trainer.earlyStopReached) stopped = "early";
    if (last && (trainer.earlyStopReached || loss > trainer.divergenceLoss)) break;
    const passed = performance.now() - turn;
    if (passed > SLICE || (passed === 0 && trainer.iteration % FROZEN === 0)) {
      await eventLoopTurn();
      turn = performance.now();
    }
  }
  last ??= await validate();
  if (loss > trainer.divergenceLoss) stopped = "diverged";
  return {
    stopped,
    iterations: trainer.iteration,
    best,
    last,
    seconds: (performance.now() - started) / 1000,
    trainingSeconds: busy / 1000,
  };
}

/** A message rather than a timer, for which browsers wait 4 ms; where there are none, a timer. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (!globalThis.MessageChannel) return setTimeout(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
