import { checkInstance, checkObjects, checkOptions } from "../../checks.ts";
import type { Parts } from "../../data/hold-out.ts";
import type { SequenceInput } from "../../data/steps.ts";
import { UnrolledError } from "../../errors.ts";
import { type RetrievalScores, retrievalScores } from "../../metrics/retrieval.ts";
import { damaged } from "../../network/damaged.ts";
import { READ } from "../../network/read.ts";
import { type Evaluated, errorOfScore } from "../../train/evaluate.ts";
import { adamRecipe, checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { ContrastBatches, maskOf, shareText } from "./batches.ts";
import { SequenceEmbedder } from "./model.ts";
import { type EmbedderPair, pairKeys, type TextPair } from "./pairs.ts";

/** The quality of an embedder: how well texts find their partners. */
export interface EmbedderEvaluation extends Evaluated, RetrievalScores {
  /** Mean loss per pair in batches of 64, in nats. */
  readonly loss: number;
  /**
   * The value by which the best model is selected: 1 - mean reciprocal rank. If two models have the same mean reciprocal rank,
   * the smaller loss decides. The loss alone is a poor guide: retrieval still improves after the loss has begun to rise.
   */
  readonly error: number;
  /** Number of pairs that were evaluated. */
  readonly pairs: number;
}

/**
 * Returns the default recipe: Adam with batches of 64 pairs, and a moving average of the weights. Each text then has 63 wrong
 * partners in its batch. Training stops early after five validations without a smaller error.
 */
export const embedderRecipe = (): Recipe =>
  adamRecipe({ batch: 64, lr: 0.005, schedule: "constant", earlyStop: 5, clip: 5, average: 0.995 });

/** Maximum number of candidates among which a text has to find its partner. */
const AMONG = 1000;

/**
 * Evaluates how well texts find their partners among all pairs, by cosine. If there are more than 1,000 pairs, they are split, in
 * order, into groups of at most 1,000. Each text then looks for its partner only in its group. If two pairs share a text, the
 * partner in one pair is not a wrong answer for the text in the other pair.
 *
 * @param subject prefix of error messages
 * @throws ERR_DATA if there are fewer than 2 pairs, or a sequence is empty; ERR_NAN if the weights are damaged
 */
export function evaluateEmbedder(
  model: SequenceEmbedder,
  pairs: readonly EmbedderPair[],
  subject = "evaluation",
): EmbedderEvaluation {
  checkInstance("evaluateEmbedder: model", model, SequenceEmbedder, "a SequenceEmbedder");
  checkObjects("evaluateEmbedder: pairs", pairs);
  contrastBatches(model, pairs, { batch: READ }, subject);
  return evaluatePairs(model, pairs, pairKeys(pairs), subject);
}

/** Evaluates pairs that are checked. @param keys the result of `pairKeys` */
function evaluatePairs(
  model: SequenceEmbedder,
  pairs: readonly EmbedderPair[],
  keys: readonly TextPair[],
  subject: string,
): EmbedderEvaluation {
  const vectors = [0, 1].map((side) => model.encode(pairs.map((pair) => pair[side]!)));
  const nats = contrastLoss(model, keys, vectors, subject);
  const groups = Math.ceil(pairs.length / AMONG);
  let [first, reciprocal] = [0, 0];
  for (let group = 0; group < groups; group++) {
    const [start, end] = [group, group + 1].map((n) => Math.round((n * pairs.length) / groups));
    const part = keys.slice(start, end);
    const [texts, partners] = vectors.map((all) => all.slice(start, end));
    const { accuracyAt1, meanReciprocalRank } = retrievalScores(texts!, partners!, (i, j) =>
      shareText(part[i]!, part[j]!),
    );
    first += accuracyAt1 * part.length;
    reciprocal += meanReciprocalRank * part.length;
  }
  const n = pairs.length;
  const meanReciprocalRank = reciprocal / n;
  return {
    loss: nats,
    error: errorOfScore(meanReciprocalRank, nats),
    accuracyAt1: first / n,
    meanReciprocalRank,
    pairs: n,
  };
}

/** Returns the mean loss per pair in batches of 64, in nats. Pairs that do not fill the last batch are left out. */
function contrastLoss(
  model: SequenceEmbedder,
  keys: readonly TextPair[],
  sides: readonly (readonly Float32Array[])[],
  subject: string,
): number {
  const { runtime: rt } = model;
  const batch = Math.min(READ, keys.length);
  const count = Math.floor(keys.length / batch);
  let sum = 0;
  for (let start = 0; start < count * batch; start += batch) {
    const end = start + batch;
    const mask = maskOf(keys.slice(start, end));
    sum += rt.noGrad(() =>
      rt.scope(() => {
        const vectors = sides.flatMap((side) => side.slice(start, end));
        return (
          model.contrast(rt.tensor(vectors.map((vector) => Array.from(vector))), mask).loss.item() * batch
        );
      }),
    );
  }
  const nats = sum / (count * batch);
  if (!Number.isFinite(nats)) throw damaged(`${subject}: the loss is ${nats}`);
  return nats;
}

function contrastBatches(
  model: SequenceEmbedder,
  pairs: readonly EmbedderPair[],
  options: { batch: number; seed?: number },
  subject: string,
): ContrastBatches<SequenceInput> {
  try {
    return new ContrastBatches(pairs, (sequence) => model.ids(sequence), {
      ...options,
      width: model.spec.features || 1,
    });
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(error.code, `${subject}: ${error.message}`, { cause: error });
  }
}

/** Trains an embedder on pairs of texts that belong together. @see SequenceEmbedder.loss */
export class EmbedderTrainer extends Trainer<SequenceEmbedder, EmbedderEvaluation> {
  readonly #validation: readonly EmbedderPair[];
  readonly #keys: readonly TextPair[];

  /**
   * Makes a trainer for a model.
   *
   * @param parts pairs to train on and to validate on
   * @param recipe settings that differ from `embedderRecipe()`
   * @throws ERR_DATA if a part has fewer than 2 pairs, or a sequence is empty; ERR_VALUE if the recipe is invalid
   */
  constructor(model: SequenceEmbedder, parts: Parts<EmbedderPair>, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("EmbedderTrainer: parts", parts, "train validation");
    checkInstance("model", model, SequenceEmbedder, "a SequenceEmbedder");
    checkObjects("train", train);
    checkObjects("validation", validation);
    const whole = checkRecipe(recipe, embedderRecipe());
    const { batch, seed } = whole;
    contrastBatches(model, validation, { batch: READ }, "validation");
    const batches = contrastBatches(model, train, { batch, seed }, "training");
    super(model, whole, { perEpoch: batches.count, training: (iteration) => batches.at(iteration) });
    this.#validation = validation;
    this.#keys = pairKeys(validation);
  }

  /** The largest possible loss. It is finite, because cosines lie between -1 and 1. */
  override get divergenceLoss(): number {
    return Math.log(this.recipe.batch) + 2 / this.model.spec.temperature;
  }

  override validate(model = this.model): EmbedderEvaluation {
    checkInstance("validate: model", model, SequenceEmbedder, "a SequenceEmbedder");
    return evaluatePairs(model, this.#validation, this.#keys, `iteration ${this.iteration}: validation`);
  }
}
