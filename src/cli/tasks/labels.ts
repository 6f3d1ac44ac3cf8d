import { labelCell, labelSet } from "../../data/label-set.ts";
import type { Step } from "../../data/labelled.ts";
import { UnrolledError } from "../../errors.ts";
import { classScores, type Scores } from "../../metrics/classes.ts";
import { multiLabelScores } from "../../metrics/multi-label.ts";
import type { Classifier } from "../../models/labels/classifier.ts";
import type { LabelModel } from "../../models/labels/model.ts";
import type { TaggerSpec } from "../../models/labels/spec.ts";
import { Tagger } from "../../models/labels/tagger.ts";
import type { LabelEvaluation } from "../../models/labels/trainer.ts";
import { share } from "../../schema.ts";
import { DEFAULT_TAG_COLUMN } from "../../tasks/label-data.ts";
import { classifierTask, type TagOptions, taggerTask } from "../../tasks/labels.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { parser } from "../numbers.ts";
import { count, percent, thousands } from "../progress.ts";
import { onOneLine, visible } from "../visible.ts";
import { answersTo, noTexts, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import {
  DATA_HEADING,
  formatOptions,
  grouped,
  LABEL_HEADING,
  minCountOption,
  option,
  poolingOption,
  tableOptions,
  tokenOptions,
  tokensOption,
  vectorsOptions,
} from "./shared-options.ts";
import { TOKEN_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";
import { stepNames } from "./trace.ts";

/** Maximum number of labels in the report. The limit is needed because a file may have hundreds of labels. */
const SHOWN = 20;

const labelFirstOption = () =>
  option("--label-first", "classifier: lines are label <TAB> text instead of text <TAB> label");

const columnsOptions = () => [
  option(
    "--token-column <column>",
    "tagger: name or number of the token's column (default: 1, in CoNLL-U 2)",
  ),
  option(
    "--tag-column <column>",
    `tagger: name or number of the tag's column (default: ${DEFAULT_TAG_COLUMN}, in CoNLL-U 4)`,
  ),
];

const thresholdOption = () =>
  option(
    "--threshold <p>",
    "model of several labels: predict labels from this probability on (default: the thresholds in the model)",
    parser(share()),
  );

interface ThresholdFlags {
  threshold?: number;
}

const HELP = {
  multiLabel:
    'an example or token has any number of labels, also none: labels with commas between them, or JSON arrays such as ["a", "b"] or []',
  characters:
    "<size> width of the character embeddings; above 0, words are also read by their characters; 0: off (default: 25 for a tagger)",
  characterHidden: "<units> units per direction of the LSTM that reads a word's characters (default: 25)",
  wordDropout: "<p> share of tokens that are replaced by the unknown token in training",
  embeddingStart: "<deviation> initial standard deviation of the token embeddings",
  classWeights:
    "<how> balanced: a rare label counts as much in the training loss as a frequent one (default: none, all examples count equally)",
} satisfies Partial<Record<keyof TaggerSpec, Help>>;

const wordOptions = () => fieldOptions(Tagger.schema().fields, HELP, { shown: "no" });

const classifierFormat = () => [...tableOptions(), labelFirstOption()];
const taggerFormat = () => [...formatOptions(), ...columnsOptions()];

export const classifier = labelCommands<Classifier>({
  task: classifierTask,
  file: 'text <TAB> label (or the reverse with --label-first), or JSON lines {"text", "label"}, {"input" or "vectors": [[..], ..], "label"}',
  options: {
    train: () => [
      ...tokenOptions(),
      ...grouped(DATA_HEADING, ...tableOptions()),
      ...grouped(LABEL_HEADING, labelFirstOption(), poolingOption(), ...wordOptions()),
    ],
    eval: () => [...classifierFormat(), thresholdOption()],
    predict: () => [...classifierFormat(), thresholdOption()],
  },
  predicts: "a classifier labels texts",
  predict: classify,
  trace(model, input: string | readonly Step[]) {
    const steps = typeof input === "string" ? model.tokens(input) : input;
    return { symbols: { rnn: stepNames(steps) }, run: () => classifierTask.predict(model, [steps]) };
  },
});

export const tagger = labelCommands<Tagger>({
  task: taggerTask,
  file: 'token <TAB> tag, with a blank line between sentences; or JSON lines {"tokens", "labels"}, {"input" or "vectors", "labels"}',
  options: {
    train: () => [
      tokensOption(),
      minCountOption(),
      ...vectorsOptions(),
      ...grouped(DATA_HEADING, ...formatOptions()),
      ...grouped(LABEL_HEADING, ...columnsOptions(), ...wordOptions()),
    ],
    eval: () => [...taggerFormat(), thresholdOption()],
    predict: () => [...taggerFormat(), tokensOption(), thresholdOption()],
  },
  predicts: "a tagger tags words",
  predict: tag,
  trace(model, input: string | readonly Step[]) {
    const steps = typeof input === "string" ? model.tokens(input) : input;
    return { symbols: { rnn: stepNames(steps) }, run: () => taggerTask.predict(model, [steps]) };
  },
});

type Commands<M extends LabelModel> = TaskCommands<M, LabelEvaluation>;

/** What differs between the commands of classifiers and those of taggers. */
type Own<M extends LabelModel> = Pick<
  Commands<M>,
  "task" | "file" | "options" | "predicts" | "predict" | "trace"
>;

function labelCommands<M extends LabelModel>(own: Own<M>): Commands<M> {
  return {
    ...own,
    space: TOKEN_SPACE,
    measures:
      "For a tagger or classifier: accuracy, mean F1 of the labels and span F1 (BIO, IOB1, BIOES, BILOU or BMEWO tags); with several labels, micro F1 (also with thresholds of 0.5, by which training selects the model), macro F1 and the share of exact sets.",
    unit: "tokens",
    loss: "nats",
    target: "label",
    scores: ({ accuracy, f1, spanF1, microF1, microF1AtHalf, macroF1, exact }) =>
      microF1 === undefined
        ? { accuracy, f1, ...(spanF1 !== undefined && { span_f1: spanF1 }) }
        : { micro_f1: microF1, micro_f1_at_half: microF1AtHalf, macro_f1: macroF1, exact },
    note({ accuracy, f1, spanF1, microF1, microF1AtHalf = 0 }) {
      if (microF1 !== undefined) {
        return `micro F1 ${percent(microF1)} (${percent(microF1AtHalf)} at 0.5), macro F1 ${percent(f1)}, exact ${percent(accuracy)}`;
      }
      const spans = spanF1 === undefined ? "" : `, span F1 ${percent(spanF1)}`;
      return `accuracy ${percent(accuracy)}, macro F1 ${percent(f1)}${spans}`;
    },
    async evaluate(model, flags: EvalFlags & ThresholdFlags) {
      const { data, json, threshold } = flags;
      setThreshold(model, threshold);
      const format = readingOptions(own.task, flags);
      const result = await own.task.evaluate(model, await openData(data, json), format);
      if (!json) {
        report(model, result);
        const target = model.targetPer === "step" ? "token" : "example";
        const labels = count(result.labels, model.spec.multiLabel ? target : "label");
        console.log(`${labels}: ${this.note(result)}, ${result.loss.toFixed(4)} nats`);
      }
      return { ...this.scores(result), nats: result.loss, labels: result.labels };
    },
  };
}

/** Sets the threshold of `--threshold`. @throws ERR_VALUE if the model predicts one label */
function setThreshold(model: LabelModel, threshold: number | undefined): void {
  if (threshold === undefined) return;
  if (!model.spec.multiLabel) {
    const problem = "the model predicts one label, without thresholds";
    throw new UnrolledError("ERR_VALUE", `--threshold ${threshold}: ${problem}; leave the option out`);
  }
  model.setThresholds(threshold);
}

/** Returns each label with its scores, and the number of targets that have it. */
function scoresOf({ counts, matrix }: LabelEvaluation): readonly (readonly [string, Scores, number])[] {
  if (counts) {
    const { labels } = multiLabelScores(counts);
    return counts.labels.map((label, i) => [label, labels[i]!, counts.right[i]!]);
  }
  return classScores(matrix).map((scores, i) => [
    matrix.classes[i]!,
    scores,
    matrix.counts[i]!.reduce((sum, n) => sum + n),
  ]);
}

/** Prints the scores of each label. The most frequent label comes first. */
function report(model: LabelModel, result: LabelEvaluation): void {
  const all = scoresOf(result);
  const classes = all.map(([label]) => label);
  const strangers = classes.filter((label) => !model.labels.has(label));
  if (strangers.length) {
    console.error(`labels that the model never saw, counted as missed: ${strangers.map(visible).join(" ")}`);
  }
  const rows = all
    .map(([label, { precision, recall, f1 }, count]) => ({
      label: visible(label),
      shares: [precision, recall, f1].map(percent),
      count,
    }))
    .sort((a, b) => b.count - a.count);
  const shown = rows.slice(0, SHOWN);
  const width = Math.max(5, ...shown.map(({ label }) => label.length));
  const line = (label: string, ...cells: string[]) =>
    console.log(label.padEnd(width) + cells.map((cell) => cell.padStart(11)).join(""));
  line("label", "precision", "recall", "F1", "count");
  for (const { label, shares, count } of shown) line(label, ...shares, thousands(count));
  if (rows.length > SHOWN) console.log(`and ${count(rows.length - SHOWN, "rarer label")}`);
}

async function* classify(
  model: Classifier,
  given: PredictInputs<string | readonly Step[]>,
  { threshold }: PredictFlags & ThresholdFlags,
): AsyncGenerator<Prediction> {
  if (model.spec.features && !given.file) throw noTexts("predict");
  setThreshold(model, threshold);
  const predict = (inputs: readonly (string | readonly Step[])[]) => classifierTask.predict(model, inputs);
  const results = await answersTo(given, predict, classifierTask.blank);
  for (const [i, result] of results.entries()) {
    const input = given.inputs[i]!;
    const { label, probability, probabilities, labels = [] } = result;
    const shown = typeof input === "string" ? onOneLine(input) : `example ${i + 1}`;
    const named = typeof input === "string" ? { text: input } : { example: i + 1 };
    if (model.spec.multiLabel) {
      const shares = labels.map((label) => percent(probabilities[label]!)).join(",");
      yield {
        json: { ...named, labels, probabilities },
        text: input.length ? `${labelCell(labels)}\t${shares}\t${shown}` : "",
        answers: [input.length ? { labels } : {}],
      };
      continue;
    }
    yield {
      json: { ...named, ...result },
      text: input.length ? `${label}\t${percent(probability)}\t${shown}` : "",
      answers: [input.length ? { label, probability } : {}],
    };
  }
}

async function* tag(
  model: Tagger,
  given: PredictInputs<string | readonly Step[]>,
  { tokens: rule, threshold }: PredictFlags & TagOptions & ThresholdFlags,
): AsyncGenerator<Prediction> {
  if (model.spec.features && !given.file) throw noTexts("predict");
  setThreshold(model, threshold);
  const inputs = given.inputs.map((input) => (typeof input === "string" ? model.tokens(input, rule) : input));
  const predict = (sentences: readonly (readonly Step[])[]) => taggerTask.predict(model, sentences);
  const tags = await answersTo(
    { ...given, inputs } as PredictInputs<readonly Step[]>,
    predict,
    taggerTask.blank,
  );
  for (const [i, tokens] of inputs.entries()) {
    const vectors = model.spec.features > 0;
    const rows = tokens.map((token, t) => `${vectors ? t + 1 : token}\t${tags[i]![t]}\n`);
    const own = model.spec.multiLabel ? tags[i]!.map(labelSet) : tags[i]!;
    yield {
      json: { ...(vectors ? { example: i + 1 } : { tokens }), tags: own },
      text: rows.join(""),
      answers: answersOf(own, !given.file || given.file.perToken?.[i] === true),
    };
  }
}

/** Returns the tags for the rows of a sentence. @param perToken whether each token has a row; if not, the sentence has one */
function answersOf(tags: readonly (string | readonly string[])[], perToken: boolean): Prediction["answers"] {
  if (perToken) return tags.map((tag) => ({ tag }));
  return [tags.length ? { tag: tags } : {}];
}
