import { counted } from "../errors.ts";
import { type JsonRow, readJsonRows } from "../models/labels/json-lines.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import { flagOf } from "../tables/columns.ts";
import { formatOf } from "../tables/format.ts";
import { checkSteps } from "./check-steps.ts";
import { earlierNames, type FirstFile } from "./parts.ts";
import { withReading } from "./reading.ts";
import type { TextSource } from "./source.ts";
import type { FormatOptions, Reading } from "./task.ts";

/** What is known before a source is read. */
export interface Context {
  /** Whether a label is a set of labels. */
  readonly multiLabel: boolean;
  /** How the training data were read; undefined if these are the training data. */
  readonly trained: Reading | undefined;
  /** What the first file of a run has decided; undefined if there is none before. */
  readonly first?: FirstFile | undefined;
  /** Returns whether the model knows a label. */
  readonly known?: ((label: string) => boolean) | undefined;
  /** Numbers in a vector that the model reads, 0 if it reads tokens; undefined if there is no model. */
  readonly features?: number | undefined;
}

/** Returns the format of a source if it is JSON. */
export function jsonFormatOf(
  name: string,
  options: FormatOptions,
  trained?: Reading,
): "json" | "jsonl" | undefined {
  const format = formatOf(name, options.format, trained?.format);
  return format === "json" || format === "jsonl" ? format : undefined;
}

/** The options that name the fields of JSON: that of the sequence, and that of the labels. */
const TEXT_FIELDS = ["textColumn", "labelColumn"] as const;
const TOKEN_FIELDS = ["tokenColumn", "tagColumn"] as const;

/** The names that this library gives to fields: those of sequences, and those of labels. */
const VECTOR_FIELDS = ["input", "vectors"];
const SEQUENCE_FIELDS = ["text", "tokens", ...VECTOR_FIELDS];
const OWN_FIELDS = new Set([...SEQUENCE_FIELDS, "label", "labels"]);
const WHAT = { textColumn: "text", labelColumn: "label", tokenColumn: "tokens", tagColumn: "tags" } as const;

/**
 * Reads objects with sequences and labels. A model keeps the field of its sequences if it was guessed, if there was another one, or if
 * a model that keeps none looks for another one first: `input` if it reads vectors, else `text`, for taggers `tokens`.
 *
 * @param trained how the training data were read; undefined if these are the training data
 */
export async function readJson(
  task: LabelSpec["task"],
  { chunks, name }: TextSource,
  format: "json" | "jsonl",
  options: FormatOptions,
  trained: Reading | undefined,
  {
    labelled,
    multiLabel,
    features: modelFeatures,
    first: earlier,
  }: Pick<Context, "multiLabel" | "features" | "first"> & { readonly labelled: boolean },
) {
  const features = modelFeatures ?? earlier?.features;
  const targetPer = task === "tagger" ? "step" : "sequence";
  const fields = task === "tagger" ? TOKEN_FIELDS : TEXT_FIELDS;
  const [sequence, labels] = fields.map((option, i) => {
    const given = options[option];
    if (given !== undefined) return String(given);
    const before = earlierNames(option, trained, earlier);
    return before.length || !features || i ? before : VECTOR_FIELDS;
  });
  const rows: JsonRow[] = [];
  const how = { targetPer, labelled, multiLabel, format, sequence, labels, skipEmpty: labelled } as const;
  const listAdvice = trained && "the model predicts one label";
  for await (const row of readJsonRows(chunks, name, how, undefined, listAdvice, features)) {
    const tokens = row.example && (row.example.tokens?.[0] ?? "");
    if (features && typeof tokens === "string") {
      checkSteps(0, features, { name: `${name}, ${row.object.place}` });
    }
    rows.push(row);
  }
  noteEmpty(rows, options.note);
  const before = withReading(trained, options);
  const { names, object, example } = rows.find(({ names }) => names) ?? {};
  const mayBeRead = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && (!trained || (!features && typeof value[0] === "string"));
  const [option] = fields;
  const others =
    before[option] === undefined
      ? SEQUENCE_FIELDS.filter((name) => name !== names?.sequence && mayBeRead(object?.fields?.[name]))
      : [];
  if (others.length) {
    const not = others.map((name) => JSON.stringify(name)).join(" or ");
    const chosen = JSON.stringify(names!.sequence);
    options.note?.(`${WHAT[option]} from field ${chosen}, not from ${not} (${flagOf(option)})`);
  }
  const guessed = fields.flatMap((option, i) => {
    const name = i ? names?.labels : names?.sequence;
    return name === undefined || before[option] === name || OWN_FIELDS.has(name) ? [] : { option, name };
  });
  if (guessed.length) {
    const what = guessed.map(({ option, name }) => `${WHAT[option]} from field ${JSON.stringify(name)}`);
    options.note?.(`${what.join(", ")} (${guessed.map(({ option }) => flagOf(option)).join(", ")})`);
  }
  const first = Array.isArray(example?.tokens?.[0]) ? "input" : task === "tagger" ? "tokens" : "text";
  const kept = others.length > 0 || names?.sequence !== first;
  const columns = fields.map((option, i) => {
    const found = !i && kept ? names?.sequence : guessed.find((one) => one.option === option)?.name;
    return [option, before[option] ?? (trained ? undefined : found)];
  });
  const own = Object.fromEntries(fields.map((option, i) => [option, i ? names?.labels : names?.sequence]));
  return { rows, reading: withReading({ format }, Object.fromEntries(columns)), fields: own as Reading };
}

/**
 * Tells the user that objects without a sequence or label are left out, as rows of a table are.
 *
 * @throws the error of the first one if they are most of the file
 */
function noteEmpty(rows: readonly JsonRow[], note: FormatOptions["note"]): void {
  const empty = rows.filter(({ error }) => error);
  const [first] = empty;
  if (!first) return;
  const filled = rows.filter(({ object }) => object.fields).length;
  if (empty.length * 2 > filled) throw first.error!;
  const what = counted(empty.length, "object with an empty field is", "objects with an empty field are");
  note?.(`${what} left out, the first in ${first.object.place}`);
}
