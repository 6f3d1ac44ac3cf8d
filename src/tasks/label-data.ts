import type { Parts } from "../data/hold-out.ts";
import { type Labelled, type Level, readColumns, readLabelledLines, type Step } from "../data/labelled.ts";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { UnrolledError } from "../errors.ts";
import { classifierExample } from "../models/labels/classifier.ts";
import { featuresOf, type JsonExample, readJsonExamples } from "../models/labels/json-lines.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import { Cut } from "./cut.ts";
import { cutPart, hashOf } from "./hash.ts";
import { partsOf, readBoth } from "./parts.ts";
import { placeOf, readAll, readParts, type TextSource } from "./source.ts";
import type { FormatOptions, Sources } from "./task.ts";

/** The column that contains the tag, counted from 1, if the option `tagColumn` is missing. */
export const DEFAULT_TAG_COLUMN = 2;

/** Labelled examples of a source, before they are tokenized. */
interface RawExamples {
  /** The texts that are not split into tokens yet. They tell which kind of token fits. */
  readonly texts: readonly string[];
  /** The number of values in each step if steps are vectors; 0 if steps are tokens. */
  readonly features: number;
  as(level: Level): readonly Labelled<Step>[];
  /** Returns the place of example `i` for error messages. */
  place(i: number): string;
}

/**
 * Returns whether a source contains JSON lines. The option `format` decides. If it is not set, the name of the source decides.
 *
 * @param name name of the source
 * @param options only `format` is read
 */
export function isJsonLines(name: string, { format }: FormatOptions): boolean {
  return format === undefined ? /\.(jsonl|ndjson)$/i.test(name) : format === "jsonl";
}

/** Reads the examples of a source, part by part. Each part has a format of its own. @throws the errors of `readPart` */
async function readExamples(
  task: LabelSpec["task"],
  source: TextSource,
  options: FormatOptions,
): Promise<RawExamples> {
  const parts = await readParts(source, (part) => readPart(task, part, options));
  const [first, ...others] = parts;
  if (!others.length) return first!;
  for (const [i, { features }] of parts.entries()) checkSteps(features, first!.features, source.parts![i]!);
  return {
    texts: parts.flatMap(({ texts }) => texts),
    features: first!.features,
    as: (level) => parts.flatMap((part) => part.as(level)),
    place(i) {
      for (const part of parts) {
        const { length } = part.as("word");
        if (i < length) return part.place(i);
        i -= length;
      }
      return source.name;
    },
  };
}

/**
 * Reads the examples of a part of a source.
 *
 * @throws ERR_FILE if the source cannot be read
 * @throws ERR_DATA naming the source if there are no examples; naming source and line if a line is invalid
 */
async function readPart(
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
    return { texts: [], features: 0, as: () => sentences, place: (i) => placeOf(sentences, i) };
  }
  const lines = await readAll(source, (chunks, name) => readLabelledLines(chunks, name, labelFirst));
  return {
    texts: lines.map(({ text }) => text),
    features: 0,
    as: (level) => lines.map(({ text, label }) => classifierExample(text, label, { level })),
    place: (i) => placeOf(lines, i),
  };
}

/**
 * Reads the examples of a source in the form that the model with this spec expects.
 *
 * @throws the errors of `readExamples` and of `checkSteps`
 */
export async function readFor(
  { task, level, features }: LabelSpec,
  source: TextSource,
  options: FormatOptions,
): Promise<readonly Labelled<Step>[]> {
  const examples = await readExamples(task, source, options);
  checkSteps(examples.features, features, source);
  return shortened(task, examples.as(level), options);
}

/** Shortens examples that are longer than the option `cut`. */
function shortened(
  task: LabelSpec["task"],
  examples: readonly Labelled<Step>[],
  options: FormatOptions,
): readonly Labelled<Step>[] {
  const cut = new Cut(options);
  const short = examples.map((example) => {
    const tokens = cut.of(example.tokens);
    if (tokens === example.tokens) return example;
    return { tokens, labels: task === "tagger" ? example.labels.slice(0, tokens.length) : example.labels };
  });
  cut.tell();
  return short;
}

/**
 * Checks the number of values in each step of a source.
 *
 * @param given the number in the source; 0 if its steps are tokens
 * @param expected the number that the model reads
 * @throws ERR_DATA if the numbers differ. The error names the source.
 */
export function checkSteps(given: number, expected: number, { name }: TextSource): void {
  if (given === expected) return;
  const what = (features: number) => (features ? `vectors of ${features} numbers` : "tokens");
  throw new UnrolledError(
    "ERR_DATA",
    `${name}: sequences consist of ${what(given)}, but the model reads ${what(expected)}`,
  );
}

/**
 * Chooses the kind of token. If most texts are a single word, such as a name, tokens are characters. Otherwise, and without texts,
 * they are words.
 *
 * `levelOf` in sequences.ts also chooses characters if most words have digits, because its models must write numbers. The models
 * here only read numbers. They can read an unseen number as the unknown word.
 */
function levelOf(texts: readonly string[]): Level {
  return texts.filter((text) => !/\s/.test(text)).length > texts.length / 2 ? "char" : "word";
}

function jsonExamples(task: LabelSpec["task"], lines: readonly JsonExample[]): RawExamples {
  const asSteps = ({ tokens = [], labels }: JsonExample): Labelled<Step> => ({
    // A classifier always reads lower-case words, even if the data are already split into words.
    tokens: task === "tagger" ? tokens : tokens.map((t) => (typeof t === "string" ? t.toLowerCase() : t)),
    labels,
  });
  return {
    texts: lines.flatMap(({ text }) => text ?? []),
    features: featuresOf(asSteps(lines[0]!)),
    as: (level) =>
      lines.map((line) =>
        line.text === undefined ? asSteps(line) : classifierExample(line.text, line.labels[0]!, { level }),
      ),
    place: (i) => placeOf(lines, i),
  };
}

/**
 * Reads the examples of a run. If there are no validation data, the function `parts` in the result holds out a random tenth of
 * the examples.
 *
 * @throws ERR_DATA if a tagger's file is a single sentence, as it is without blank lines; the errors of `readExamples`
 */
export async function readRun(task: LabelSpec["task"], sources: Sources, options: FormatOptions) {
  const { labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN, format } = options;
  const { name, data, validation } = await readBoth(sources, (source) => readExamples(task, source, options));
  if (task === "tagger" && !isJsonLines(name, options) && !validation && data.as("word").length === 1) {
    throw new UnrolledError(
      "ERR_DATA",
      `${name}: 1 sentence, expected at least 2; put a blank line between sentences`,
    );
  }
  if (validation) checkSteps(validation.features, data.features, sources.validation!);
  return {
    level: levelOf(data.texts),
    features: data.features,
    hash: await hashOf(sources, labelFirst, tagColumn, ...(format ? [format] : []), ...cutPart(options)),
    async parts(level: Level, seed: number) {
      const examples = shortened(task, data.as(level), options);
      const held = validation && shortened(task, validation.as(level), options);
      const parts: Parts<Labelled<Step>> = await partsOf({ name, data: examples, validation: held }, seed);
      return { ...parts, place: (i: number) => data.place(examples.indexOf(parts.train[i]!)) };
    },
  };
}

/** Reads the texts or sequences that a classifier labels. Ignores labels in the data. */
export async function readTexts(
  { level }: Pick<LabelSpec, "level">,
  source: TextSource,
  options: FormatOptions = {},
): Promise<(string | readonly Step[])[]> {
  const texts = await readAll(source, (chunks, name) =>
    isJsonLines(name, options) ? jsonTextsOf(chunks, name) : textsOf(chunks, options.labelFirst),
  );
  const cut = new Cut(options);
  const short = texts.map((text) => (typeof text === "string" ? cut.text(text, level) : cut.of(text)));
  cut.tell();
  return short;
}

async function* jsonTextsOf(chunks: TextChunks, name: string): AsyncGenerator<string | readonly Step[]> {
  const lines = readJsonExamples(chunks, name, { targetPer: "sequence", labelled: false });
  for await (const { text, tokens } of lines) yield text ?? tokens!;
}

async function* textsOf(chunks: TextChunks, labelFirst = false): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(chunks)) {
    if (!line.trim()) continue;
    const tab = labelFirst ? line.indexOf("\t") : line.lastIndexOf("\t");
    yield (tab < 0 ? line : labelFirst ? line.slice(tab + 1) : line.slice(0, tab)).trim();
  }
}

/** Reads the sequences that a tagger tags. Ignores tags in the data. */
export async function readSentences(
  source: TextSource,
  options: FormatOptions = {},
): Promise<(readonly Step[])[]> {
  const read = (chunks: TextChunks, name: string): AsyncIterable<Pick<JsonExample, "tokens">> =>
    isJsonLines(name, options)
      ? readJsonExamples(chunks, name, { targetPer: "step", labelled: false })
      : readColumns(chunks, name, 1);
  const cut = new Cut(options);
  const sentences = (await readAll(source, read)).map(({ tokens = [] }) => cut.of(tokens));
  cut.tell();
  return sentences;
}
