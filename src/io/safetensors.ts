import { checkObject } from "../checks.ts";
import { counted, shortened, UnrolledError } from "../errors.ts";
import type { StoredTensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { DTYPES, type Dtype } from "./dtypes.ts";
import { HeaderReader } from "./header-reader.ts";

// Layout of a file (github.com/huggingface/safetensors):
// 1. The length N of the header, as a little-endian u64.
// 2. The header: N bytes of UTF-8 JSON, { "__metadata__"?: {name: string}, name: {dtype, shape, data_offsets: [begin, end)} }.
//    Offsets count from the end of the header.
// 3. The data. Elements are little-endian, in C order.

export type { StoredTensor };

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  /** The metadata; empty if the file has none. This object and `tensors` have no prototype, so any name is safe as a key. */
  readonly metadata: Record<string, string>;
  /** The tensors, in the order of the header. */
  readonly tensors: Record<string, StoredTensor>;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

const METADATA = "__metadata__";
const LENGTH_BYTES = 8;
/** Maximum length of a header, as in the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Maximum number of tensors, besides one for each 110 bytes of the file. In memory, a tensor takes up to 2 kB beside its data. An empty one
 * takes 55 bytes of a file; those of checkpoints, of which a network of 100 layers has 30,000, take 109 and more.
 */
const MAX_TENSORS = 6000;
const BYTES_PER_TENSOR = 110;

/**
 * Reads a safetensors file. Files from untrusted sources are safe, because everything is checked before use. The data is copied.
 * F32, F16, BF16 and F64 become a Float32Array, and F64 is rounded. I32, I64 and U8 become an Int32Array, I8 an Int8Array.
 *
 * @throws ERR_FORMAT if the file is damaged, if a tensor has any other dtype, if an I64 value does not fit in 32 bits, or if there are
 *   more than 6,000 tensors and one for each 110 bytes of the file
 *
 * @example
 * ```js
 * const weight = { shape: [1, 2], data: Float32Array.of(2, 3) };
 * const { tensors } = parseSafetensors(serializeSafetensors({ weight }));
 * const rt = await createRuntime();
 * const layer = new nn.Linear(rt, { inFeatures: 2, outFeatures: 1, bias: false });
 * layer.loadStateDict(tensors);
 * console.log(layer.forward(rt.tensor([10, 100], [1, 2])).item()); // 320
 * ```
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  return readTensors(bytes, ({ name, dtype, shape }, own) => ({ shape, data: dtype.read(own, name) }));
}

/**
 * Does what {@link parseSafetensors} does, but reads the data of a tensor each time that they are asked for. F32 at an
 * aligned address is a view of `bytes`, so the data must not be changed.
 */
export function openSafetensors(bytes: Uint8Array): SafetensorsFile {
  return readTensors(bytes, ({ name, dtype, shape }, own) => ({
    shape,
    get data() {
      return dtype.view?.(own) ?? dtype.read(own, name);
    },
  }));
}

function readTensors(
  bytes: Uint8Array,
  read: (entry: Entry, own: Uint8Array) => StoredTensor,
): SafetensorsFile {
  if (!(bytes instanceof Uint8Array)) fail("expected the bytes as a Uint8Array");
  const dataStart = LENGTH_BYTES + headerLength(bytes);
  const { metadata, entries } = readHeader(
    decodeUtf8(bytes.subarray(LENGTH_BYTES, dataStart)),
    MAX_TENSORS + bytes.length / BYTES_PER_TENSOR,
  );
  checkTiling(entries, bytes.length - dataStart);

  const tensors: Record<string, StoredTensor> = Object.create(null);
  for (const entry of entries) {
    tensors[entry.name] = read(entry, bytes.subarray(dataStart + entry.begin, dataStart + entry.end));
  }
  return { metadata, tensors };
}

/**
 * Returns the bytes of a safetensors file. Tensors keep their order. A Float32Array becomes F32, an Int32Array I32, and an Int8Array I8.
 * The header is padded with spaces to a multiple of 8 bytes. The same input gives the same bytes.
 *
 * @throws ERR_FORMAT if a shape does not fit its data, if a name is `__metadata__`, or if a metadata value is not a string
 *
 * @example
 * ```js
 * const weight = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * const bytes = serializeSafetensors({ weight }, { author: "me" });
 * const { tensors, metadata } = parseSafetensors(bytes);
 * console.log([...tensors.weight.data], metadata.author); // [ 1, 2, 3, 4 ] me
 * ```
 */
export function serializeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const [key, value] of Object.entries(checkObject("safetensors", metadata, "metadata are"))) {
    if (typeof value !== "string")
      fail(`metadata ${show(key)} is of type ${typeof value}, expected a string`);
  }
  for (const [name, tensor] of Object.entries(checkObject("safetensors", tensors, "tensors are"))) {
    const { shape, data } = checkObject(`safetensors: ${shortened(name)}`, tensor, "tensor is");
    if (name === METADATA) fail(`a tensor cannot be called ${METADATA}`);
    if (!Array.isArray(shape)) fail(`tensor ${show(name)}: its shape is not a list`);
    const count = elementCount(name, shape);
    if (count !== data?.length)
      fail(`tensor ${show(name)}: shape [${shape}] for ${counted(data?.length, "element", "elements")}`);
    if (!dtypeOf(data)) {
      fail(`tensor ${show(name)}: data is not a Float32Array or Int32Array, nor an Int8Array`);
    }
  }
  return writeSafetensors(tensors, metadata);
}

/** Does what {@link serializeSafetensors} does, without checks of the tensors and the metadata. */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header[METADATA] = metadata;
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [begin, end] };
  }

  const json = new TextEncoder().encode(JSON.stringify(header));
  const dataStart = LENGTH_BYTES + Math.ceil(json.length / 8) * 8;
  if (dataStart - LENGTH_BYTES > MAX_HEADER_BYTES)
    fail(`the header would be over ${MAX_HEADER_BYTES} bytes long`);
  const bytes = new Uint8Array(dataStart + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true);
  bytes.fill(0x20, LENGTH_BYTES, dataStart);
  bytes.set(json, LENGTH_BYTES);
  let at = dataStart;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Returns the dtype of an array that can be written. */
function dtypeOf(data: unknown): string | undefined {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Int32Array) return "I32";
  return data instanceof Int8Array ? "I8" : undefined;
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES)
    fail(`${counted(bytes.length, "byte", "bytes")}, expected at least ${LENGTH_BYTES}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  // The first bytes of a text, a picture or an archive are a far larger number.
  if (length > MAX_HEADER_BYTES) fail("not a file of this format, such as a model");
  if (length > bytes.length - LENGTH_BYTES) {
    fail(`the header is ${length} bytes long, but only ${bytes.length - LENGTH_BYTES} follow`);
  }
  return Number(length);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("the header is not valid UTF-8");
  }
}

function readHeader(text: string, most: number): { metadata: Record<string, string>; entries: Entry[] } {
  const metadata: Record<string, string> = Object.create(null);
  const entries: Entry[] = [];
  if (!text.startsWith("{")) fail(`the header begins with ${show(text.slice(0, 8))}, expected {`);
  const reader = new HeaderReader(text);
  reader.object((name) => {
    if (name === METADATA) reader.object((key) => (metadata[key] = reader.string()));
    else if (entries.push(readEntry(reader, name)) > most) fail("more tensors than fit its size");
  });
  reader.end();
  return { metadata, entries };
}

function readEntry(reader: HeaderReader, name: string): Entry {
  let dtypeName: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  reader.object((key) => {
    if (key === "dtype") dtypeName = reader.string();
    else if (key === "shape") shape = reader.integers();
    else if (key === "data_offsets") offsets = reader.integers();
    else reader.fail(`tensor ${show(name)}: unknown key ${show(key)}`);
  });
  if (dtypeName === undefined || shape === undefined || offsets === undefined) {
    return fail(`tensor ${show(name)}: expected dtype, shape and data_offsets`);
  }
  const dtype = DTYPES.get(dtypeName);
  if (!dtype) {
    return fail(
      `tensor ${show(name)}: dtype ${show(dtypeName)}, expected one of ${[...DTYPES.keys()].join(", ")}`,
    );
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || begin > end) {
    return fail(`tensor ${show(name)}: data_offsets [${offsets.slice(0, 3)}], expected [begin, end]`);
  }
  const expected = elementCount(name, shape) * dtype.size;
  if (end - begin !== expected) {
    fail(
      `tensor ${show(name)}: data_offsets span ${end - begin} bytes, its shape and dtype need ${expected}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Checks that the tensors cover the data exactly. @throws ERR_FORMAT if tensors overlap, leave a gap or exceed the data */
function checkTiling(entries: readonly Entry[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      fail(`tensor ${show(name)} begins at data byte ${begin}, expected ${covered}`);
    }
    if (end > dataLength) fail(`tensor ${show(name)} ends at data byte ${end}, but there are ${dataLength}`);
    covered = end;
  }
  if (covered !== dataLength) fail(`the tensors end at data byte ${covered}, but there are ${dataLength}`);
}

function elementCount(name: string, shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      fail(`tensor ${show(name)}: shape entry ${size} is not a count`);
    count *= size;
    if (!Number.isSafeInteger(count)) fail(`tensor ${show(name)}: its shape has more than 2^53 elements`);
  }
  return count;
}

function fail(problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `safetensors: ${problem}`);
}
