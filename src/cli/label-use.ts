import type { Command } from "commander";
import { readColumns, tokenize } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { classScores } from "../metrics/classes.ts";
import { Classifier } from "../models/classifier.ts";
import type { Tagger } from "../models/tagger.ts";
import { evaluateLabels, type LabelEvaluation } from "../train/label-trainer.ts";
import { about, readText } from "./files.ts";
import { withModel } from "./kinds.ts";
import { readExamples } from "./label-data.ts";
import { addFormatOptions, checkTaskOptions, type FormatFlags } from "./label-flags.ts";
import { thousands } from "./progress.ts";
import { scoreFields, scoreNote } from "./train-notes.ts";

type LabelModel = Classifier | Tagger;

/** Classes of the report; a file may have hundreds. */
const SHOWN = 20;

/** `eval` of a tagger or classifier. */
export async function evalLabels(
  model: LabelModel,
  { data, json, ...format }: FormatFlags & { data: string; json?: boolean },
): Promise<void> {
  const { task, level } = model.spec;
  const examples = (await readExamples(task, data, format)).as(level);
  const result = await about(data, () => evaluateLabels(model, examples));
  if (!json) report(model, result);
  console.log(JSON.stringify({ ...scoreFields(result), nats: result.loss, labels: result.labels }));
}

/** The scores of each label, the most frequent first, and of all. */
function report(model: LabelModel, result: LabelEvaluation): void {
  const { classes, counts } = result.matrix;
  const strangers = classes.filter((label) => !model.labels.has(label));
  if (strangers.length) {
    console.error(`labels that the model never saw, counted as missed: ${strangers.join(" ")}`);
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
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
  console.log(`${thousands(result.labels)} labels: ${scoreNote(result)}, ${result.loss.toFixed(4)} nats`);
}

interface PredictFlags extends FormatFlags {
  data?: string;
  json?: boolean;
}

export function addPredict(program: Command): void {
  const command = program
    .command("predict")
    .summary("let a tagger or classifier label")
    .description(
      "Lets a classifier label texts, or a tagger the words of sentences: those that are given, or those of a file. " +
        "A classifier's file has a text a line, with a label by tab or without; a tagger's has a word a line, tags by tab or " +
        "not, and a blank line between sentences.",
    )
    .argument("<model>", "model file")
    .argument("[text...]", "texts; the words of a tagger are found at spaces and punctuation")
    .option("--data <file>", "file of examples instead of texts")
    .option("--json", "one JSON object an example");
  addFormatOptions(command).action(predict);
}

async function predict(file: string, texts: string[], flags: PredictFlags, command: Command): Promise<void> {
  if (texts.length > 0 === (flags.data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "predict: give texts, or a file by --data, and not both");
  }
  await withModel(file, ["classifier", "tagger"], async (model) => {
    checkTaskOptions(command, model.spec.task);
    const lines =
      model instanceof Classifier ? await classify(model, texts, flags) : await tag(model, texts, flags);
    for (const { json, text } of lines) console.log(flags.json ? JSON.stringify(json) : text);
  });
}

interface Line {
  readonly json: object;
  readonly text: string;
}

async function classify(
  model: Classifier,
  texts: string[],
  { data, labelFirst }: PredictFlags,
): Promise<Line[]> {
  const inputs = data ? textsOf(await readText(data), labelFirst) : texts;
  const results = await about(data ?? "predict", () => model.predict(inputs));
  return results.map((result, i) => ({
    json: { text: inputs[i], ...result },
    text: `${result.label}\t${(100 * result.probability).toFixed(1)}%\t${inputs[i]}`,
  }));
}

/** The texts of a file's lines, without the labels that may stand beside them. */
function textsOf(text: string, labelFirst = false): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  return lines.map((line) => {
    const tab = labelFirst ? line.indexOf("\t") : line.lastIndexOf("\t");
    if (tab < 0) return line.trim();
    return (labelFirst ? line.slice(tab + 1) : line.slice(0, tab)).trim();
  });
}

async function tag(model: Tagger, texts: string[], { data }: PredictFlags): Promise<Line[]> {
  const sentences = data
    ? readColumns(await readText(data), data, 1).map(({ tokens }) => tokens)
    : texts.map((text) => tokenize(text, "word"));
  const tags = await about(data ?? "predict", () => model.predict(sentences));
  return sentences.map((tokens, i) => ({
    json: { tokens, tags: tags[i] },
    text: tokens
      .map((token, t) => `${token}\t${tags[i]![t]}`)
      .join("\n")
      .concat("\n"),
  }));
}
