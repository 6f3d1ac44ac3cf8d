import { checkChoice, checkList, checkObject, checkOptions } from "../../checks.ts";
import type { Vector } from "../../data/feature-scaling.ts";
import { indexOfName } from "../../data/form.ts";
import { type JsonObject, readObjects } from "../../data/json.ts";
import { isLabel, labelCell } from "../../data/label-set.ts";
import { type Labelled, labelledForm, type Step } from "../../data/labelled.ts";
import type { TextChunks } from "../../data/lines.ts";
import { counted, shown, UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import { likelyColumn, mayHaveField } from "../../tables/columns.ts";
import { checkVectors, otherSteps } from "../../tables/vectors.ts";

/** An example from a file of JSON lines. Its sequence is either a `text`, or a list of `tokens` (strings or vectors). */
export interface JsonExample {
  /** The sequence as a text; undefined if it is a list. */
  readonly text?: string;
  /** The sequence as a list of tokens or vectors; undefined if it is a text. */
  readonly tokens?: readonly Step[];
  /**
   * One label for each step, a single label for the sequence, or none if labels are not read. With `multiLabel`, each is a text with all
   * labels of the step or sequence, which `labelSet` reads.
   */
  readonly labels: readonly string[];
}

/** Options of {@link readJsonExamples}. */
export interface JsonExampleOptions {
  /** `step`: each step has a label, in the list `labels`. `sequence`: the whole sequence has one label, in the field `label`. */
  targetPer: "step" | "sequence";
  /** Whether a label may be a list of labels, such as `["x", "y"]` or `[]`; default false. */
  multiLabel?: boolean | undefined;
  /**
   * Whether to read the labels; default true. If false, the examples have no labels, and an object whose sequence is empty or null is
   * left out, as a blank line is.
   */
  labelled?: boolean | undefined;
  /** `jsonl` (default): an object in each line. `json`: an array of objects. */
  format?: "jsonl" | "json" | undefined;
  /**
   * Name of the field with the sequence. A list has names that are tried before the usual ones, which are `text`, `tokens`, `input`, `vectors` and
   * names with a word such as "review"; default: none.
   */
  sequence?: string | readonly string[] | undefined;
  /** Name of the field with the label or labels. A list is as above; the usual names are `label`, `labels` and similar ones. */
  labels?: string | readonly string[] | undefined;
  /**
   * Whether an object without a sequence or label, or with an empty one, has no example instead of being an error; default false.
   * Null is empty. `readJsonRows` gives the error.
   */
  skipEmpty?: boolean | undefined;
}

/**
 * Reads examples from JSON. Each object has a sequence and its label or labels.
 * The sequence is a text (`"text": "..."`), a list of tokens (`"tokens": ["...", ...]`) or a list of vectors
 * (`"input": [[1, 0.5], ...]` or `"vectors": ...`). All vectors must have the same size.
 * The label of a whole sequence is `"label": "x"`. Labels of steps are a list: `"labels": ["x", ...]`. Each label is a string or
 * a number; with `multiLabel`, also a list of them, or a text with commas between labels. All objects must use the fields of the first one. Other fields and blank lines are skipped.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA, naming the file and the line or entry, if an object is invalid
 */
export async function* readJsonExamples(
  chunks: TextChunks,
  source: string,
  options: JsonExampleOptions,
): AsyncGenerator<JsonExample> {
  for await (const { example } of readJsonRows(chunks, source, options)) if (example) yield example;
}

/** An object of a file. */
export interface JsonRow {
  /** The example; undefined for a blank line, and for an empty sequence if labels are not read. */
  readonly example: JsonExample | undefined;
  /** The object. */
  readonly object: JsonObject;
  /** The fields of the example; undefined for a blank line. */
  readonly names?: JsonFields;
  /** What is missing, if an object has no example with `skipEmpty`. */
  readonly error?: UnrolledError;
}

/** The names of the fields that an example has. */
export interface JsonFields {
  /** The field of the sequence. */
  readonly sequence: string;
  /** The field of the label or labels; undefined if they are not read. */
  readonly labels: string | undefined;
}

/**
 * Reads objects with their examples, and blank lines. See `readJsonExamples`.
 *
 * @param flags the flags that name the fields of sequence and label, for errors
 * @param listAdvice what to do if a label is a list of labels, for errors
 * @param features numbers that vectors must have, 0 if there must be none; undefined if they are not known
 * @param emptyLabels whether a label may be an empty text, such as the transcript of silence; default: if it may be a list
 */
export async function* readJsonRows(
  chunks: TextChunks,
  source: string,
  options: JsonExampleOptions,
  flags?: readonly [string, string],
  listAdvice = "for several labels, use --multi-label",
  features?: number,
  emptyLabels = options?.multiLabel ?? false,
): AsyncGenerator<JsonRow> {
  const {
    targetPer,
    multiLabel = false,
    labelled = true,
    format = "jsonl",
    sequence,
    labels: labelField,
    skipEmpty = false,
  } = checkOptions(
    "readJsonExamples",
    options,
    "targetPer multiLabel labelled format sequence labels skipEmpty",
  );
  checkChoice("readJsonExamples: targetPer", targetPer, ["step", "sequence"]);
  const each = targetPer === "step";
  const [sequenceFlag, labelFlag] =
    flags ?? (each ? ["--token-column", "--tag-column"] : ["--text-column", "--label-column"]);
  const sequenceNames = namesOf(sequence, SEQUENCES[targetPer]);
  const labelNames = namesOf(labelField, LABELS[targetPer]);
  const guessed = (given: JsonExampleOptions["labels"]) => !each && typeof given !== "string";
  let first: JsonFields | undefined;
  let width = 0;
  for await (const object of readObjects(chunks, source, format)) {
    const { place, fields } = object;
    if (!fields) {
      yield { example: undefined, object };
      continue;
    }
    const problemOf = (problem: string) =>
      new UnrolledError("ERR_DATA", `${source}, ${place}: ${problem}: ${shown(object.content)}`);
    const wrong = (problem: string): never => {
      throw problemOf(problem);
    };
    if (skipEmpty) {
      const lack = emptyIn(fields, first, labelled, {
        mayBeNone: multiLabel && !each,
        sequence: [sequenceNames, guessed(sequence)],
        labels: [labelNames, guessed(labelField)],
        options: [sequenceFlag, labelFlag],
      });
      if (lack) {
        yield { example: undefined, object, error: problemOf(lack) };
        continue;
      }
    }
    const missing = (names: readonly string[], option: string) => {
      const others = `it has ${Object.keys(fields).join(", ")}; name another one with ${option}`;
      return wrong(`no field ${namesIn(names)}; ${others}`);
    };
    const field: string | undefined =
      fieldIn(fields, first ? [first.sequence] : []) ??
      fieldIn(fields, sequenceNames) ??
      (guessed(sequence) ? likelyField("text", fields) : undefined);
    if (!labelled && isEmptyAt(fields, first ? [first.sequence] : sequenceNames, field)) {
      yield { example: undefined, object };
      continue;
    }
    if (field === undefined) return missing(sequenceNames, sequenceFlag);
    if (first && field.normalize() !== first.sequence.normalize())
      wrong(`field ${field}, but earlier lines have ${first.sequence}`);
    const value = fields[field];
    const kind = kindOf(field, value);
    if (kind === "text") {
      if (each) wrong(`field ${field}, expected tokens or input, which labels belong to`);
      if (typeof value !== "string" || !value.trim()) wrong(`${field} is no text, or empty`);
    } else if (!Array.isArray(value) || !value.length) wrong(`${field} is not a list, or empty`);
    const size = Array.isArray(value) && Array.isArray(value[0]) ? value[0].length : 0;
    if (size && features !== undefined && size !== features) {
      throw new UnrolledError("ERR_DATA", `${source}, ${place}: ${otherSteps(size, features)}`);
    }
    if (kind === "tokens") checkTokens(value as unknown[], wrong);
    else if (kind === "input") width = checkVectors(value as unknown[], width, wrong);
    if (!first && labelled) {
      const name =
        fieldIn(fields, labelNames) ??
        (guessed(labelField) ? likelyField("label", fields, field) : undefined);
      if (name === undefined && !each) return missing(labelNames, labelFlag);
      first = { sequence: field, labels: name ?? labelNames[0] };
    }
    first ??= { sequence: field, labels: undefined };
    const labels =
      first.labels === undefined
        ? []
        : labelsOf(
            fields,
            first.labels,
            {
              each,
              multiLabel,
              emptyLabels,
              listAdvice,
              steps: (value as unknown[]).length,
            },
            wrong,
          );
    const example =
      kind === "text"
        ? { text: value as string, labels }
        : { tokens: value as readonly (string | Vector)[], labels };
    yield { example, object, names: first };
  }
}

/**
 * Returns the field whose name has a usual word, such as `reviewText`; undefined if there is none. A text is a string, a label also a
 * number or a boolean, or a list of labels if there is no single one.
 *
 * @param taken a field that is another one
 */
function likelyField(what: "text" | "label", fields: Fields, taken?: string): string | undefined {
  const names = Object.keys(fields).filter((name) => name !== taken);
  const table = labelledForm().fields.find((one) => one.what === what)!;
  const find = (fits: (value: unknown) => boolean, form = table) =>
    names[likelyColumn(form, names, (i) => mayHaveField(names[i]!) && fits(fields[names[i]!]))];
  if (what === "text") return find((value) => typeof value === "string");
  const lists = { ...table, names: [...table.names, ...LIST_NAMES] };
  return find(isLabel) ?? find((value) => Array.isArray(value) && value.every(isLabel), lists);
}

type Fields = Readonly<Record<string, unknown>>;

/** The names of a field that are tried, and whether other names with a usual word are. */
type Tried = readonly [names: readonly string[], guessed: boolean];

/**
 * Returns what an object lacks, for an error.
 *
 * @param first the fields of earlier objects; undefined if there are none
 * @returns undefined if the object has all fields
 */
function emptyIn(
  fields: Fields,
  first: JsonFields | undefined,
  labelled: boolean,
  {
    options,
    mayBeNone,
    ...tried
  }: {
    readonly sequence: Tried;
    readonly labels: Tried;
    readonly options: readonly [string, string];
    /** Whether an empty label is a label: the empty set. */
    readonly mayBeNone: boolean;
  },
): string | undefined {
  const find = (known: string | undefined, what: "text" | "label", [names, guessed]: Tried, taken?: string) =>
    fieldIn(fields, known === undefined ? names : [known, ...(what === "text" ? names : [])]) ??
    (guessed && (known === undefined || what === "text") ? likelyField(what, fields, taken) : undefined);
  const isEmpty = (name: string | undefined) => {
    const value = name === undefined ? undefined : fields[name];
    return typeof value === "string"
      ? !value.trim()
      : value === undefined || (value as unknown[]).length === 0;
  };
  const sequence = find(first?.sequence, "text", tried.sequence);
  const lackOf = (names: readonly string[], option: string) => {
    const there = names.find((name) => name in fields);
    if (there !== undefined) return `field ${there} is empty`;
    return `no field ${namesIn(names)}; it has ${Object.keys(fields).join(", ")}; name another one with ${option}`;
  };
  if (isEmpty(sequence)) return lackOf(first ? [first.sequence] : tried.sequence[0], options[0]);
  if (!labelled) return undefined;
  const labels = find(first?.labels, "label", tried.labels, sequence);
  return labels === undefined || (isEmpty(labels) && !mayBeNone)
    ? lackOf(first?.labels === undefined ? tried.labels[0] : [first.labels], options[1])
    : undefined;
}

/** Returns the first field that has a value. @returns its name in the object; undefined if there is none */
function fieldIn(fields: Fields, names: readonly string[]): string | undefined {
  const all = Object.keys(fields).filter((name) => fields[name] !== undefined && fields[name] !== null);
  for (const name of names) {
    const place = indexOfName(all, name);
    if (place >= 0) return all[place];
  }
  return undefined;
}

/** Returns whether the sequence is there, but empty. @param found the first field that has a value */
function isEmptyAt(fields: Fields, names: readonly string[], found: string | undefined): boolean {
  const isEmpty = (value: unknown) =>
    value === null || (typeof value === "string" ? !value.trim() : Array.isArray(value) && !value.length);
  const all = Object.keys(fields);
  const named = names.map((name) => all[indexOfName(all, name)]).filter((name) => name !== undefined);
  const name = names.length === 1 ? (named[0] ?? found) : (found ?? named[0]);
  return name !== undefined && isEmpty(fields[name]);
}

const namesOf = (given: string | readonly string[] = [], usual: readonly string[]): readonly string[] =>
  typeof given === "string" ? [given] : [...given, ...usual];

/** Names the first fields: "text, tokens or input". */
function namesIn(names: readonly string[]): string {
  const some = names.slice(0, 3);
  const last = some.pop()!;
  return some.length ? `${some.join(", ")} or ${last}` : last;
}

/** The kinds of sequences. They are also the names of their fields in this library. */
const KINDS = ["text", "tokens", "input"] as const;

/** Returns the kind of a sequence. A field with another name has what its value looks like, and a list of lists is never a text. */
function kindOf(field: string, value: unknown): (typeof KINDS)[number] {
  const named = KINDS.find((kind) => kind === field);
  const hasLists = Array.isArray(value) && Array.isArray(value[0]);
  if (named && !(named === "text" && hasLists)) return named;
  if (!Array.isArray(value)) return "text";
  return hasLists || typeof value[0] === "number" ? "input" : "tokens";
}

/** Usual names of the field with the sequence. The names of this library come first. */
const SEQUENCES = {
  step: ["tokens", "input", "vectors", "text", "words"],
  sequence: [
    ...["text", "tokens", "input", "vectors", "sentence", "review", "content", "comment", "tweet", "message"],
    ...["body", "utterance", "title", "headline", "question", "query"],
  ],
};

/** Usual names of the field with the labels. */
const LABELS = {
  step: ["labels", "tags", "ner_tags", "pos_tags", "upos"],
  sequence: [
    ...["label", "class", "category", "target", "sentiment", "rating", "score", "stars", "topic", "intent"],
    ...["emotion", "language"],
  ],
};

/** Usual names of a field with a list of labels, beside those of a single one. */
const LIST_NAMES = ["tags", "classes", "categories", "topics", "genres", "emotions"];

type Wrong = (problem: string) => never;

function checkTokens(tokens: readonly unknown[], wrong: Wrong): void {
  const place = tokens.findIndex((token) => typeof token !== "string" || !token);
  if (place >= 0) wrong(`token ${place + 1} is ${show(tokens[place])}, expected a text`);
}

function labelsOf(
  fields: Fields,
  field: string,
  {
    each,
    multiLabel,
    emptyLabels,
    listAdvice,
    steps,
  }: { each: boolean; multiLabel: boolean; emptyLabels: boolean; listAdvice: string; steps: number },
  wrong: Wrong,
): readonly string[] {
  const name = fieldIn(fields, [field]) ?? field;
  const all = each ? fields[name] : [fields[name]];
  if (!Array.isArray(all)) return wrong(`no list ${name} (--tag-column)`);
  if (each && all.length !== steps)
    wrong(`${counted(all.length, "label", "labels")} of ${counted(steps, "step", "steps")}`);
  return all.map((value) => {
    const isList = Array.isArray(value) && value.every(isLabel);
    if (isList && multiLabel) return labelCell(value.map(String));
    if (!isLabel(value)) {
      const expected = multiLabel ? "a text, a number, or a list of them" : "a text or a number";
      const advice = isList ? `; ${listAdvice}` : "";
      wrong(`${each ? "a label" : name} is ${show(value)}, expected ${expected}${advice}`);
    }
    return String(value).trim() || (emptyLabels ? "" : wrong("a label is empty"));
  });
}

/** Returns the size of a sequence's vectors. Returns 0 if the sequence is empty or has tokens. @param example the sequence */
export function featuresOf(example: Labelled<Step>): number {
  const [step] = checkList("featuresOf: tokens", checkObject("featuresOf", example, "the example is").tokens);
  return step === undefined || typeof step === "string" ? 0 : step.length;
}
