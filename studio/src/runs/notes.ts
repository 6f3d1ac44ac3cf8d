import type { Losses, Point } from "./history.ts";
import type { Plan, Run, Scored, Source } from "./run.ts";

// A model file of the studio is a model file of the package whose metadata also have the notes of its run: name, settings, losses and
// scores. So every reader of model files opens it, and the studio shows all that it knows. Layout of safetensors: the length of the
// header in 8 bytes, the header as JSON, the tensors.

/** What a file says of its run, beside the model. */
export type Notes = Pick<Run, "name" | "created" | "plan" | "iteration" | "iterations" | "losses"> &
  Pick<Run, "best" | "last">;

const KEY = "studio";
const LENGTH_BYTES = 8;

interface Header {
  __metadata__?: Record<string, string>;
}

/** Splits a safetensors file. @throws Error if it is none */
function split(bytes: Uint8Array): { readonly header: Header; readonly tensors: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = LENGTH_BYTES + Number(view.getBigUint64(0, true));
  const json = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end));
  return { header: JSON.parse(json), tensors: bytes.subarray(end) };
}

/** Returns a model file with the notes of its run. */
export function withNotes(model: Uint8Array, run: Run): Uint8Array<ArrayBuffer> {
  const { header, tensors } = split(model);
  const { name, created, plan, iteration, iterations, losses, best, last } = run;
  const notes: Notes = { name, created, plan, iteration, iterations, losses, best, last };
  header.__metadata__ = { ...header.__metadata__, [KEY]: JSON.stringify(notes) };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8; // tensors begin at a multiple of 8 bytes
  const file = new Uint8Array(LENGTH_BYTES + padded + tensors.length).fill(32, 0, LENGTH_BYTES + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(json, LENGTH_BYTES);
  file.set(tensors, LENGTH_BYTES + padded);
  return file;
}

/** Returns the notes of a model file, or undefined if it has none that can be used. The file may come from anywhere. */
export function notesOf(bytes: Uint8Array): Notes | undefined {
  try {
    const notes: unknown = JSON.parse(split(bytes).header.__metadata__?.[KEY] ?? "null");
    return isNotes(notes) ? notes : undefined;
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number";
const isText = (value: unknown): value is string => typeof value === "string" && value.length <= 300;

const isNotes = (value: unknown): value is Notes =>
  isFields(value) &&
  isText(value.name) &&
  [value.created, value.iteration, value.iterations].every(isNumber) &&
  isPlan(value.plan) &&
  isLosses(value.losses) &&
  [value.best, value.last].every((scored) => scored === undefined || isScored(scored));

const isPlan = (value: unknown): value is Plan =>
  isFields(value) &&
  isText(value.task) &&
  isSource(value.source) &&
  [value.options, value.spec, value.recipe].every(isFields) &&
  isFields(value.length) &&
  [value.length.epochs, value.length.iterations].some(isNumber) &&
  isNumber(value.threads) &&
  (value.from === undefined || isText(value.from));

const isSource = (value: unknown): value is Source =>
  isFields(value) &&
  (value.kind === "dataset"
    ? isText(value.id)
    : isText(value.name) && (value.kind === "model" || (value.kind === "file" && isNumber(value.bytes))));

const isLosses = (value: unknown): value is Losses =>
  isFields(value) && isNumber(value.each) && isPoints(value.steps) && isPoints(value.validations);

const isPoints = (value: unknown): value is readonly Point[] =>
  Array.isArray(value) &&
  value.length <= 2000 &&
  value.every((point) => isFields(point) && isNumber(point.iteration) && isNumber(point.loss));

const isScored = (value: unknown): value is Scored =>
  isFields(value) &&
  isNumber(value.iteration) &&
  isFields(value.evaluation) &&
  isNumber(value.evaluation.loss);
