import { checkInstance, checkObject, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { parseSafetensors, type SafetensorsFile, writeSafetensors } from "../io/safetensors.ts";
import { checkDtype, type Dtype } from "../nn/stream/packed.ts";
import { measure } from "../runtime/meta.ts";
import { Runtime } from "../runtime/runtime.ts";
import type { StoredTensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { dequantized, quantized } from "./int8.ts";
import { type ModelClass, storedSpec, type Table, type TaskModel } from "./model.ts";

/** `format` in the metadata of a model file. */
export const FORMAT = "unrolled";

/**
 * Maximum number of lists, objects and keys in a JSON text of a file. Its lists may have as many entries, and one for each number
 * of the tensors. In memory, an entry is up to fifty times as large as its text.
 */
const MAX_PARTS = 65_536;

/** The contents of a model file. */
export interface ModelFile<M extends TaskModel = TaskModel> {
  /** The spec, with all defaults filled in. */
  readonly spec: M["spec"];
  /** Tables that turn data into numbers, such as a language model's `vocabulary`. */
  readonly tables: M["tables"];
  /** How the training data were read; undefined if the file does not say it. */
  readonly reading?: object | undefined;
  /** How the weights are stored. */
  readonly dtype: Dtype;
  /** Parameters and buffers by name. A file of int8 has each matrix as an Int8Array, and the scales of its rows under its name with `.scale`. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}

/**
 * Writes a model as one safetensors file. The tensors are the model's parameters and buffers. The metadata contain its spec
 * and tables as JSON.
 *
 * A file of int8 is about a quarter as large. Each matrix of weights [O, I] has 8 bits a number there, and a float32 scale for each
 * of its rows, in a tensor [O] of its name with `.scale`: scale = max |w| / 127, q = w / scale, rounded, and w = q * scale when it is
 * read. Vectors, such as biases, stay as they are. A model that was read from such a file is written as the same bytes.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_NAN if a weight is not finite and `dtype` is `int8`
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary("abc", spec));
 * const { metadata, tensors } = parseSafetensors(serializeModel(model));
 * console.log(metadata.vocabulary); // ["a","b","c","<UNK>"]
 * console.log(tensors["rnn.weight_ih_l0"].shape); // [ 32, 4 ]
 * const small = loadModel(rt, serializeModel(model, { dtype: "int8" }), [LanguageModel]);
 * console.log(small.dtype); // int8
 * ```
 */
export function serializeModel(
  model: TaskModel,
  options: {
    /** How to store the weights, `f32` or `int8`. Default: `dtype` of the model, which is that of the file from which it was read. */
    dtype?: Dtype;
  } = {},
): Uint8Array<ArrayBuffer> {
  const metadata = modelMetadata(model);
  const { dtype = model.dtype ?? "f32" } = checkOptions("serializeModel", options, "dtype");
  const state = model.stateDict();
  return checkDtype("serializeModel", dtype) === "f32"
    ? writeSafetensors(state, metadata)
    : writeSafetensors(quantized(state), { ...metadata, dtype });
}

/** Returns the metadata of a model file. */
export function modelMetadata(model: TaskModel): Record<string, string> {
  return {
    format: FORMAT,
    spec: JSON.stringify(storedSpec(model)),
    ...Object.fromEntries(Object.entries(model.tables).map(([name, table]) => [name, JSON.stringify(table)])),
    ...(model.reading && { reading: JSON.stringify(model.reading) }),
  };
}

/**
 * Reads a model file without building the model.
 *
 * @param kinds allowed model classes, such as `[Classifier, Tagger]`
 * @throws ERR_FORMAT if the bytes are not the file of a model of an allowed class
 */
export function parseModel<M extends TaskModel>(
  bytes: Uint8Array,
  kinds: readonly ModelClass<M>[],
): ModelFile<M> {
  return parseAs(bytes, kinds).file;
}

interface Opened<M extends TaskModel> {
  readonly kind: ModelClass<M>;
  readonly file: ModelFile<M>;
}

function parseAs<M extends TaskModel>(bytes: Uint8Array, kinds: readonly ModelClass<M>[]): Opened<M> {
  const stored = parseSafetensors(bytes);
  refuseCheckpoint(stored);
  const { kind, ...file } = readMetadata(stored, kinds);
  return { kind, file: { ...file, tensors: stored.tensors } };
}

/** @throws ERR_FORMAT if the file is a checkpoint, not a model */
export function refuseCheckpoint({ metadata }: SafetensorsFile): void {
  if (!metadata.checkpoint) return;
  throw new UnrolledError("ERR_FORMAT", "a checkpoint, not a model; continue it with train --resume");
}

/** A class of models, as the reader of a file sees it: a `ModelClass`, or a class of packed models. */
type FileKind<M extends TaskModel> = Pick<ModelClass<M>, "task" | "formerTask" | "schema" | "tables">;

/**
 * Reads the metadata of a model file.
 *
 * @param stored the whole file: its tables cannot have more entries than its tensors have numbers
 * @param kinds allowed model classes, such as `[Classifier, Tagger]`
 * @param advice end of the error if the model is of another class
 * @throws ERR_FORMAT if the metadata do not describe a model of an allowed class, ERR_VALUE if `kinds` is empty or missing
 */
export function readMetadata<M extends TaskModel, K extends FileKind<M>>(
  { metadata, tensors }: SafetensorsFile,
  kinds: readonly (K & FileKind<M>)[],
  advice = "",
): Omit<ModelFile<M>, "tensors"> & { readonly kind: K } {
  if (!Array.isArray(kinds as unknown) || !kinds.length || !Array.from(kinds).every((kind) => kind?.schema)) {
    const problem = "expected a list of model classes, such as [LanguageModel]";
    throw new UnrolledError("ERR_VALUE", problem);
  }
  const { format, spec: json } = metadata;
  if (format !== FORMAT || !json) {
    throw new UnrolledError("ERR_FORMAT", "not a file of unrolled: its metadata have no spec");
  }
  const given = intact(() => parseJson(json));
  const kind = kinds.find(({ task, formerTask }) => [task, formerTask ?? task].includes(given?.task));
  if (!kind) {
    const expected = kinds.map(({ task }) => task).join(" or ");
    throw new UnrolledError(
      "ERR_FORMAT",
      `the model's task is ${show(given?.task)}, expected ${expected}${advice}`,
    );
  }
  return intact(() => {
    const spec = kind.schema().check({ ...given, task: kind.task }, "spec");
    const tables: Record<string, Table> = {};
    for (const [name, reader] of Object.entries(kind.tables(spec))) {
      const table = metadata[name];
      if (table === undefined) throw new UnrolledError("ERR_FORMAT", `its metadata have no ${name}`);
      tables[name] = reader.fromJSON(parseJson(table, numbersIn(tensors)));
    }
    const dtype = checkDtype("metadata", (metadata.dtype ?? "f32") as Dtype);
    const reading =
      metadata.reading && checkObject("reading", parseJson(metadata.reading) as object, "it is");
    return { kind, spec, tables, dtype, reading: reading || undefined };
  });
}

/**
 * Parses a JSON text of a file.
 *
 * @param more how many entries its lists may have beyond `MAX_PARTS`
 * @throws ERR_FORMAT if it is too large in memory, SyntaxError if it is not JSON
 */
export function parseJson(json: string, more = 0) {
  const has = (mark: RegExp, most: number) =>
    json.length > most && json.split(mark, most + 2).length > most + 1;
  if (has(/[[{]|":/, MAX_PARTS) || has(/,/, MAX_PARTS + more)) {
    throw new UnrolledError("ERR_FORMAT", "a table or spec has more entries than the tensors can need");
  }
  return JSON.parse(json);
}

/** Returns how many numbers the tensors have in total. */
function numbersIn(tensors: Readonly<Record<string, StoredTensor>>): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
}

/** Returns the result of `read`. @throws ERR_FORMAT if `read` throws any error */
function intact<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UnrolledError("ERR_FORMAT", `the model does not fit or is damaged: ${message}`, { cause });
  }
}

/**
 * Rebuilds a model from its file.
 *
 * @param bytes the contents of the file
 * @param kinds allowed model classes, such as `[Classifier, Tagger]`
 * @throws ERR_FORMAT if the file is damaged or its model has a different class, ERR_SHAPE if a tensor has the wrong shape
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary("abc", spec));
 * const loaded = loadModel(rt, serializeModel(model), [LanguageModel]);
 * console.log(loaded.vocabulary.symbols, loaded.spec.hidden); // [ 'a', 'b', 'c', '<UNK>' ] 8
 * console.log(loaded.pack().score("cab").perplexity === model.pack().score("cab").perplexity); // true
 * ```
 */
export function loadModel<M extends TaskModel>(
  runtime: Runtime,
  bytes: Uint8Array,
  kinds: readonly ModelClass<M>[],
): M {
  checkInstance("loadModel: runtime", runtime, Runtime, "a Runtime; see createRuntime");
  const { kind, file } = parseAs(bytes, kinds);
  return buildModel(runtime, kind, file);
}

/**
 * Builds a model from the contents of a file. Draws no random initial weights, because the file has all weights.
 *
 * @throws ERR_FORMAT if the spec is invalid, if a tensor is missing or unknown, or if the model needs more numbers than all
 *   tensors of the file have
 * @throws ERR_SHAPE if a tensor has the wrong shape
 */
export function buildModel<M extends TaskModel>(
  runtime: Runtime,
  kind: ModelClass<M>,
  { spec, tables, tensors, reading, dtype }: ModelFile<M>,
): M {
  // A damaged spec may describe a huge model. `measure` therefore first counts the numbers of the model, without allocating
  // memory. It throws an error if the model needs more numbers than the file has.
  intact(() => measure((meta) => kind.build(meta, spec, tables), numbersIn(tensors)));
  const model = runtime.skipInit(() => kind.build(runtime, spec, tables));
  if (reading) model.reading = reading;
  try {
    model.loadStateDict(dtype === "int8" ? dequantized(tensors, model.parameters()) : tensors);
    model.dtype = dtype;
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}
