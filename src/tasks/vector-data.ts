import type { Vector } from "../data/feature-scaling.ts";
import { indexOfName, type TextForm } from "../data/form.ts";
import type { SequenceInput } from "../data/steps.ts";
import { shown, UnrolledError } from "../errors.ts";
import { type JsonRow, readJsonRows } from "../models/labels/json-lines.ts";
import type { TaskModel } from "../network/model.ts";
import { flagOf } from "../tables/columns.ts";
import { formatOf } from "../tables/format.ts";
import { objectRows } from "../tables/rows.ts";
import { checkVectors } from "../tables/vectors.ts";
import { joinInputs } from "./inputs.ts";
import { checkSteps } from "./label-data.ts";
import { withOwnFormat } from "./own-format.ts";
import type { ReadExamples } from "./parts.ts";
import { readingOf, withReading } from "./reading.ts";
import { readParts, some, type TextSource } from "./source.ts";
import type { FormatOptions, InputFile, Reading } from "./task.ts";
import { readTextInputs } from "./text-tables.ts";

/** A field of JSON: the option that names it, and its usual names. */
interface VectorField {
  readonly option: "textColumn" | "labelColumn";
  readonly names: readonly string[];
}

/** The fields of JSON that a task of vectors reads. */
export interface VectorForm {
  /** The kind of model, such as "a transcriber", for errors. */
  readonly reader: string;
  /** An object as it is expected, for errors. */
  readonly example: string;
  /** The sequence of vectors. */
  readonly vectors: VectorField;
  /** What belongs to it: a text, or a second sequence of vectors, which may be missing. */
  readonly beside?: VectorField & { readonly kind: "text" | "vectors" };
}

/** An object with vectors, and its example; undefined if the line is blank. */
interface VectorRow<T> {
  readonly row: JsonRow;
  readonly example: T | undefined;
}

type Make<T> = (vectors: readonly Vector[], beside: SequenceInput | undefined) => T;

/**
 * Reads the objects of a part.
 *
 * @param trained how the training data were read, if these are others
 * @param make makes an example; undefined if only the vectors are read, and may be missing
 */
async function readRows<T>(
  { chunks, name }: TextSource,
  { reader, example: expected, vectors, beside }: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
  make: Make<T> | undefined,
): Promise<{ rows: readonly VectorRow<T>[]; reading: Reading }> {
  const found = formatOf(name, options.format, trained?.format);
  const format = found === "text" && options.format === undefined ? "jsonl" : found;
  if (format !== "jsonl" && format !== "json") {
    throw new UnrolledError("ERR_DATA", `${name}: ${reader} reads jsonl or json, not ${format}`);
  }
  const namesOf = (field: VectorField) => {
    const [given, before] = [options[field.option], trained?.[field.option]];
    if (given !== undefined) return String(given);
    return typeof before === "string" ? [before] : field.names;
  };
  const labelled = make !== undefined && beside?.kind === "text";
  const how = { targetPer: "sequence", labelled, format, sequence: namesOf(vectors) } as const;
  const labels = beside && namesOf(beside);
  const flags = [vectors, beside ?? vectors].map(({ option }) => flagOf(option)) as [string, string];
  const rows: VectorRow<T>[] = [];
  for await (const row of readJsonRows(chunks, name, { ...how, ...(labels && { labels }) }, flags)) {
    const { place, fields, content } = row.object;
    const wrong = (problem: string): never => {
      throw new UnrolledError("ERR_DATA", `${name}, ${place}: ${problem}`);
    };
    const steps = row.example?.tokens;
    if (row.example && !Array.isArray(steps?.[0])) wrong(`no vectors, expected ${expected}`);
    if (!make || !steps) {
      if (make && fields) wrong(`the sequence is empty: ${shown(content)}`);
      rows.push({ row, example: undefined });
      continue;
    }
    const own = steps as readonly Vector[];
    if (beside?.kind !== "vectors") {
      rows.push({ row, example: make(own, row.example!.labels[0]) });
      continue;
    }
    const other = besideOf(fields!, labels!);
    if (other !== undefined && !(Array.isArray(other) && other.length))
      wrong("the partner is no list, or empty");
    if (other) checkVectors(other as unknown[], own[0]!.length, (problem) => wrong(`partner: ${problem}`));
    rows.push({ row, example: make(own, other as readonly Vector[] | undefined) });
  }
  some(
    rows.filter(({ row }) => row.object.fields),
    name,
  );
  const columns = [vectors, ...(beside ? [beside] : [])].map(
    ({ option }) => [option, withReading(trained, options)[option]] as const,
  );
  return { rows, reading: withReading({ format }, Object.fromEntries(columns)) };
}

/** Returns the value of the first field that is there; undefined if none is. */
function besideOf(fields: Readonly<Record<string, unknown>>, given: string | readonly string[]): unknown {
  const all = Object.keys(fields).filter((name) => fields[name] !== null);
  for (const name of typeof given === "string" ? [given] : given) {
    const place = indexOfName(all, name);
    if (place >= 0) return fields[all[place]!];
  }
  return undefined;
}

/**
 * Reads examples with vectors.
 *
 * @param trained how the training data were read, if these are others
 * @param make makes an example from the vectors and what belongs to them
 * @throws ERR_DATA naming file and place if an object is invalid, or if files have vectors of different sizes
 */
export async function readVectorExamples<T>(
  source: TextSource,
  form: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
  make: Make<T>,
): Promise<ReadExamples<T[]> & { readonly features: number }> {
  const parts = await readParts(source, async (part) => {
    const { rows, reading } = await readRows(part, form, options, trained, make);
    const filled = rows.flatMap(({ row, example }) => (example === undefined ? [] : [{ row, example }]));
    const [first] = some(filled, part.name);
    return {
      features: (first!.row.example!.tokens![0] as Vector).length,
      examples: filled.map(({ example }) => example),
      files: [{ name: part.name, rows: filled.map(({ row }) => row.object) }],
      reading,
    };
  });
  const { features, reading } = parts[0]!;
  for (const [i, part] of parts.entries()) if (i) checkSteps(part.features, features, source.parts![i]!);
  return {
    examples: parts.flatMap(({ examples }) => examples),
    files: parts.flatMap(({ files }) => files),
    reading,
    features,
  };
}

/** Reads the vectors of each line, for predictions. The input of a blank line is empty. @throws the errors of `readVectorExamples` */
export async function readVectorInputs(
  source: TextSource,
  form: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
): Promise<InputFile<readonly Vector[]>> {
  const files = await readParts(source, async (part): Promise<InputFile<readonly Vector[]>> => {
    const { rows } = await readRows(part, form, options, trained, undefined);
    const table = objectRows(rows.map(({ row }) => row.object));
    return {
      inputs: rows.map(({ row }) => (row.example?.tokens ?? []) as readonly Vector[]),
      rows: table.rows.map(({ cells, values }) => [values ?? cells]),
      names: table.names,
    };
  });
  return joinInputs(files);
}

/** Number of characters that are read to find the field of the sequence. */
const LONGEST = 2 ** 20;

/** A source, and whether it has vectors. */
interface FoundVectors<O extends FormatOptions> {
  readonly vectors: boolean;
  /** The source, which can be read once, as before. */
  readonly source: TextSource;
  /** The options to read it with. */
  readonly options: O;
}

/** Finds out whether a source has vectors: it is JSON, and the sequence of its first object is a list of lists. */
export async function findVectors<O extends FormatOptions>(
  source: TextSource,
  { vectors: { option, names } }: Pick<VectorForm, "vectors">,
  options: O,
  trained: Reading | undefined,
): Promise<FoundVectors<O>> {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const [first, own] = await withOwnFormat(source.parts?.[0] ?? source, { ...options, note }, trained);
  const format = formatOf(first.name, own.format, trained?.format);
  const given = options[option];
  const tried =
    given === undefined ? [...[trained?.[option] ?? []].flat().map(String), ...names] : [String(given)];
  const field = new RegExp(
    `(?<!\\\\)"(?:${tried.map(escaped).join("|")})"\\s*:\\s*(\\[\\s*\\[|\\[?\\s*[^\\s[])`,
    "i",
  );
  const iterator = first.chunks[Symbol.asyncIterator]();
  const read: string[] = [];
  let start = "";
  while (/^jsonl?$/.test(format) && start.length < LONGEST && !field.test(start)) {
    const { value, done } = await iterator.next();
    if (done) break;
    read.push(value);
    start += value;
  }
  async function* chunks() {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const whole = { ...first, chunks: chunks() };
  const vectors = /^\[\s*\[$/.test(field.exec(start)?.[1] ?? "");
  if (vectors) for (const text of notes) options.note?.(text);
  return {
    vectors,
    source: source.parts ? { ...source, parts: [whole, ...source.parts.slice(1)] } : whole,
    options: vectors ? { ...own, note: options.note } : options,
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Tells whether a sequence is a text. */
export const isText = (sequence: SequenceInput): sequence is string => typeof sequence === "string";

/** What is known of a model that reads texts or vectors. */
interface SequenceReader extends TaskModel {
  readonly spec: TaskModel["spec"] & { readonly features: number };
}

/**
 * Reads the texts or the sequences of vectors of each line, for predictions.
 *
 * @param form how texts are read; the input is its first field
 * @throws ERR_DATA if the source has vectors, but the model reads texts, or the other way round
 */
export async function readSequences(
  data: TextSource,
  form: TextForm,
  vectorForm: VectorForm,
  model: SequenceReader,
  given: FormatOptions,
): Promise<InputFile<SequenceInput>> {
  const trained = readingOf(model);
  const { vectors, source, options } = await findVectors(data, vectorForm, given, trained);
  const { features } = model.spec;
  if (vectors !== features > 0) {
    const [has, reads] = features ? ["tokens", `vectors of ${features} numbers`] : ["vectors", "tokens"];
    throw new UnrolledError(
      "ERR_DATA",
      `${data.name}: sequences consist of ${has}, but the model reads ${reads}`,
    );
  }
  return vectors
    ? readVectorInputs(source, vectorForm, options, trained)
    : readTextInputs(source, form, 0, options, { trained });
}
