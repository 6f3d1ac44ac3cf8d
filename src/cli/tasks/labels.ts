import type { Parts } from "../../data/hold-out.ts";
import { labelTables } from "../../data/label-batches.ts";
import type { Labelled, Level, Step } from "../../data/labelled.ts";
import { readColumns, tokenize } from "../../data/labelled.ts";
import { type JsonExample, readJsonExamples } from "../../data/labelled-json.ts";
import { numberedLines } from "../../data/lines.ts";
import { UnrolledError } from "../../errors.ts";
import { classScores } from "../../metrics/classes.ts";
import { Classifier } from "../../models/classifier.ts";
import type { LabelModel } from "../../models/label-model.ts";
import { defaultClassifierSpec, defaultTaggerSpec, type LabelSpec } from "../../models/label-spec.ts";
import { Tagger } from "../../models/tagger.ts";
import type { ModelClass } from "../../models/task-model.ts";
import {
  evaluateLabels,
  type LabelEvaluation,
  LabelTrainer,
  labelRecipe,
} from "../../train/label-trainer.ts";
import { about, openText, readAll } from "../files.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { percent, thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import { checkSteps, isJsonLines, readFor, readParts } from "./label-data.ts";
import { DEFAULT_MIN_COUNT, type FormatFlags } from "./label-flags.ts";
import type { Prediction, TaskCommands, TaskData } from "./task-commands.ts";

/** Classes of the report; a file may have hundreds. */
const SHOWN = 20;

type Labels<M extends LabelModel> = TaskCommands<M, LabelEvaluation>;

export const classifier: Labels<Classifier> = {
  ...labelTask(Classifier, defaultClassifierSpec),
  predict: classify,
};

export const tagger: Labels<Tagger> = {
  ...labelTask(Tagger, (_, features) => defaultTaggerSpec(features)),
  predict: tag,
};

function labelTask<M extends LabelModel>(
  kind: ModelClass<M>,
  defaults: (level: Level, features: number) => M["spec"],
): Labels<M> {
  const task = kind.task;
  return {
    kind,
    unit: "tokens",
    loss: "nats",
    target: "label",
    // Few sentences need more epochs.
    length: task === "tagger" ? { epochs: 12, iterations: 4000 } : { epochs: 30 },
    recipe: (flags, command) => recipeFrom(labelRecipe(task), flags, command),
    async newData(flags, command, seed) {
      const parts = await readParts(task, flags, seed);
      const level = flags.level ?? parts.level;
      const base = defaults(level, parts.features);
      const spec = kind.checkSpec({ ...specFrom(base, flags, command), level });
      return labelData(kind, spec, parts.as(level), parts.hash, flags.minCount);
    },
    async sameData(flags, spec, seed) {
      const parts = await readParts(task, flags, seed);
      checkSteps(parts.features, spec.features, flags.data);
      return labelData(kind, spec, parts.as(spec.level), parts.hash);
    },
    scores: ({ accuracy, f1, spanF1 }) => ({
      accuracy,
      f1,
      ...(spanF1 !== undefined && { span_f1: spanF1 }),
    }),
    note({ accuracy, f1, spanF1 }) {
      const spans = spanF1 === undefined ? "" : `, span F1 ${percent(spanF1)}`;
      return `accuracy ${percent(accuracy)}, macro F1 ${percent(f1)}${spans}`;
    },
    async evaluate(model, { data, json, ...format }: EvalFlags) {
      const examples = await readFor(model.spec, data, format);
      if (!examples.some(({ labels }) => labels.some((label) => model.labels.has(label)))) {
        throw new UnrolledError(
          "ERR_DATA",
          `${data}: the model knows none of the labels; is it the right file?`,
        );
      }
      const result = await about(data, () => evaluateLabels(model, examples));
      if (!json) {
        report(model, result);
        const count = thousands(result.labels);
        console.log(`${count} labels: ${this.note(result)}, ${result.loss.toFixed(4)} nats`);
      }
      return { ...this.scores(result), nats: result.loss, labels: result.labels };
    },
  };
}

function labelData<M extends LabelModel>(
  kind: ModelClass<M>,
  spec: LabelSpec,
  parts: Parts<Labelled<Step>>,
  hash: string,
  minCount = DEFAULT_MIN_COUNT,
): TaskData<M, LabelEvaluation> {
  return {
    hash,
    model: (runtime) => kind.build(runtime, spec, labelTables(parts.train, spec, { minCount })),
    trainer: (model, recipe) => new LabelTrainer(model, parts, recipe) as never,
  };
}

/** The scores of each label, the most frequent first. */
function report(model: LabelModel, result: LabelEvaluation): void {
  const { classes, counts } = result.matrix;
  const strangers = classes.filter((label) => !model.labels.has(label));
  if (strangers.length) {
    console.error(`labels that the model never saw, counted as missed: ${strangers.join(" ")}`);
  }
  const rows = classScores(result.matrix)
    .map(({ precision, recall, f1 }, i) => ({
      label: classes[i]!,
      shares: [precision, recall, f1].map(percent),
      count: counts[i]!.reduce((sum, n) => sum + n),
    }))
    .sort((a, b) => b.count - a.count);
  const shown = rows.slice(0, SHOWN);
  const width = Math.max(5, ...shown.map(({ label }) => label.length));
  const line = (label: string, ...cells: string[]) =>
    console.log(label.padEnd(width) + cells.map((cell) => cell.padStart(11)).join(""));
  line("label", "precision", "recall", "F1", "count");
  for (const { label, shares, count } of shown) line(label, ...shares, thousands(count));
  if (rows.length > SHOWN) console.log(`and ${rows.length - SHOWN} rarer labels`);
}

async function* classify(
  model: Classifier,
  texts: readonly string[],
  { data, labelFirst, ...format }: PredictFlags,
): AsyncGenerator<Prediction> {
  const json = data !== undefined && isJsonLines(data, format);
  const lines = json
    ? await readAll(
        data,
        readJsonExamples(openText(data).chunks, data, { targetPer: "sequence", labelled: false }),
      )
    : undefined;
  const inputs = lines
    ? lines.map(({ text, tokens }) => text ?? tokens!)
    : data === undefined
      ? texts
      : await readAll(data, textsOf(data, labelFirst));
  const results = await about(data ?? "predict", () => model.predict(inputs));
  for (const [i, result] of results.entries()) {
    const input = inputs[i]!;
    const shown = typeof input === "string" ? input : `example ${i + 1}`;
    yield {
      json: { ...(typeof input === "string" ? { text: input } : { example: i + 1 }), ...result },
      text: `${result.label}\t${percent(result.probability)}\t${shown}`,
    };
  }
}

/** The texts of a file's lines, without the labels that may stand beside them. */
async function* textsOf(file: string, labelFirst = false): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(openText(file).chunks)) {
    if (!line.trim()) continue;
    const tab = labelFirst ? line.indexOf("\t") : line.lastIndexOf("\t");
    yield (tab < 0 ? line : labelFirst ? line.slice(tab + 1) : line.slice(0, tab)).trim();
  }
}

async function* tag(
  model: Tagger,
  texts: readonly string[],
  { data, ...format }: PredictFlags,
): AsyncGenerator<Prediction> {
  const sentences: readonly (readonly Step[])[] =
    data === undefined
      ? texts.map((text) => tokenize(text, "word"))
      : (await readAll(data, tagged(data, format))).map(({ tokens = [] }) => tokens);
  const tags = await about(data ?? "predict", () => model.predict(sentences));
  for (const [i, tokens] of sentences.entries()) {
    const vectors = model.spec.features > 0;
    const rows = tokens.map((token, t) => `${vectors ? t + 1 : token}\t${tags[i]![t]}\n`);
    yield {
      json: { ...(vectors ? { example: i + 1 } : { tokens }), tags: tags[i] },
      text: rows.join(""),
    };
  }
}

/** The sequences of a file, without tags. */
function tagged(file: string, format: FormatFlags): AsyncIterable<Pick<JsonExample, "tokens">> {
  const { chunks } = openText(file);
  return isJsonLines(file, format)
    ? readJsonExamples(chunks, file, { targetPer: "step", labelled: false })
    : readColumns(chunks, file, 1);
}
