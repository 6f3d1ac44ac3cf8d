import { checkEntries, checkList, checkThat } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { parseSafetensors, type SafetensorsFile, writeSafetensors } from "../io/safetensors.ts";
import type { StoredTensor } from "../runtime/tensor.ts";
import { expectFinite } from "./damaged.ts";
import { FORMAT, refuseCheckpoint } from "./model-file.ts";

// The arithmetic of federated averaging (McMahan et al. 2017). Who trains, and how files travel, is up to the program.

/** `format` in the metadata of a file whose tensors are differences. No reader takes it for a model. */
const DELTA_FORMAT = "unrolled-delta";

/**
 * Averages the weights of models that were trained from the same model on the data of different clients: w = sum(n_i w_i) / sum(n_i)
 * for each number, in float64 and then rounded once (FedAvg, McMahan et al. 2017). Models that agree give their own bits. Buffers of
 * batch normalisation are averaged too; its counter of batches is rounded to a whole number.
 *
 * Deltas of {@link modelDelta} can be averaged in the same way. The result is a delta.
 *
 * @param models files of `serializeModel`, with equal specs, tables (such as vocabularies) and shapes. The result has the metadata of the first
 * @param counts number of training examples of each client, at least 0 and not all 0. Default: all alike
 * @returns the file of the average
 * @throws ERR_VALUE if there is no model, if counts are invalid, or if specs or tables differ; ERR_SHAPE if tensors differ in name or shape;
 *   ERR_NAN if a weight is not finite; ERR_FORMAT if bytes are not such a file, or are of a model in int8
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const client = () => new LanguageModel(rt, spec, textVocabulary("abc", spec));
 * const [a, b] = [client(), client()];
 * const average = loadModel(rt, averageModels([a, b].map((model) => serializeModel(model)), [30, 10]), [LanguageModel]);
 * const [x, y, z] = [a, b, average].map((model) => model.parameters()["rnn.weight_hh_l0"].data[0]);
 * console.log(z === Math.fround((30 * x + 10 * y) / 40)); // true
 * ```
 */
export function averageModels(
  models: readonly Uint8Array[],
  counts?: readonly number[],
): Uint8Array<ArrayBuffer> {
  checkList("averageModels: models", models);
  checkThat("averageModels: models", models, models.length > 0, "at least one model");
  const isCount = (count: unknown) => Number.isFinite(count) && (count as number) >= 0;
  const given = counts === undefined ? Array.from(models, () => 1) : counts;
  checkEntries("averageModels: counts", given, isCount, "a number of examples, at least 0");
  checkThat("averageModels: counts", given, given.length === models.length, "one for each model");
  const largest = given.reduce((most, count) => Math.max(most, count), 0);
  checkThat("averageModels: counts", given, largest > 0, "at least one above 0");
  const files = Array.from(models, (bytes, i) => open(`averageModels: models[${i}]`, bytes));
  const [first] = files as [File, ...File[]];
  for (const file of files) {
    expectSameKind(first, file);
    checkAlike(first, file);
  }
  // Counts of any size become about 1, so that no sum overflows. A division by a power of two rounds nothing.
  const scale = 2 ** Math.min(Math.trunc(Math.log2(largest)), 1023);
  const shares = Array.from(given, (count) => count / scale);
  const total = shares.reduce((sum, count) => sum + count, 0);
  return write(first, "the average", (name, i) => {
    const sum = files.reduce((sum, { tensors }, c) => sum + shares[c]! * tensors[name]!.data[i]!, 0);
    return sum / total;
  });
}

/**
 * Returns what training has changed: after - before for each number, in float64 and then rounded to float32. It is a safetensors file with the
 * metadata of the model, so that it can be averaged, and applied only to models with the same spec and tables.
 *
 * @param before file of the model that a client got
 * @param after file of the model that it has trained
 * @returns the file of the delta, of the same size
 * @throws the errors of {@link averageModels}; ERR_NAN if a difference is too large for float32
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary("abc", spec));
 * const before = serializeModel(model);
 * model.parameters()["head.bias"].data[0] += 0.5;
 * const delta = modelDelta(before, serializeModel(model));
 * console.log(parseSafetensors(delta).tensors["head.bias"].data); // Float32Array(4) [ 0.5, 0, 0, 0 ]
 * ```
 */
export function modelDelta(before: Uint8Array, after: Uint8Array): Uint8Array<ArrayBuffer> {
  const [from, to] = [open("modelDelta: before", before, FORMAT), open("modelDelta: after", after, FORMAT)];
  checkAlike(from, to);
  const delta = { ...from, metadata: { ...from.metadata, format: DELTA_FORMAT } };
  return write(delta, "the delta", (name, i) => to.tensors[name]!.data[i]! - from.tensors[name]!.data[i]!);
}

/**
 * Adds a delta to a model: w + d for each number, in float64 and then rounded to float32. `applyDelta(before, modelDelta(before, after))`
 * differs from `after` by at most 2^-24 (|after - before| + |after|), because the difference was rounded.
 *
 * @param model file of a model with the spec and the tables of the delta
 * @param delta file of {@link modelDelta}, or an average of such files
 * @returns the file of the changed model
 * @throws the errors of {@link averageModels}; ERR_NAN if a sum is too large for float32
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary("abc", spec));
 * const before = serializeModel(model);
 * model.parameters()["head.bias"].data[0] += 0.5;
 * const after = serializeModel(model);
 * const changed = loadModel(rt, applyDelta(before, modelDelta(before, after)), [LanguageModel]);
 * console.log(changed.parameters()["head.bias"].data[0] === model.parameters()["head.bias"].data[0]); // true
 * ```
 */
export function applyDelta(model: Uint8Array, delta: Uint8Array): Uint8Array<ArrayBuffer> {
  const [to, change] = [
    open("applyDelta: model", model, FORMAT),
    open("applyDelta: delta", delta, DELTA_FORMAT),
  ];
  checkAlike(to, change);
  return write(to, "the sum", (name, i) => to.tensors[name]!.data[i]! + change.tensors[name]!.data[i]!);
}

interface File extends SafetensorsFile {
  /** What it is, for errors. */
  readonly name: string;
}

/**
 * Opens the file of a model or delta. @param format the one that it must have; by default, either. @throws ERR_FORMAT if it is
 * something else; ERR_NAN if a number is not finite
 */
function open(name: string, bytes: Uint8Array, format?: string): File {
  if (!(bytes instanceof Uint8Array)) {
    const message = `${name} is of type ${typeof bytes}, expected a Uint8Array: the bytes of a model file`;
    throw new UnrolledError("ERR_VALUE", message);
  }
  const file = parseSafetensors(bytes);
  refuseCheckpoint(file);
  const found = file.metadata.format ?? "";
  if (!(format ? [format] : [FORMAT, DELTA_FORMAT]).includes(found)) {
    const expected = format === DELTA_FORMAT ? "a delta of modelDelta" : "a file of serializeModel";
    throw new UnrolledError("ERR_FORMAT", `${name} has other contents, expected ${expected}`);
  }
  if (file.metadata.dtype) {
    throw new UnrolledError(
      "ERR_FORMAT",
      `${name} is a model in int8, expected float32: rounding hides changes`,
    );
  }
  for (const [tensor, { data }] of Object.entries(file.tensors)) expectFinite(`${tensor} of ${name}`, data);
  return { ...file, name };
}

const kindOf = ({ metadata }: File) => (metadata.format === DELTA_FORMAT ? "a delta" : "a model");

/** @throws ERR_VALUE if one is a model and the other a delta */
function expectSameKind(a: File, b: File): void {
  if (kindOf(a) === kindOf(b)) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${b.name} is ${kindOf(b)} and ${a.name} is ${kindOf(a)}, expected only models or only deltas`,
  );
}

/** Metadata that may differ: what a file is, and how a client's data were read. */
const MAY_DIFFER = new Set(["format", "reading"]);

/** @throws ERR_VALUE if specs or tables differ; ERR_SHAPE if tensors differ in name or shape */
function checkAlike(a: File, b: File): void {
  for (const key of new Set([...Object.keys(a.metadata), ...Object.keys(b.metadata)])) {
    if (MAY_DIFFER.has(key) || a.metadata[key] === b.metadata[key]) continue;
    throw new UnrolledError("ERR_VALUE", `${b.name} has another ${key} than ${a.name}`);
  }
  for (const name of new Set([...Object.keys(a.tensors), ...Object.keys(b.tensors)])) {
    const [one, other] = [a, b].map(({ tensors }) => tensors[name] && `[${tensors[name].shape}]`);
    if (one === other) continue;
    throw new UnrolledError(
      "ERR_SHAPE",
      `${name} is ${one ?? "missing"} in ${a.name}, ${other ?? "missing"} in ${b.name}`,
    );
  }
}

/** Writes a file like `file`. @param number computes number i of a tensor @throws ERR_NAN if one is too large for float32 */
function write(
  { metadata, tensors }: SafetensorsFile,
  what: string,
  number: (name: string, i: number) => number,
): Uint8Array<ArrayBuffer> {
  const written: Record<string, StoredTensor> = Object.create(null);
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const whole = data instanceof Int32Array;
    const numbers = data.map((_: number, i: number) =>
      whole ? Math.round(number(name, i)) : number(name, i),
    );
    written[name] = { shape, data: expectFinite(`${name} of ${what}`, numbers) };
  }
  return writeSafetensors(written, metadata);
}
