import { labelSet } from "../data/label-set.ts";
import { type Labelled, type Level, labelledForm, type Step } from "../data/labelled.ts";
import { normalized, type TokenSpec } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { classifierExample } from "../models/labels/classifier.ts";
import { featuresOf, type JsonExample } from "../models/labels/json-lines.ts";
import type { LabelModel } from "../models/labels/model.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import type { Row } from "../tables/row.ts";
import { DEFAULT_TAG_COLUMN, readTokens, type TokenOptions } from "../tables/sentences.ts";
import { readTexts } from "../tables/texts.ts";
import { checkSteps } from "./check-steps.ts";
import { Cut } from "./cut.ts";
import { cutPart, hashOf } from "./hash.ts";
import { type Context, jsonFormatOf, readJson } from "./label-json.ts";
import { noteLabels } from "./label-notes.ts";
import { checkOrder } from "./label-order.ts";
import { checkSets, labelsIn, noteNotation, noteSets } from "./label-sets.ts";
import { forValidation } from "./notes.ts";
import { withOwnFormat } from "./own-format.ts";
import {
  type FirstFile,
  type PlacedParts,
  partsOf,
  type ReadExamples,
  readAlike,
  readExamples,
} from "./parts.ts";
import { hashParts, readingOf, withReading } from "./reading.ts";
import { some, type TextSource } from "./source.ts";
import type { FormatOptions, Reading, Sources } from "./task.ts";
import { tableOptions } from "./text-tables.ts";
import { isOneWord } from "./texts.ts";

export { DEFAULT_TAG_COLUMN } from "../tables/sentences.ts";

/** Labelled examples of a source, before they are tokenized. */
interface RawExamples {
  /** The texts, from which the kind of token is chosen; empty if the data are lists of tokens or vectors. */
  readonly texts: readonly string[];
  /** The number of values in each step if steps are vectors; 0 if steps are tokens. */
  readonly features: number;
  /** The label of each text, or the tags of each sentence, one after another. */
  readonly labels: readonly string[];
  /** Returns the examples as a model with this spec reads them. */
  as(spec: TokenSpec): readonly Labelled<Step>[];
}

/** What is known of the data of a model. */
export const contextOf = (model: LabelModel): Context => ({
  multiLabel: model.spec.multiLabel,
  trained: readingOf(model),
  features: model.spec.features,
  known: model.spec.multiLabel
    ? (cell) => labelsIn(cell).some((label) => model.labels.has(label))
    : (label) => model.labels.has(label),
});

export const tokenOptions = ({
  format,
  header,
  tokenColumn,
  tagColumn,
  note,
}: FormatOptions): TokenOptions => ({
  ...{ format, header, tokenColumn, tagColumn, note },
});

/** Reads the examples of a source, part by part. @throws the errors of `readPart` */
async function readLabelled(
  task: LabelSpec["task"],
  source: TextSource,
  options: FormatOptions,
  context: Context,
): Promise<ReadExamples<RawExamples>> {
  const read = (part: TextSource, note: FormatOptions["note"], first: FirstFile | undefined) =>
    readPart(task, part, { ...options, note }, { ...context, first });
  const parts = await readAlike(source, context.first, read, options.note);
  const [first, ...others] = parts;
  if (!others.length) return first!;
  const examples = parts.map(({ examples }) => examples);
  const { features } = first!.examples;
  for (const [i, one] of examples.entries()) checkSteps(one.features, features, source.parts![i]!);
  return {
    examples: {
      texts: examples.flatMap(({ texts }) => texts),
      features,
      labels: examples.flatMap(({ labels }) => labels),
      as: (spec) => examples.flatMap((one) => one.as(spec)),
    },
    files: parts.flatMap(({ files }) => files),
    reading: first!.reading,
    first: first!.first,
  };
}

/**
 * Reads the examples of a part of a source.
 *
 * @throws ERR_FILE if the source cannot be read
 * @throws ERR_DATA naming the source if there are no examples; naming source and place if a row is invalid
 */
async function readPart(
  task: LabelSpec["task"],
  given: TextSource,
  givenOptions: FormatOptions,
  { trained, known, multiLabel, features, first }: Context,
): Promise<ReadExamples<RawExamples>> {
  const [source, options] = await withOwnFormat(given, givenOptions, trained);
  const { chunks, name } = source;
  const json = jsonFormatOf(name, options, trained);
  const isNew = !known && !trained;
  const check = (cells: readonly string[], rows: () => readonly Pick<Row, "place">[]) => {
    if (multiLabel) checkSets(cells, name, rows());
    if (isNew) (multiLabel ? noteNotation : noteSets)(cells, options.note);
  };
  if (json) {
    const { rows, reading, fields } = await readJson(task, source, json, options, trained, {
      labelled: true,
      multiLabel,
      features,
      first,
    });
    const examples = rows.flatMap(({ example }) => example ?? []);
    const places = rows.flatMap(({ example, object: { place } }) => (example ? [{ place }] : []));
    check(
      examples.flatMap(({ labels }) => labels),
      () => examples.flatMap(({ labels }, i) => labels.map(() => places[i]!)),
    );
    const read = jsonExamples(task, some(examples, name));
    const files = [{ name, rows: places }];
    return { examples: read, files, reading, first: { fields, features: read.features } };
  }
  if (task === "tagger") {
    const context = { trained, known, multiLabel, first: first?.fields };
    const { sentences, reading } = await readTokens(chunks, name, tokenOptions(options), context);
    some(sentences, name);
    const files = [{ name, rows: sentences.map(({ rows }) => rows[0]!) }];
    const labels = sentences.flatMap(({ labels }) => labels);
    check(labels, () => sentences.flatMap(({ rows }) => rows));
    const as = (spec: TokenSpec) => sentences.map((sentence) => normalizedExample(sentence, spec));
    const examples = { texts: [], features: 0, labels, as };
    return { examples, files, reading, first: { fields: reading, features: 0 } };
  }
  const { labelFirst = false } = withReading(trained, options);
  const table = await readTexts(chunks, name, labelledForm(labelFirst), tableOptions(options), {
    trained,
    known,
    first: first?.fields,
    ...(multiLabel && { emptyCells: ["labelColumn"] }),
  });
  const filled = table.rows.filter(({ values }) => values);
  some(filled, name);
  const [text, label] = labelFirst ? [1, 0] : [0, 1];
  const texts = filled.map(({ values }) => values![text]!);
  const labels = filled.map(({ values }) => values![label]!);
  const rows = filled.map(({ row }) => row);
  check(labels, () => rows);
  if (isNew) checkOrder(texts, labels, name, { labelFirst, multiLabel });
  return {
    examples: {
      texts,
      features: 0,
      labels,
      as: (spec) => texts.map((text, i) => classifierExample(text, labels[i]!, spec)),
    },
    files: [{ name, rows }],
    reading: { ...table.reading, ...(labelFirst && { labelFirst }) },
    first: { fields: table.reading, features: 0 },
  };
}

/**
 * Reads the examples of a source in the form that a model expects.
 *
 * @throws the errors of `readLabelled` and of `checkSteps`
 */
export async function readFor(
  model: LabelModel,
  source: TextSource,
  options: FormatOptions,
): Promise<readonly Labelled<Step>[]> {
  const { spec } = model;
  const { examples } = await readLabelled(spec.task, source, options, contextOf(model));
  checkSteps(examples.features, spec.features, source);
  return shortened(spec.task, examples.as(spec), options);
}

/** Returns an example with its tokens and labels in the normal form of a model. */
function normalizedExample({ tokens, labels }: Labelled<Step>, spec: TokenSpec): Labelled<Step> {
  return {
    tokens: tokens.map((token) => normalized(token, spec)),
    labels: labels.map((label) => normalized(label, spec)),
  };
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
 * Chooses the kind of token. If most texts are a single word, such as a name, or of a script without spaces between words, tokens
 * are characters. Otherwise, and without texts, they are words.
 *
 * `levelOf` in sequences.ts also chooses characters if most words have digits, because its models must write numbers. The models
 * here only read numbers. They can read an unseen number as the unknown word.
 */
function levelOf(texts: readonly string[]): Level {
  return texts.filter(isOneWord).length > texts.length / 2 ? "char" : "word";
}

function jsonExamples(task: LabelSpec["task"], lines: readonly JsonExample[]): RawExamples {
  const asSteps = ({ tokens = [], labels }: JsonExample): Labelled<Step> => ({
    tokens: task === "tagger" ? tokens : lowerCase(tokens),
    labels,
  });
  return {
    texts: lines.flatMap(({ text }) => text ?? []),
    features: featuresOf(asSteps(lines[0]!)),
    labels: lines.flatMap(({ labels }) => labels),
    as: (spec) =>
      lines.map((line) =>
        line.text === undefined
          ? normalizedExample(asSteps(line), spec)
          : classifierExample(line.text, line.labels[0]!, spec),
      ),
  };
}

/** A classifier always reads lower-case words, even if the data are already split into words. */
export const lowerCase = (steps: readonly Step[]): readonly Step[] =>
  steps.map((step) => (typeof step === "string" ? step.toLowerCase() : step));

/**
 * Reads the examples of a run. If there are no validation data, the function `parts` in the result holds out a random tenth of
 * the examples.
 *
 * @param multiLabel whether a label is a set of labels
 * @param resumed how the data were read before, if the run is resumed
 * @throws ERR_DATA if a tagger's file is a single sentence, as it is without blank lines; the errors of `readLabelled`
 */
export async function readRun(
  task: LabelSpec["task"],
  sources: Sources,
  options: FormatOptions,
  multiLabel: boolean,
  resumed: Reading | undefined,
) {
  const run = await readExamples(sources, options, resumed, (source, options, trained, first) =>
    readLabelled(task, source, options, { trained, multiLabel, first }),
  );
  const { name, data, validation, reading } = run;
  if (
    task === "tagger" &&
    !jsonFormatOf(name, reading) &&
    !validation &&
    data.as({ normalForm: "none" }).length === 1
  ) {
    throw new UnrolledError(
      "ERR_DATA",
      `${name}: 1 sentence, expected at least 2; put a blank line between sentences`,
    );
  }
  const labels = multiLabel ? data.labels.flatMap(labelSet) : data.labels;
  if (!resumed) noteLabels(labels, task === "tagger" ? "tag" : "label", options.note);
  if (validation) checkSteps(validation.features, data.features, sources.validation!);
  return {
    level: levelOf(data.texts),
    texts: data.texts,
    sentences: data.as,
    features: data.features,
    reading,
    hash: await hashOf(sources, ...labelHashParts(name, reading), ...cutPart(options)),
    parts(spec: TokenSpec, seed: number): Promise<PlacedParts<Labelled<Step>>> {
      const own = (examples: RawExamples, from: FormatOptions) => shortened(task, examples.as(spec), from);
      const train = own(data, options);
      const held = validation && own(validation, forValidation(options));
      const examples = { ...run, data: train, validation: held };
      return partsOf(examples, seed, {
        labelsOf: ({ labels }) => (multiLabel ? labels.flatMap(labelSet) : labels),
        noun: task === "tagger" ? "tag" : "label",
        note: options.note,
      });
    },
  };
}

/** Returns the parts of a run's hash that say how the data were read. The first two are always there, as in earlier versions. */
function labelHashParts(name: string, reading: Reading): (string | number | boolean)[] {
  const { labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN, ...others } = reading;
  return [labelFirst, tagColumn, ...hashParts(name, others)];
}
