import { checkInstance, checkList, checkObjects, checkOptions } from "../../checks.ts";
import { labelSet } from "../../data/label-set.ts";
import type { Labelled, LabelledParts, Step } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import { accuracy, type ConfusionMatrix, confusionMatrix, macroF1 } from "../../metrics/classes.ts";
import type { MultiLabelCounts } from "../../metrics/multi-label.ts";
import { areSpanTags, spanScores } from "../../metrics/spans.ts";
import { halveLong } from "../../network/read.ts";
import { batchRoom, stepsOf } from "../../network/training-memory.ts";
import { show } from "../../schema.ts";
import { type Evaluated, errorOfScore, meanLoss } from "../../train/evaluate.ts";
import { adamRecipe, checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { LabelBatches, READ } from "./batches.ts";
import { balancedWeights, largestMeanWeight, positiveWeights } from "./class-weights.ts";
import { LONG, PIECE } from "./long.ts";
import { LabelModel } from "./model.ts";
import { bestThresholds, plainF1, type ReadSets, readSets, setScores } from "./set-evaluation.ts";

/** The quality of a tagger or classifier. */
export interface LabelEvaluation extends Evaluated {
  /**
   * Mean cross-entropy per label in nats. Labels that the model does not know are left out. If targets are sets: mean binary
   * cross-entropy per label and target.
   */
  readonly loss: number;
  /**
   * Training selects the model with the smallest error. The error is 1 - `spanF1` if `spanF1` is defined, else 1 - `accuracy`.
   * A small term that grows with the loss, at most 1e-6, is added. It decides between models that are otherwise equal. The loss
   * alone would be a worse choice: the loss of an overconfident network rises while its accuracy still improves.
   *
   * If targets are sets, the score is `microF1AtHalf`. The chosen thresholds fit the validation part, so an F1 with
   * them flatters models that have hardly learnt: of 300 examples, it chose one with a micro F1 of 34% on others, that with 0.5 one with 38%.
   */
  readonly error: number;
  /**
   * Share of the labels that are predicted correctly. Labels that the model does not know count as wrong. If targets are sets, it is
   * `exact`.
   */
  readonly accuracy: number;
  /** Macro F1: the mean of the F1 scores of all labels. */
  readonly f1: number;
  /**
   * F1 of whole spans by the rules of conlleval and of seqeval's default mode. Undefined unless a tagger's labels mark spans
   * (`areSpanTags`), such as O, B-LOC and I-LOC.
   */
  readonly spanF1?: number;
  /** Micro F1 over all decisions about labels. Undefined unless `spec.multiLabel` is true, as are the following fields. */
  readonly microF1?: number;
  /** Micro F1 if the labels with probabilities of at least 0.5 are predicted. Training selects the model by it. */
  readonly microF1AtHalf?: number;
  /** Macro F1: the same number as `f1`. */
  readonly macroF1?: number;
  /** Exact match: the share of the sets of labels that are predicted without a fault. */
  readonly exact?: number;
  /** How often each label was predicted, and how often rightly (`multiLabelScores`). */
  readonly counts?: MultiLabelCounts;
  /** Number of labels, or sets of labels, that were evaluated: one for each step (tagger), or one for each sequence (classifier). */
  readonly labels: number;
  /** How often each actual label was predicted as each label. If targets are sets, it has no classes. */
  readonly matrix: ConfusionMatrix;
}

/**
 * Returns the default recipe of a task. It uses Adam, batches of 32 and a moving average of the weights. Training stops early
 * after five validations without a smaller error. The learning rate is 0.002 for a classifier and 0.004 for a tagger. Gradients
 * are clipped by norm, at 5 for a classifier and at 50 for a tagger. A tagger's gradients are larger because they are summed over
 * the steps of a sentence.
 */
export function labelRecipe(task: "classifier" | "tagger"): Recipe {
  const [lr, clip] = task === "tagger" ? [0.004, 50] : [0.002, 5];
  return adamRecipe({ batch: 32, lr, schedule: "constant", earlyStop: 5, clip, average: 0.999 });
}

/**
 * Checks that accuracy can be measured.
 *
 * @throws ERR_DATA if the model has fewer than 2 labels and needs them, or if it knows no label of the examples
 */
function checkLabels({ labels: known, spec }: LabelModel, examples: readonly Labelled<Step>[]): void {
  if (known.size < 2 && !spec.multiLabel) {
    const only = `the only label to learn is ${show(known.symbols[0])}`;
    throw new UnrolledError("ERR_DATA", `${only}, expected at least two; is it the right column?`);
  }
  const all = examples.flatMap(({ labels }) => labels);
  const labels = spec.multiLabel ? all.flatMap(labelSet) : all;
  if (labels.some((label) => known.has(label)) || (spec.multiLabel && !labels.length)) return;
  const found = show(labels[0]);
  throw new UnrolledError(
    "ERR_DATA",
    `validation: the model knows none of the labels, such as ${found}; its own are ${known.symbols.slice(0, 9).join(" ").slice(0, 200)}`,
  );
}

/**
 * Evaluates a tagger or classifier.
 *
 * @param subject prefix of error messages
 * @throws ERR_DATA if there are no examples, or if an example is empty
 * @throws ERR_NAN if the loss is not finite
 */
export function evaluateLabels(
  model: LabelModel,
  examples: readonly Labelled<Step>[],
  subject = "evaluation",
): LabelEvaluation {
  checkInstance("evaluateLabels: model", model, LabelModel, "a Classifier or Tagger");
  checkObjects("evaluateLabels: examples", examples);
  if (examples.length === 0) throw new UnrolledError("ERR_DATA", `${subject}: there are no examples`);
  if (model.spec.multiLabel) return evaluationOfSets(model, readSets(model, examples, subject));
  const { targetPer } = model;
  const places = examples.flatMap(({ tokens }, i) => (checkList("tokens", tokens).length > LONG ? [] : [i]));
  const predicted: string[][] = [];
  let [sum, counted] = [0, 0];
  if (places.length) {
    const short = places.length < examples.length ? places.map((i) => examples[i]!) : examples;
    const options = { batch: READ, split: halveLong, targetPer };
    const batches = new LabelBatches(short, model.tables, options);
    const loss = meanLoss(model, batches.once(), subject, ({ sequences, lengths }, outputs) => {
      model.labelsOf(outputs, lengths).forEach((labels, b) => {
        predicted[places[sequences[b]!]!] = labels;
      });
    });
    [sum, counted] = [loss.nats * loss.counted, loss.counted];
    if (short === examples) [sum, counted] = [loss.nats, 1];
  }
  examples.forEach(({ tokens, labels }, i) => {
    if (tokens.length <= LONG) return;
    const rows = model.inPieces(tokens, PIECE);
    predicted[i] = model.labelsOf(rows, [rows.length / model.labels.size])[0]!;
    model.labels.encodeTokens(labels).forEach((label, row) => {
      if (label < 0) return;
      // A probability below the smallest float32 was rounded to 0. It counts as that number.
      sum -= Math.log(Math.max(rows[row * model.labels.size + label]!, 2 ** -149));
      counted++;
    });
  });
  const nats = counted ? sum / counted : 0;
  const right = examples.map(({ labels }) => labels);
  const matrix = confusionMatrix(right.flat(), predicted.flat());
  const spans = model.targetPer === "step" && areSpanTags(model.labels.symbols);
  const spanF1 = spans ? spanScores(right, predicted).f1 : undefined;
  const score = spanF1 ?? accuracy(matrix);
  return {
    loss: nats,
    error: errorOfScore(score, nats),
    accuracy: accuracy(matrix),
    f1: macroF1(matrix),
    ...(spanF1 !== undefined && { spanF1 }),
    labels: right.flat().length,
    matrix,
  };
}

function evaluationOfSets(model: LabelModel, read: ReadSets): LabelEvaluation {
  const scores = setScores(model, read);
  const microF1AtHalf = plainF1(model, read);
  return {
    loss: read.nats,
    error: errorOfScore(microF1AtHalf, read.nats),
    ...scores,
    microF1AtHalf,
    labels: scores.counts.items,
    matrix: { classes: [], counts: [] },
  };
}

/**
 * Trains a tagger or classifier on whole sequences. Batches are random: a batch may mix short and long sequences. If
 * `spec.classWeights` is `balanced`, the weights of the labels are computed from the examples to train on. If `spec.multiLabel` is
 * true, every validation chooses the thresholds of the model: those with which the F1 of each label is largest.
 */
export class LabelTrainer<M extends LabelModel = LabelModel> extends Trainer<M, LabelEvaluation> {
  readonly #validation: readonly Labelled<Step>[];
  /** The largest mean weight of the labels of a batch. */
  readonly #largestWeight: number;

  /**
   * Makes a trainer for a model.
   *
   * @param recipe settings that differ from `labelRecipe`
   * @throws ERR_DATA if one of `parts` has no examples, or if a sequence is empty; ERR_VALUE if the recipe is invalid
   */
  constructor(model: M, parts: LabelledParts, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("LabelTrainer: parts", parts, "train validation");
    checkInstance("model", model, LabelModel, "a Classifier or Tagger");
    checkObjects("train", train);
    checkObjects("validation", validation);
    if (validation.length === 0) {
      throw new UnrolledError("ERR_DATA", "no examples to validate with, expected at least one");
    }
    checkLabels(model, validation);
    const whole = checkRecipe(recipe, labelRecipe(model.spec.task));
    const { batch, seed } = whole;
    const { targetPer, spec } = model;
    const { wordDropout } = spec;
    const lengths = train.map(({ tokens }) => tokens.length);
    const outputs = targetPer === "step" ? model.labels.size : 0;
    const room = batchRoom(model, outputs, batch, stepsOf(lengths));
    const weigh = spec.multiLabel ? positiveWeights : balancedWeights;
    const classWeights = spec.classWeights === "balanced" ? weigh(train, model.labels) : undefined;
    const batches = new LabelBatches(train, model.tables, {
      ...{ batch, seed, targetPer, wordDropout, pool: 1, room },
      ...(classWeights && { classWeights }),
    });
    super(model, whole, { perEpoch: batches.count, training: (iteration) => batches.at(iteration) });
    this.#validation = validation;
    this.#largestWeight = classWeights && spec.multiLabel ? largestMeanWeight(classWeights) : 1;
  }

  /**
   * Training has diverged if the loss of a batch is above this limit: the loss of random guesses plus 10 nats. The margin is wide
   * because a batch of a few examples may have a loss of several nats although training does not diverge. If sets of labels are
   * weighted, it is multiplied by the largest mean weight of a batch: with 3 of 6,000 examples, a rare label counts 1,999.
   */
  override get divergenceLoss(): number {
    const { labels, spec } = this.model;
    return (Math.log(spec.multiLabel ? 2 : labels.size) + 10) * this.#largestWeight;
  }

  override validate(model: M = this.model): LabelEvaluation {
    checkInstance("validate: model", model, LabelModel, "a Classifier or Tagger");
    const subject = `iteration ${this.iteration}: validation`;
    if (!model.spec.multiLabel) return evaluateLabels(model, this.#validation, subject);
    const read = readSets(model, this.#validation, subject);
    model.setThresholds(bestThresholds(model, read));
    return evaluationOfSets(model, read);
  }
}
