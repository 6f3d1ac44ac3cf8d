import { UnrolledError } from "../errors.ts";
import { serializeModel } from "../models/model-file.ts";
import { serializeCheckpoint } from "./checkpoint.ts";
import type { Evaluation } from "./evaluate.ts";
import type { TextFlow } from "./text-flow.ts";
import type { Trainer } from "./trainer.ts";

/** What a run tells while it goes on. */
export interface TrainEvents {
  /** After every iteration: its loss in nats, and symbols a second since the run began, validation left out. */
  onStep?(event: { iteration: number; loss: number; symbolsPerSecond: number }): void;
  /** After every validation; `best` where it is the smallest loss so far. */
  onValidation?(event: { iteration: number; evaluation: Evaluation; best: boolean }): void;
  /** After every `gradientFlowEvery` iterations: how the gradient flows back through a held-out batch. */
  onGradientFlow?(event: TextFlow & { iteration: number }): void;
}

/** Where a run keeps its files. Called with whole files; each has to be stored whole or not at all. */
export interface TrainStore {
  /** The model with the smallest validation loss so far. */
  saveModel(bytes: Uint8Array): Promise<void>;
  /** The latest state of the run. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
}

export interface TrainOptions extends TrainEvents {
  /** Iterations in all, those of a run that is resumed included. */
  iterations: number;
  /** Validate and save every so many iterations, and at the end; default every epoch, at most every 500. */
  validateEvery?: number;
  /** Iterations between two `onGradientFlow`, each of which costs about two iterations more; default never. */
  gradientFlowEvery?: number;
  /** SHA-256 of the text (`hashText`), for the checkpoint. */
  text: string;
  /** Smallest validation loss of the run that is resumed. */
  best?: number | null;
  store: TrainStore;
  /** Stops after the iteration under way; the checkpoint is saved. */
  signal?: AbortSignal;
}

export interface TrainResult {
  /** Iterations done in all. */
  readonly iterations: number;
  /** Smallest validation loss in nats: that of the saved model. */
  readonly best: number;
  /** Validation after the last iteration. */
  readonly last: Evaluation;
  /** Time of this run in seconds. */
  readonly seconds: number;
}

/** The event loop gets a turn this often, in ms, for signals and progress. */
const SLICE = 50;

/**
 * Trains to the end, validating and saving on the way.
 *
 * @throws ERR_ABORTED after the signal, when the checkpoint has been saved; ERR_NAN, with the files left as they were
 */
export async function train(trainer: Trainer, options: TrainOptions): Promise<TrainResult> {
  const { iterations, store, signal, gradientFlowEvery = 0 } = options;
  const { validateEvery = Math.min(trainer.iterationsPerEpoch, 500) } = options;
  const started = performance.now();
  const symbols = trainer.recipe.batch * trainer.recipe.seq;
  let best = options.best ?? Number.POSITIVE_INFINITY;
  let busy = 0;
  let steps = 0;
  let last: Evaluation | undefined;
  let turn = performance.now();

  const saveCheckpoint = () =>
    store.saveCheckpoint(
      serializeCheckpoint(trainer, { best: Number.isFinite(best) ? best : null, text: options.text }),
    );
  const validate = async (): Promise<Evaluation> => {
    const evaluation = trainer.validate();
    const isBest = evaluation.nats < best;
    if (isBest) {
      best = evaluation.nats;
      await store.saveModel(serializeModel(trainer.model));
    }
    await saveCheckpoint();
    options.onValidation?.({ iteration: trainer.iteration, evaluation, best: isBest });
    return evaluation;
  };

  while (trainer.iteration < iterations) {
    if (signal?.aborted) {
      await saveCheckpoint();
      throw new UnrolledError("ERR_ABORTED", `stopped after iteration ${trainer.iteration}`);
    }
    const before = performance.now();
    const loss = trainer.step();
    busy += performance.now() - before;
    steps++;
    const symbolsPerSecond = (steps * symbols * 1000) / busy;
    options.onStep?.({ iteration: trainer.iteration, loss, symbolsPerSecond });
    if (gradientFlowEvery && trainer.iteration % gradientFlowEvery === 0) {
      options.onGradientFlow?.({ iteration: trainer.iteration, ...trainer.gradientFlow() });
    }
    last = undefined;
    if (trainer.iteration % validateEvery === 0) last = await validate();
    if (performance.now() - turn > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      turn = performance.now();
    }
  }
  last ??= await validate();
  return { iterations: trainer.iteration, best, last, seconds: (performance.now() - started) / 1000 };
}
