import { checkAtLeast, checkFunction, checkInstance, checkObject, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { serializeModel } from "../network/model-file.ts";
import { serializeCheckpoint } from "./checkpoint.ts";
import type { Evaluation } from "./evaluate.ts";
import { type Evaluated, errorOf } from "./evaluate.ts";
import type { TrainingGroup } from "./gradients.ts";
import { Trainer } from "./trainer.ts";

/** Listeners of a training run. */
export interface TrainEvents<E extends Evaluated = Evaluation> {
  /**
   * Called after every iteration with its loss in nats. `symbolsPerSecond` is the speed since the run began, without validation.
   * The speed is 0 if the clock does not move.
   */
  onStep?(event: { iteration: number; loss: number; symbolsPerSecond: number }): void;
  /**
   * Called after every validation. `best` tells whether the validation error is the smallest so far. The error is the loss,
   * unless the task has a different error.
   */
  onValidation?(event: { iteration: number; evaluation: E; best: boolean }): void;
}

/** Stores the files of a run. Each call gives a whole file, which must be stored completely or not at all. */
export interface TrainStore {
  /** Stores the model with the smallest validation error so far. `train` passes this error as well. */
  saveModel(bytes: Uint8Array, error?: number): Promise<void>;
  /** Stores the latest state of the run. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
}

/** Options of {@link train}. */
export interface TrainOptions<E extends Evaluated = Evaluation> extends TrainEvents<E> {
  /** Total iterations. If a run is resumed, the iterations before the interruption count too. */
  iterations: number;
  /**
   * Number of iterations between validations; default: an epoch, but at most 500. Each validation saves the checkpoint, and the
   * model if it is the best so far. The last validation is at the end of the run.
   */
  validateEvery?: number;
  /** SHA-256 of the text (`hashText`), for the checkpoint. */
  dataHash: string;
  /** If a run is resumed: its smallest validation error so far. */
  best?: number | null;
  /** Saves the best model and the latest checkpoint. */
  store: TrainStore;
  /** Aborting this signal stops the run after the current iteration and saves the checkpoint. */
  signal?: AbortSignal;
  /** Called before every iteration. If it returns a promise, training pauses until the promise is fulfilled. */
  pause?(): Promise<void> | undefined;
  /** Threads that share the work; default: only the current thread. */
  group?: TrainingGroup;
}

/** The result of {@link train}. */
export interface TrainResult<E extends Evaluated = Evaluation> {
  /**
   * Why the run ended. It is `diverged` if the last loss is above the trainer's `divergenceLoss` (language models: twice the
   * loss of guessing). Otherwise it is `early` if the error has not improved for `earlyStop` validations. Otherwise it is `end`,
   * because all iterations are done.
   */
  readonly stopped: "end" | "early" | "diverged";
  /** Total iterations done. */
  readonly iterations: number;
  /** Smallest validation error. The saved model has this error. */
  readonly best: number;
  /** Validation after the last iteration. */
  readonly last: E;
  /** Time of this run in seconds. */
  readonly seconds: number;
  /** Time of the iterations in seconds, without validating and saving. */
  readonly trainingSeconds: number;
}

/** Milliseconds after which training lets the event loop run. Signals and progress reports need the event loop. */
const SLICE = 50;
/**
 * Number of iterations after which the event loop runs if the clock stands still. On edge servers, the clock only moves when the
 * event loop runs.
 */
const FROZEN = 10;

/**
 * Trains for `options.iterations` iterations. It validates and saves at intervals.
 *
 * @throws ERR_ABORTED if the signal is aborted. The checkpoint has then been saved.
 * @throws ERR_NAN if a loss, gradient or parameter is not finite. The trainer is then in the state after the previous iteration.
 * If loss and gradients were finite and only the update failed, this state has been saved as the checkpoint. The saved model is
 * still the best model.
 * @throws the error of a thread of the group if that thread fails. The checkpoint has then been saved.
 *
 * @example
 * ```js
 * import { openStore } from "unrolled/storage";
 *
 * const text = "to be or not to be ".repeat(100);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 4, seq: 19, lr: 0.02 });
 * const store = await openStore("hamlet");
 * const { stopped, best } = await train(trainer, { iterations: 100, dataHash: await hashText(text), store });
 * console.log(stopped, best.toFixed(2)); // end 0.06
 * const saved = loadModel(rt, await store.load("model"), [LanguageModel]);
 * console.log([...saved.pack().generate({ prompt: "to be or ", length: 9 })].join("")); // not to be
 * ```
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
  checkInstance("train: trainer", trainer, Trainer, "a trainer");
  checkObject("train", store, "store is");
  for (const method of ["saveModel", "saveCheckpoint"] as const) {
    checkFunction(`train: store.${method}`, store[method]);
  }
  const { validateEvery = Math.min(trainer.iterationsPerEpoch, 500) } = options;
  checkAtLeast("train: iterations", iterations);
  checkAtLeast("train: validateEvery", validateEvery, 1);
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
      // After ERR_NAN, the weights are saved only if the weights, the loss and the gradients are finite. Other weights would
      // fail again at any learning rate. A checkpoint of such weights is useless, and it would replace the previous checkpoint.
      const nan = error instanceof UnrolledError && error.code === "ERR_NAN";
      // If a thread of the group fails, the weights are still good and are saved.
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
      await store.saveModel(model, best);
    }
    await saveCheckpoint();
    options.onValidation?.({ iteration: trainer.iteration, evaluation, best: model !== undefined });
    return evaluation;
  };

  const ended = trainer.earlyStopReached || (trainer.iteration >= iterations && Number.isFinite(best));
  if (ended) {
    // A run that has a best model was saved at its end. Its state stays as it is.
    last = trainer.averaged(() => trainer.validate());
    if (trainer.earlyStopReached) stopped = "early";
  }
  while (!ended && trainer.iteration < iterations) {
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

/**
 * Lets the event loop run once. It waits for a message instead of a timer, because browsers delay timers by 4 ms. It uses a
 * timer if `MessageChannel` does not exist.
 */
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
