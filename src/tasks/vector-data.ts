import type { Vector } from "../data/feature-scaling.ts";
import type { TextForm } from "../data/form.ts";
import type { SequenceInput } from "../data/steps.ts";
import { shown, UnrolledError } from "../errors.ts";
import { type JsonRow, readJsonRows } from "../models/labels/json-lines.ts";
import type { TaskModel } from "../network/model.ts";
import { flagOf } from "../tables/columns.ts";
import { formatOf } from "../tables/format.ts";
import { type MatchTable, unmatchedRows } from "../tables/matches.ts";
import { objectRows } from "../tables/rows.ts";
import { checkVectors, otherSteps } from "../tables/vectors.ts";
import { fieldOf, findField } from "./find-field.ts";
import { joinInputs } from "./inputs.ts";
import { withOwnFormat } from "./own-format.ts";
import { earlierNames, type FirstFile, modelReads, type ReadExamples, readAlike } from "./parts.ts";
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
  readonly beside?: VectorField & {
    readonly kind: "text" | "vectors";
    /** Whether the text may be empty; default false. */
    readonly mayBeEmpty?: boolean;
  };
  /** The field of 0 and 1, or of grades, that says whether both belong together. */
  readonly matches?: TextForm["matches"] | undefined;
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
  part: TextSource,
  { reader, example: expected, vectors, beside, matches }: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
  make: Make<T> | undefined,
  first?: FirstFile,
): Promise<{ rows: readonly VectorRow<T>[]; reading: Reading; fields: Reading }> {
  const { name } = part;
  const found = formatOf(name, options.format, trained?.format);
  const format = found === "text" && options.format === undefined ? "jsonl" : found;
  if (format !== "jsonl" && format !== "json") {
    throw new UnrolledError("ERR_DATA", `${name}: ${reader} reads jsonl or json, not ${format}`);
  }
  const names = namesOf(vectors, options, trained, first);
  const { field, source } = await findField(part, [names].flat(), format);
  const labelled = make !== undefined && beside?.kind === "text";
  const how = { targetPer: "sequence", labelled, format, sequence: field ?? names } as const;
  const labels = beside && namesOf(beside, options, trained, first);
  const flags = [vectors, beside ?? vectors].map(({ option }) => flagOf(option)) as [string, string];
  const partnerIn = (fields: Readonly<Record<string, unknown>>) => {
    const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
    const name = fieldOf(filled, [labels ?? []].flat());
    return { name, value: filled[name ?? ""] };
  };
  const rows: VectorRow<T>[] = [];
  const given = { ...how, ...(labels && { labels }) };
  for await (const row of readJsonRows(
    source.chunks,
    name,
    given,
    flags,
    undefined,
    first?.features,
    beside?.mayBeEmpty,
  )) {
    const { place, fields } = row.object;
    const wrong = (problem: string): never => {
      throw new UnrolledError("ERR_DATA", `${name}, ${place}: ${problem}`);
    };
    const steps = row.example?.tokens;
    if (row.example && !Array.isArray(steps?.[0])) wrong(`no vectors, expected ${expected}`);
    if (!make || !steps) {
      if (make && fields) wrong(`the sequence is empty: ${shown(row.object.content)}`);
      rows.push({ row, example: undefined });
      continue;
    }
    const own = steps as readonly Vector[];
    if (beside?.kind !== "vectors") {
      rows.push({ row, example: make(own, row.example!.labels[0]) });
      continue;
    }
    const { value: other } = partnerIn(fields!);
    if (other !== undefined && !(Array.isArray(other) && other.length))
      wrong("the partner is no list, or empty");
    if (other) checkVectors(other as unknown[], own[0]!.length, (problem) => wrong(`partner: ${problem}`));
    rows.push({ row, example: make(own, other as readonly Vector[] | undefined) });
  }
  some(
    rows.filter(({ row }) => row.object.fields),
    name,
  );
  const pairs =
    make && matches
      ? rows.filter(({ row }) => row.example && partnerIn(row.object.fields!).value !== undefined)
      : [];
  const named = beside && [vectors, beside].some(({ option }) => options[option] !== undefined);
  const apart = unmatched({ matches }, pairs, { source: name, named, note: options.note });
  const columns = [vectors, ...(beside ? [beside] : [])].map(
    ({ option }) => [option, withReading(trained, options)[option]] as const,
  );
  const kept = rows.map((row) => (apart.has(row) ? { ...row, example: undefined } : row));
  const besideNames = rows.map(({ row }) => row.names?.labels ?? partnerIn(row.object.fields ?? {}).name);
  const fields: Reading = {
    [vectors.option]: rows.find(({ row }) => row.names)?.row.names?.sequence,
    ...(beside && { [beside.option]: besideNames.find((name) => name !== undefined) }),
  };
  return { rows: kept, reading: withReading({ format }, Object.fromEntries(columns)), fields };
}

/** Returns the pairs that a field says are no matches, with a note. */
function unmatched<T>(
  form: Pick<VectorForm, "matches">,
  pairs: readonly VectorRow<T>[],
  how: Omit<MatchTable, "names" | "places">,
): ReadonlySet<VectorRow<T>> {
  const isSingle = (value: unknown) => value !== undefined && value !== null && typeof value !== "object";
  const fields = pairs.map(({ row }) =>
    Object.entries(row.object.fields!).filter(([, one]) => isSingle(one)),
  );
  const names = [...new Set(fields.flatMap((one) => one.map(([name]) => name)))];
  const table = fields.map((one, i) => {
    const values = new Map(one);
    return {
      place: pairs[i]!.row.object.place,
      content: "",
      cells: names.map((name) => String(values.get(name) ?? "")),
    };
  });
  const found = new Set<unknown>(unmatchedRows(form, table, { ...how, names, places: [] }));
  return new Set(pairs.filter((_, i) => found.has(table[i])));
}

/**
 * Returns the names under which a field is looked for: the one that the user gives, else that of the training data, that of the first
 * file and the usual ones.
 */
function namesOf(
  { option, names }: VectorField,
  options: FormatOptions,
  trained: Reading | undefined,
  first?: FirstFile,
): string | readonly string[] {
  const given = options[option];
  if (given !== undefined) return String(given);
  return [...earlierNames(option, trained, first), ...names];
}

/**
 * Reads examples with vectors.
 *
 * @param trained how the training data were read, if these are others
 * @param make makes an example from the vectors and what belongs to them
 * @param earlier what an earlier source has decided
 * @throws ERR_DATA naming file and place if an object is invalid, or if files have vectors of different sizes
 */
export async function readVectorExamples<T>(
  source: TextSource,
  form: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
  make: Make<T>,
  earlier?: FirstFile,
): Promise<ReadExamples<T[]>> {
  const parts = await readAlike(source, earlier, async (part, _, known) => {
    const { rows, reading, fields } = await readRows(part, form, options, trained, make, known);
    const filled = rows.flatMap(({ row, example }) => (example === undefined ? [] : [{ row, example }]));
    const [first] = some(filled, part.name);
    return {
      first: { fields, features: (first!.row.example!.tokens![0] as Vector).length },
      examples: filled.map(({ example }) => example),
      files: [{ name: part.name, rows: filled.map(({ row }) => row.object) }],
      reading,
    };
  });
  const { first, reading } = parts[0]!;
  return {
    examples: parts.flatMap(({ examples }) => examples),
    files: parts.flatMap(({ files }) => files),
    reading,
    first,
  };
}

/**
 * Reads the vectors of each line, for predictions. The input of a blank line is empty.
 *
 * @param features numbers in a vector that the model reads
 * @throws ERR_DATA naming file and place if vectors have another size; the errors of `readVectorExamples`
 */
export async function readVectorInputs(
  source: TextSource,
  form: VectorForm,
  options: FormatOptions,
  trained: Reading | undefined,
  features: number,
): Promise<InputFile<readonly Vector[]>> {
  const files = await readParts(source, async (part): Promise<InputFile<readonly Vector[]>> => {
    const { rows } = await readRows(part, form, options, trained, undefined, modelReads(features));
    const table = objectRows(rows.map(({ row }) => row.object));
    return {
      inputs: rows.map(({ row }) => (row.example?.tokens ?? []) as readonly Vector[]),
      rows: table.rows.map(({ cells, values }) => [values ?? cells]),
      names: table.names,
    };
  });
  return joinInputs(files);
}

/** A source, and whether it has vectors. */
interface FoundVectors<O extends FormatOptions> {
  /** Whether it has vectors; undefined if all sequences are empty. */
  readonly vectors: boolean | undefined;
  /** The source, which can be read once, as before. */
  readonly source: TextSource;
  /** The options to read it with. */
  readonly options: O;
}

/** Finds out whether a source has vectors: it is JSON, and its first sequence that is not empty is a list of lists. */
export async function findVectors<O extends FormatOptions>(
  source: TextSource,
  form: Pick<VectorForm, "vectors">,
  options: O,
  trained: Reading | undefined,
  earlier?: FirstFile,
): Promise<FoundVectors<O>> {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const [first, own] = await withOwnFormat(source.parts?.[0] ?? source, { ...options, note }, trained);
  const format = formatOf(first.name, own.format, trained?.format);
  const isJson = format === "json" || format === "jsonl";
  const names = namesOf(form.vectors, options, trained, earlier);
  const found = isJson ? await findField(first, [names].flat(), format) : { source: first };
  const { field, value } = { field: undefined, value: undefined, ...found };
  const unsure = field !== undefined && value === undefined;
  const vectors = unsure ? undefined : Array.isArray(value) && Array.isArray(value[0]);
  if (vectors !== false) for (const text of notes) options.note?.(text);
  return {
    vectors,
    source: source.parts ? { ...source, parts: [found.source, ...source.parts.slice(1)] } : found.source,
    options: vectors === false ? options : { ...own, note: options.note },
  };
}

/** Tells whether a sequence is a text. */
export const isText = (sequence: SequenceInput): sequence is string => typeof sequence === "string";

/** Returns how many numbers a vector of a sequence has; 0 if it is a text. */
export const sizeOfSteps = (sequence: SequenceInput): number => (isText(sequence) ? 0 : sequence[0]!.length);

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
  if (vectors === !features) {
    const problem = features
      ? otherSteps(0, features)
      : "sequences consist of vectors, but the model reads tokens";
    throw new UnrolledError("ERR_DATA", `${data.name}: ${problem}`);
  }
  return features
    ? readVectorInputs(source, vectorForm, options, trained, features)
    : readTextInputs(source, form, 0, options, { trained });
}
