import { readColumns, type Step, tokenize } from "../../data/labelled.ts";
import { numberedLines, type TextChunks } from "../../data/lines.ts";
import { classScores } from "../../metrics/classes.ts";
import type { Classifier } from "../../models/labels/classifier.ts";
import { type JsonExample, readJsonExamples } from "../../models/labels/json-lines.ts";
import type { LabelModel } from "../../models/labels/model.ts";
import type { Tagger } from "../../models/labels/tagger.ts";
import type { LabelEvaluation } from "../../models/labels/trainer.ts";
import { isJsonLines } from "../../tasks/label-data.ts";
import { classifierTask, taggerTask } from "../../tasks/labels.ts";
import { readAll, withContext } from "../../tasks/source.ts";
import type { FormatOptions, Task } from "../../tasks/task.ts";
import { openText } from "../files.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { percent, thousands } from "../progress.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

/** Classes of the report; a file may have hundreds. */
const SHOWN = 20;

export const classifier = labelCommands(classifierTask, classify);
export const tagger = labelCommands(taggerTask, tag);

function labelCommands<M extends LabelModel>(
  task: Task<M, LabelEvaluation>,
  predict: TaskCommands<M, LabelEvaluation>["predict"],
): TaskCommands<M, LabelEvaluation> {
  return {
    task,
    unit: "tokens",
    loss: "nats",
    target: "label",
    scores: ({ accuracy, f1, spanF1 }) => ({
      accuracy,
      f1,
      ...(spanF1 !== undefined && { span_f1: spanF1 }),
    }),
    note({ accuracy, f1, spanF1 }) {
      const spans = spanF1 === undefined ? "" : `, span F1 ${percent(spanF1)}`;
      return `accuracy ${percent(accuracy)}, macro F1 ${percent(f1)}${spans}`;
    },
    async evaluate(model, { data, json, labelFirst, tagColumn, format }: EvalFlags) {
      const result = await task.evaluate(model, openText(data), { labelFirst, tagColumn, format });
      if (!json) {
        report(model, result);
        const count = thousands(result.labels);
        console.log(`${count} labels: ${this.note(result)}, ${result.loss.toFixed(4)} nats`);
      }
      return { ...this.scores(result), nats: result.loss, labels: result.labels };
    },
    predict,
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
  { data, ...format }: PredictFlags,
): AsyncGenerator<Prediction> {
  const inputs = data === undefined ? texts : await readInputs(data, format);
  const results = await withContext(data ?? "predict", () => classifierTask.predict(model, inputs));
  for (const [i, result] of results.entries()) {
    const input = inputs[i]!;
    const shown = typeof input === "string" ? input : `example ${i + 1}`;
    yield {
      json: { ...(typeof input === "string" ? { text: input } : { example: i + 1 }), ...result },
      text: `${result.label}\t${percent(result.probability)}\t${shown}`,
    };
  }
}

/** The texts, or sequences, of a file, without the labels that may stand beside them. */
async function readInputs(file: string, format: FormatOptions): Promise<(string | readonly Step[])[]> {
  const source = openText(file);
  if (!isJsonLines(file, format)) {
    return readAll(source, (chunks) => textsOf(chunks, format.labelFirst));
  }
  const lines = await readAll(source, (chunks, name) =>
    readJsonExamples(chunks, name, { targetPer: "sequence", labelled: false }),
  );
  return lines.map(({ text, tokens }) => text ?? tokens!);
}

async function* textsOf(chunks: TextChunks, labelFirst = false): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(chunks)) {
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
    data === undefined ? texts.map((text) => tokenize(text, "word")) : await readSentences(data, format);
  const tags = await withContext(data ?? "predict", () => taggerTask.predict(model, sentences));
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
async function readSentences(file: string, format: FormatOptions): Promise<(readonly Step[])[]> {
  const read = (chunks: TextChunks, name: string): AsyncIterable<Pick<JsonExample, "tokens">> =>
    isJsonLines(name, format)
      ? readJsonExamples(chunks, name, { targetPer: "step", labelled: false })
      : readColumns(chunks, name, 1);
  return (await readAll(openText(file), read)).map(({ tokens = [] }) => tokens);
}
