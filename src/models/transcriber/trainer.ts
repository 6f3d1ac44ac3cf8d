import { checkInstance, checkObjects, checkOptions } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import type { Parts } from "../../data/hold-out.ts";
import { UnrolledError } from "../../errors.ts";
import { errorRate, exactMatch } from "../../metrics/edit-distance.ts";
import { halveLong, READ } from "../../network/read.ts";
import { type Evaluated, errorOfScore, meanLoss } from "../../train/evaluate.ts";
import { adamRecipe, checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { symbolsOf, type Transcribed, wordsOf } from "./examples.ts";
import { type TranscribeOptions, Transcriber } from "./model.ts";

/** The quality of a transcriber. */
export interface TranscriberEvaluation extends Evaluated {
  /** Mean loss per symbol in nats. Sequences that are too short for their text do not count, nor do symbols that the model lacks. */
  readonly loss: number;
  /** The value by which the best model is selected: the character error rate. If two models have the same, the smaller loss decides. */
  readonly error: number;
  /** Character error rate: insertions, deletions and substitutions per symbol of the texts. */
  readonly cer: number;
  /** Word error rate: the same per word. Words are separated by white space. */
  readonly wer: number;
  /** Share of texts that were written without an error. */
  readonly exact: number;
  /** Number of sequences that were evaluated. */
  readonly sequences: number;
  /** Number of sequences that have too few steps for their text, so that no model can write it. */
  readonly tooShort: number;
}

/**
 * Returns the default recipe: Adam with batches of 16 sequences, and a learning rate that falls to 0. Gradients are summed over the
 * steps of a sequence. Their norm is clipped to 50.
 */
export const transcriberRecipe = (): Recipe =>
  adamRecipe({ batch: 16, lr: 0.005, schedule: "cosine", clip: 50 });

/**
 * Evaluates a transcriber. The model writes the text of every sequence, which is compared with the right one.
 *
 * @param options how the model writes; default: the best path
 * @param subject prefix of error messages
 * @throws ERR_DATA if there are no examples, or if a sequence is empty; ERR_VALUE if an option is wrong; ERR_NAN if the weights are
 *   damaged
 */
export function evaluateTranscriber(
  model: Transcriber,
  examples: readonly Transcribed[],
  options: TranscribeOptions = {},
  subject = "evaluation",
): TranscriberEvaluation {
  checkInstance("evaluateTranscriber: model", model, Transcriber, "a Transcriber");
  checkObjects("evaluateTranscriber: examples", examples);
  if (!examples.length) throw new UnrolledError("ERR_DATA", `${subject}: there are no examples`);
  const batches = model.coding.batches(examples, { batch: READ, split: halveLong });
  const { nats } = meanLoss(model, eachBatch(batches), subject);
  const written = model.predict(
    examples.map(({ vectors }) => vectors),
    options,
  );
  const [right, found] = [examples, written].map((all) => all.map(({ text }) => text));
  const [symbols, symbolsFound] = [right!.map(symbolsOf), found!.map(symbolsOf)];
  const cer = errorRate(symbols, symbolsFound);
  return {
    loss: nats,
    error: errorOfScore(1 - cer, nats),
    cer,
    wer: errorRate(right!.map(wordsOf), found!.map(wordsOf)),
    exact: exactMatch(symbols, symbolsFound),
    sequences: examples.length,
    tooShort: examples.filter((example) => model.coding.isTooShort(example)).length,
  };
}

/** Trains a transcriber on sequences of vectors and their texts. */
export class TranscriberTrainer extends Trainer<Transcriber, TranscriberEvaluation> {
  readonly #validation: readonly Transcribed[];
  /** Twice the largest loss of a guess: if all classes are equally likely, an alignment has ln(classes) nats for each step. */
  override readonly divergenceLoss: number;

  /**
   * Makes a trainer for a model.
   *
   * @param parts examples to train on and to validate on
   * @param recipe settings that differ from `transcriberRecipe()`
   * @throws ERR_DATA if a part has no examples, if a sequence is empty, or if all are too short for their texts; ERR_VALUE if the recipe
   *   is invalid
   */
  constructor(model: Transcriber, parts: Parts<Transcribed>, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("TranscriberTrainer: parts", parts, "train validation");
    checkInstance("model", model, Transcriber, "a Transcriber");
    checkObjects("train", train);
    checkObjects("validation", validation);
    if (!validation.length) {
      throw new UnrolledError("ERR_DATA", "no examples to validate with, expected at least one");
    }
    const { coding, spec } = model;
    const learnt = train.filter((example) => example.text && !coding.isTooShort(example));
    if (!learnt.length) {
      throw new UnrolledError(
        "ERR_DATA",
        "training: no sequence has enough steps for its text: one for each symbol, and one between two equal neighbours",
      );
    }
    const whole = checkRecipe(recipe, transcriberRecipe());
    const { batch, seed } = whole;
    coding.batches(validation, { batch: READ });
    const batches = coding.batches(train, { batch, seed });
    super(model, whole, { perEpoch: batches.count, training: (iteration) => batches.at(iteration) });
    this.#validation = validation;
    const ratios = learnt.map(({ vectors, text }) => vectors.length / spec.stack / symbolsOf(text).length);
    const most = ratios.reduce((most, ratio) => Math.max(most, ratio));
    this.divergenceLoss = 2 * Math.ceil(most) * Math.log(coding.classes);
  }

  override validate(model = this.model): TranscriberEvaluation {
    return evaluateTranscriber(model, this.#validation, {}, `iteration ${this.iteration}: validation`);
  }
}
