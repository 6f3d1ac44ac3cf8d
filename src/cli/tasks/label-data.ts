import { holdOut, type Parts } from "../../data/hold-out.ts";
import { type Labelled, type Level, readColumns, readLabelledLines, type Step } from "../../data/labelled.ts";
import { featuresOf, type JsonExample, readJsonExamples } from "../../data/labelled-json.ts";
import { UnrolledError } from "../../errors.ts";
import { classifierExample } from "../../models/classifier.ts";
import type { LabelSpec } from "../../models/label-spec.ts";
import { openText, readAll } from "../files.ts";
import { DEFAULT_TAG_COLUMN, type FormatFlags } from "./label-flags.ts";

/** Labelled examples of a file, before it is decided what a token is. */
export interface RawExamples {
  /** What a token should be: characters where most texts are a single word. */
  readonly level: Level;
  /** Numbers in each step, of vectors; 0: there are tokens. */
  readonly features: number;
  /** SHA-256 of the file. */
  readonly hash: string;
  as(level: Level): readonly Labelled<Step>[];
}

/** Whether a file is one of JSON lines, by its name or by what was asked for. */
export function isJsonLines(file: string, { format }: FormatFlags): boolean {
  return format === undefined ? /\.(jsonl|ndjson)$/i.test(file) : format === "jsonl";
}

/** @throws ERR_FILE, ERR_DATA naming file and line; also where there is no example */
export async function readExamples(
  task: LabelSpec["task"],
  file: string,
  flags: FormatFlags,
): Promise<RawExamples> {
  const { labelFirst, tagColumn = DEFAULT_TAG_COLUMN } = flags;
  const { chunks, hash } = openText(file);
  if (isJsonLines(file, flags)) {
    const targetPer = task === "tagger" ? "step" : "sequence";
    const lines = await readAll(file, readJsonExamples(chunks, file, { targetPer }));
    return { ...jsonExamples(task, lines), hash: hash() };
  }
  if (task === "tagger") {
    const sentences = await readAll(file, readColumns(chunks, file, tagColumn));
    return { level: "word", features: 0, hash: hash(), as: () => sentences };
  }
  const lines = await readAll(file, readLabelledLines(chunks, file, labelFirst));
  return {
    level: levelOf(lines.map(({ text }) => text)),
    features: 0,
    hash: hash(),
    as: (level) => lines.map(({ text, label }) => classifierExample(text, label, { level })),
  };
}

/** The examples of a file, as a model with this spec reads them. @throws also ERR_DATA where it reads other steps */
export async function readFor(
  { task, level, features }: LabelSpec,
  file: string,
  flags: FormatFlags,
): Promise<readonly Labelled<Step>[]> {
  const examples = await readExamples(task, file, flags);
  checkSteps(examples.features, features, file);
  return examples.as(level);
}

/** @throws ERR_DATA naming the file where sequences are of other steps than expected, in features */
export function checkSteps(given: number, expected: number, file: string): void {
  if (given === expected) return;
  const what = (features: number) => (features ? `vectors of ${features} numbers` : "tokens");
  throw new UnrolledError(
    "ERR_DATA",
    `${file}: sequences are of ${what(given)}, but the model reads ${what(expected)}`,
  );
}

function levelOf(texts: readonly string[]): Level {
  return texts.filter((text) => !/\s/.test(text)).length > texts.length / 2 ? "char" : "word";
}

function jsonExamples(task: LabelSpec["task"], lines: readonly JsonExample[]) {
  const texts = lines.flatMap(({ text }) => text ?? []);
  const asSteps = ({ tokens = [], labels }: JsonExample): Labelled<Step> => ({
    // Words that a classifier reads are in lower case, also where somebody else found them.
    tokens: task === "tagger" ? tokens : tokens.map((t) => (typeof t === "string" ? t.toLowerCase() : t)),
    labels,
  });
  return {
    level: texts.length ? levelOf(texts) : ("word" as const),
    features: featuresOf(asSteps(lines[0]!)),
    as: (level: Level) =>
      lines.map((line) =>
        line.text === undefined ? asSteps(line) : classifierExample(line.text, line.labels[0]!, { level }),
      ),
  };
}

/** The examples of `--data` and of `--validation`; without it, a tenth of the former by the seed. */
export async function readParts(
  task: LabelSpec["task"],
  flags: FormatFlags & { data: string; validation?: string },
  seed: number,
) {
  const { data, validation, labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN, format } = flags;
  const train = await readExamples(task, data, flags);
  const held = validation === undefined ? undefined : await readExamples(task, validation, flags);
  if (held) checkSteps(held.features, train.features, validation!);
  return {
    level: train.level,
    features: train.features,
    /** Of the files, and of how they are read. */
    hash: [train.hash, held?.hash, labelFirst, tagColumn, ...(format ? [format] : [])].join(" "),
    as: (level: Level): Parts<Labelled<Step>> =>
      held ? { train: train.as(level), validation: held.as(level) } : holdOut(train.as(level), seed),
  };
}
