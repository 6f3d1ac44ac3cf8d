import { checkInstance, checkOptions, checkThat } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import type { Vector } from "../../data/feature-scaling.ts";
import type { Parts } from "../../data/hold-out.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "../../data/sequence-batches.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import type { TaskModel } from "../../network/model.ts";
import { halveLong, READ } from "../../network/read.ts";
import { batchRoom } from "../../network/training-memory.ts";
import { type Evaluated, meanLoss } from "../../train/evaluate.ts";
import { checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { Autoencoder } from "./autoencoder.ts";
import { sequenceRecipe } from "./trainer.ts";

/** The quality of an autoencoder of vectors. */
export interface ReconstructionEvaluation extends Evaluated {
  /**
   * Mean squared error over all steps and features, in squared standard deviations of the features. If every vector were the mean of
   * the training data, it would be about 1.
   */
  readonly mse: number;
  /** Number of sequences. */
  readonly sequences: number;
}

/** Training has diverged if the loss of a batch is above this limit. The loss of the mean is about 1; outliers can have a far larger one. */
const DIVERGENCE_LOSS = 1000;

/** Makes batches of scaled vectors, which are inputs and targets. */
function batchesOf(
  model: Autoencoder,
  sequences: readonly (readonly Vector[])[],
  options: Omit<SequenceBatchesOptions, "width" | "targetWidth">,
): SequenceBatches<Float32Array, Float32Array> {
  const { scaling } = checkInstance("model", model, Autoencoder, "an Autoencoder");
  checkThat("model", model, scaling !== undefined, "an Autoencoder of vectors, with features above 0");
  checkLists("sequences", sequences);
  const inputs = sequences.map((sequence) => scaling!.apply(sequence));
  const { width } = scaling!;
  return new SequenceBatches({ inputs, targets: inputs }, { ...options, width, targetWidth: width });
}

/**
 * Evaluates how well an autoencoder gives sequences of vectors back.
 *
 * @param subject prefix of error messages
 * @throws ERR_DATA if there is no sequence, or one is empty or has invalid vectors; ERR_VALUE if the model reads texts; ERR_NAN if the
 *   loss is not finite
 */
export function evaluateReconstruction(
  model: Autoencoder,
  sequences: readonly (readonly Vector[])[],
  subject = "evaluation",
): ReconstructionEvaluation {
  const batches = batchesOf(model, sequences, { batch: READ, split: halveLong });
  const read: TaskModel = model;
  const { nats: mse } = meanLoss(read, eachBatch(batches), subject);
  return { loss: mse, mse, sequences: sequences.length };
}

/** Trains an autoencoder on sequences of vectors. */
export class ReconstructionTrainer extends Trainer<Autoencoder, ReconstructionEvaluation> {
  readonly #validation: readonly (readonly Vector[])[];
  override readonly divergenceLoss = DIVERGENCE_LOSS;

  /**
   * Makes a trainer for a model.
   *
   * @param recipe settings that differ from `sequenceRecipe()`. `teacherForcing` stays 1: the decoder reads no targets.
   * @throws ERR_DATA if a part has no sequences, or one is empty or has invalid vectors; ERR_VALUE if the recipe is invalid, or the
   *   model reads texts
   */
  constructor(model: Autoencoder, parts: Parts<readonly Vector[]>, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("ReconstructionTrainer: parts", parts, "train validation");
    const whole = checkRecipe(recipe, sequenceRecipe());
    const { batch, seed, teacherForcing } = whole;
    if (teacherForcing < 1) {
      throw new UnrolledError(
        "ERR_VALUE",
        `teacherForcing is ${teacherForcing}, but the decoder of an autoencoder of vectors reads no targets; leave it out`,
      );
    }
    batchesOf(model, validation, { batch });
    const steps = checkLists("train", train).map(({ length }) => [length, length] as const);
    const room = batchRoom(model, model.spec.features, batch, steps);
    const batches = batchesOf(model, train, { batch, seed, pool: 1, room });
    super(model, whole, { perEpoch: batches.count, training: (iteration) => batches.at(iteration) });
    this.#validation = validation;
  }

  override validate(model = this.model): ReconstructionEvaluation {
    return evaluateReconstruction(model, this.#validation, `iteration ${this.iteration}: validation`);
  }
}
