import type { Parts } from "../data/hold-out.ts";
import { type Labelled, type Level, readColumns, readLabelledLines, type Step } from "../data/labelled.ts";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { normalized, type TokenSpec } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { classifierExample } from "../models/labels/classifier.ts";
import { featuresOf, type JsonExample, readJsonExamples } from "../models/labels/json-lines.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import { hashOf } from "./hash.ts";
import { partsOf, readBoth } from "./parts.ts";
import { readAll, type TextSource } from "./source.ts";
import type { FormatOptions, Sources } from "./task.ts";
import { isOneWord } from "./texts.ts";

/** The column that contains the tag, counted from 1, if the option `tagColumn` is missing. */
export const DEFAULT_TAG_COLUMN = 2;

/** Labelled examples of a source, before they are tokenized. */
interface RawExamples {
  /** The kind of token that fits the texts: characters if most texts are a single word, else words. */
  readonly level: Level;
  /** The number of values in each step if steps are vectors; 0 if steps are tokens. */
  readonly features: number;
  /** The texts, if the examples are texts and not tokens. */
  readonly texts: readonly string[];
  /** Returns the examples as a model with this spec reads them. */
  as(spec: TokenSpec): readonly Labelled<Step>[];
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

/**
 * Reads the examples of a source.
 *
 * @throws ERR_FILE if the source cannot be read
 * @throws ERR_DATA naming the source if there are no examples; naming source and line if a line is invalid
 */
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
    const as = (spec: TokenSpec) => sentences.map((sentence) => normalizedExample(sentence, spec));
    return { level: "word", features: 0, texts: [], as };
  }
  const lines = await readAll(source, (chunks, name) => readLabelledLines(chunks, name, labelFirst));
  const texts = lines.map(({ text }) => text);
  return {
    level: levelOf(texts),
    features: 0,
    texts,
    as: (spec) => lines.map(({ text, label }) => classifierExample(text, label, spec)),
  };
}

/** Returns an example with its tokens and labels in the normal form of a model. */
function normalizedExample({ tokens, labels }: Labelled<Step>, spec: TokenSpec): Labelled<Step> {
  return {
    tokens: tokens.map((token) => normalized(token, spec)),
    labels: labels.map((label) => normalized(label, spec)),
  };
}

/**
 * Reads the examples of a source in the form that the model with this spec expects.
 *
 * @throws the errors of `readExamples` and of `checkSteps`
 */
export async function readFor(
  spec: LabelSpec,
  source: TextSource,
  options: FormatOptions,
): Promise<readonly Labelled<Step>[]> {
  const examples = await readExamples(spec.task, source, options);
  checkSteps(examples.features, spec.features, source);
  return examples.as(spec);
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
 * Chooses the kind of token. If most texts are a single word, such as a name, or of a script without spaces between words, tokens
 * are characters. Otherwise they are words.
 *
 * `levelOf` in sequences.ts also chooses characters if most words have digits, because its models must write numbers. The models
 * here only read numbers. They can read an unseen number as the unknown word.
 */
function levelOf(texts: readonly string[]): Level {
  return texts.filter(isOneWord).length > texts.length / 2 ? "char" : "word";
}

function jsonExamples(task: LabelSpec["task"], lines: readonly JsonExample[]): RawExamples {
  const texts = lines.flatMap(({ text }) => text ?? []);
  const asSteps = ({ tokens = [], labels }: JsonExample): Labelled<Step> => ({
    tokens: task === "tagger" ? tokens : lowerCase(tokens),
    labels,
  });
  return {
    level: texts.length ? levelOf(texts) : "word",
    features: featuresOf(asSteps(lines[0]!)),
    texts,
    as: (spec) =>
      lines.map((line) =>
        line.text === undefined
          ? normalizedExample(asSteps(line), spec)
          : classifierExample(line.text, line.labels[0]!, spec),
      ),
  };
}

/** A classifier always reads lower-case words, even if the data are already split into words. */
const lowerCase = (steps: readonly Step[]): readonly Step[] =>
  steps.map((step) => (typeof step === "string" ? step.toLowerCase() : step));

/**
 * Reads the examples of a run. If there are no validation data, the function `parts` in the result holds out a random tenth of
 * the examples.
 *
 * @throws ERR_DATA if a tagger's file is a single sentence, as it is without blank lines; the errors of `readExamples`
 */
export async function readRun(task: LabelSpec["task"], sources: Sources, options: FormatOptions) {
  const { labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN, format } = options;
  const { name, data, validation } = await readBoth(sources, (source) => readExamples(task, source, options));
  if (
    task === "tagger" &&
    !isJsonLines(name, options) &&
    !validation &&
    data.as({ normalForm: "none" }).length === 1
  ) {
    throw new UnrolledError(
      "ERR_DATA",
      `${name}: 1 sentence, expected at least 2; put a blank line between sentences`,
    );
  }
  if (validation) checkSteps(validation.features, data.features, sources.validation!);
  return {
    level: data.level,
    features: data.features,
    hash: await hashOf(sources, labelFirst, tagColumn, ...(format ? [format] : [])),
    texts: data.texts,
    sentences: data.as,
    parts: (spec: TokenSpec, seed: number): Promise<Parts<Labelled<Step>>> =>
      partsOf({ name, data: data.as(spec), validation: validation?.as(spec) }, seed),
  };
}

/** Reads the texts or sequences that a classifier labels. Ignores labels in the data. */
export async function readTexts(
  source: TextSource,
  options: FormatOptions = {},
): Promise<(string | readonly Step[])[]> {
  if (!isJsonLines(source.name, options)) {
    return readAll(source, (chunks) => textsOf(chunks, options.labelFirst));
  }
  const lines = await readAll(source, (chunks, name) =>
    readJsonExamples(chunks, name, { targetPer: "sequence", labelled: false }),
  );
  return lines.map(({ text, tokens }) => text ?? lowerCase(tokens!));
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
  return (await readAll(source, read)).map(({ tokens = [] }) => tokens);
}
