import type { ElementType, Value } from "../../graph/graph.ts";
import { show } from "../../schema.ts";
import { countOf, readElements } from "../elements.ts";
import type { Hdf5File, Hdf5Reader } from "./file.ts";

/** A type of elements. */
export interface Datatype {
  readonly size: number;
  readonly kind: ElementType | "text" | "shared text" | "opaque";
  readonly little: boolean;
  /** Whether texts end at the first zero byte; else zeros or spaces are cut off at the end. */
  readonly terminated: boolean;
}

const FLOATS: Readonly<Record<string, ElementType>> = {
  // bits of the exponent and the mantissa
  "8 23": "float32",
  "5 10": "float16",
  "8 7": "bfloat16",
  "11 52": "float64",
};

/** Reads a datatype message. @returns undefined if its elements are nothing that models need */
export function readDatatype(reader: Hdf5Reader): Datatype | undefined {
  const first = reader.uint(1);
  const flags = reader.uint(3);
  const size = reader.uint(4);
  const type = first & 15;
  const little = !(flags & 1);
  const padding = flags & 15;
  const known = (kind: Datatype["kind"]) => ({ size, kind, little, terminated: padding === 0 });
  if (type === 0 && [1, 2, 4, 8].includes(size)) {
    const whole = reader.uint(2) === 0 && reader.uint(2) === size * 8;
    return whole ? known(`${flags & 8 ? "int" : "uint"}${size * 8}` as ElementType) : undefined;
  }
  if (type === 1) {
    reader.take(5);
    const exponent = reader.uint(1);
    reader.take(1);
    const kind = FLOATS[`${exponent} ${reader.uint(1)}`];
    return kind && size === (kind === "bfloat16" ? 2 : Number(kind.slice(5)) / 8) ? known(kind) : undefined;
  }
  if (type === 3) return known("text");
  if (type === 5) return known("opaque");
  if (type === 8) return readDatatype(reader); // an enumeration, as h5py writes bools
  return type === 9 && padding === 1 ? known("shared text") : undefined;
}

/** The shape of data, and the largest that it may have. */
export interface Dataspace {
  readonly shape: readonly number[];
  /** Infinity along axes that can grow without end. */
  readonly most: readonly number[];
}

/** Reads a dataspace message; undefined if it says that there are no data. */
export function readDataspace(reader: Hdf5Reader): Dataspace | undefined {
  const version = reader.version(1, 2);
  const rank = reader.uint(1);
  const limited = (reader.uint(1) & 1) > 0;
  const none = reader.uint(1) === 2 && version === 2;
  if (version === 1) reader.take(4);
  if (rank > 32) reader.fail(`a dataset has ${rank} axes, expected at most 32`);
  const shape = Array.from({ length: rank }, () => reader.length());
  const end = (bytes: Uint8Array) => bytes.every((byte) => byte === 255);
  const most = shape.map((length) => {
    if (!limited) return length;
    const bytes = reader.take(reader.file.lengthSize);
    return end(bytes) ? Number.POSITIVE_INFINITY : reader.file.reader(bytes).length();
  });
  return none ? undefined : { shape, most };
}

/** A text, texts or numbers. */
export type Hdf5Value = string | readonly string[] | Value;

/** Decodes elements. @param shared reads a text of the global heap */
export function decode(
  file: Hdf5File,
  type: Datatype,
  shape: readonly number[],
  bytes: Uint8Array,
  shared: (address: number, index: number) => Uint8Array,
  name: string,
): Hdf5Value {
  const reader = file.reader(bytes);
  const { kind, size, little } = type;
  const count = countOf(shape, "HDF5", name);
  if (kind === "opaque") return reader.fail(`${show(name)} has a type of elements that is not supported`);
  if (kind !== "text" && kind !== "shared text") {
    file.budget.take(count * 4 + 64, "HDF5");
    return readElements(kind, shape, reader.take(count * size), { format: "HDF5", name, little });
  }
  const readText = () => {
    file.budget.take(64 + size, "HDF5");
    if (kind === "text") return reader.take(size);
    const length = reader.uint(4);
    const [address, index] = [reader.address(), reader.uint(4)];
    if (!length || !address) return new Uint8Array(0);
    file.budget.take(length * 2, "HDF5");
    return file.reader(shared(address, index)).take(length);
  };
  const texts = [];
  // Texts of no bytes take none of the file.
  if (count > bytes.length) reader.take(count);
  for (let i = 0; i < count; i++) {
    const text = readText();
    const zero = kind === "text" && !type.terminated ? -1 : text.indexOf(0);
    const decoded = new TextDecoder().decode(zero < 0 ? text : text.subarray(0, zero));
    texts.push(zero < 0 && kind === "text" ? decoded.replace(/[\0 ]+$/, "") : decoded);
  }
  return shape.length ? texts : texts[0]!;
}
