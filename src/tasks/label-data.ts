import { holdOut, type Parts } from "../data/hold-out.ts";
import { type Labelled, type Level, readColumns, readLabelledLines, type Step } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { classifierExample } from "../models/labels/classifier.ts";
import { featuresOf, type JsonExample, readJsonExamples } from "../models/labels/json-lines.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import { hashOf } from "./hash.ts";
import { readAll, type TextSource } from "./source.ts";
import type { FormatOptions, Sources } from "./task.ts";

export const DEFAULT_TAG_COLUMN = 2;

/** Labelled examples of a source, before it is decided what a token is. */
interface RawExamples {
  /** What a token should be: characters where most texts are a single word. */
  readonly level: Level;
  /** Numbers in each step, of vectors; 0: there are tokens. */
  readonly features: number;
  as(level: Level): readonly Labelled<Step>[];
}

/** Whether a source is one of JSON lines, by its name or by what was asked for. */
export function isJsonLines(name: string, { format }: FormatOptions): boolean {
  return format === undefined ? /\.(jsonl|ndjson)$/i.test(name) : format === "jsonl";
}

/** @throws ERR_FILE, ERR_DATA naming source and line; also where there is no example */
async function readExamples(
  task: LabelSpec["task"],
  source: TextSource,
  options: FormatOptions,
): Promise<RawExamples> {
  const { labelFirst, tagColumn = DEFAULT_TAG_COLUMN } = options;
  if (isJsonLines(source.name, options)) {
    const targetPer = task === "tagger" ? "step" : "sequence";
    return jsonExamples(
      task,
      await readAll(source, (chunks, name) => readJsonExamples(chunks, name, { targetPer })),
    );
  }
  if (task === "tagger") {
    const sentences = await readAll(source, (chunks, name) => readColumns(chunks, name, tagColumn));
    return { level: "word", features: 0, as: () => sentences };
  }
  const lines = await readAll(source, (chunks, name) => readLabelledLines(chunks, name, labelFirst));
  return {
    level: levelOf(lines.map(({ text }) => text)),
    features: 0,
    as: (level) => lines.map(({ text, label }) => classifierExample(text, label, { level })),
  };
}

/** The examples of a source, as a model with this spec reads them. @throws also ERR_DATA where it reads other steps */
export async function readFor(
  { task, level, features }: LabelSpec,
  source: TextSource,
  options: FormatOptions,
): Promise<readonly Labelled<Step>[]> {
  const examples = await readExamples(task, source, options);
  checkSteps(examples.features, features, source);
  return examples.as(level);
}

/** @throws ERR_DATA naming the source where sequences are of other steps than expected, in features */
export function checkSteps(given: number, expected: number, { name }: TextSource): void {
  if (given === expected) return;
  const what = (features: number) => (features ? `vectors of ${features} numbers` : "tokens");
  throw new UnrolledError(
    "ERR_DATA",
    `${name}: sequences are of ${what(given)}, but the model reads ${what(expected)}`,
  );
}

function levelOf(texts: readonly string[]): Level {
  return texts.filter((text) => !/\s/.test(text)).length > texts.length / 2 ? "char" : "word";
}

function jsonExamples(task: LabelSpec["task"], lines: readonly JsonExample[]): RawExamples {
  const texts = lines.flatMap(({ text }) => text ?? []);
  const asSteps = ({ tokens = [], labels }: JsonExample): Labelled<Step> => ({
    // Words that a classifier reads are in lower case, also where somebody else found them.
    tokens: task === "tagger" ? tokens : tokens.map((t) => (typeof t === "string" ? t.toLowerCase() : t)),
    labels,
  });
  return {
    level: texts.length ? levelOf(texts) : "word",
    features: featuresOf(asSteps(lines[0]!)),
    as: (level) =>
      lines.map((line) =>
        line.text === undefined ? asSteps(line) : classifierExample(line.text, line.labels[0]!, { level }),
      ),
  };
}

/** The examples of the data and of those to validate with; without these, a tenth of the former by the seed. */
export async function readParts(
  task: LabelSpec["task"],
  sources: Sources,
  options: FormatOptions,
  seed: number,
) {
  const { data, validation } = sources;
  const { labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN, format } = options;
  const train = await readExamples(task, data, options);
  const held = validation && (await readExamples(task, validation, options));
  if (held) checkSteps(held.features, train.features, validation);
  return {
    level: train.level,
    features: train.features,
    hash: await hashOf(sources, labelFirst, tagColumn, ...(format ? [format] : [])),
    as: (level: Level): Parts<Labelled<Step>> =>
      held ? { train: train.as(level), validation: held.as(level) } : holdOut(train.as(level), seed),
  };
}
