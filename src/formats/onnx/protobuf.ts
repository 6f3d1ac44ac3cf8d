import { copied, viewed } from "../../io/dtypes.ts";
import { fail } from "./fail.ts";

// A message is a row of fields. A field is a tag, which is a varint of 8 x its number + its wire type, and a value
// (protobuf.dev/programming-guides/encoding).

/** Wire types. 3 and 4 are groups, which ONNX does not use. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Maximum depth of messages in messages, as in Google's reader. */
const MAX_DEPTH = 100;

/** Maximum number of messages: in memory, one of 2 bytes takes 100 bytes and more. Models have 1,000 to 50,000. */
const MAX_MESSAGES = 2 ** 18;

/** A field of a message: the name that its value has in memory, and how it is read. */
export interface Field {
  readonly name: string;
  /**
   * Reads a value.
   *
   * @param type the wire type
   * @param before the value so far, undefined at first
   */
  readonly read: (wire: Wire, type: number, before: unknown) => unknown;
}

/** The fields of messages, by number. Others are skipped. */
export type Schema = Readonly<Record<number, Field>>;

/** A position in bytes, from which fields are read. All methods throw ERR_FORMAT if the bytes are damaged. */
export class Wire {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #end: number;
  #depth = 0;
  #messages = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  /** Refuses the bytes. @throws ERR_FORMAT, always */
  fail(problem: string): never {
    return fail(`not an ONNX model, or damaged: ${problem} before byte ${this.#at}`);
  }

  /** Whether all bytes are read. */
  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Reads an integer of 64 bits with sign. It is rounded beyond 2^53. */
  int(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.done) this.fail("the end inside a number");
      const byte = this.#bytes[this.#at++]!;
      const bits = byte & 127;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high = bits >> 4;
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
    return this.fail("a number of more than 10 bytes");
  }

  /** Takes a number of bytes. Returns a view. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.#end - this.#at) this.fail(`${length} bytes announced past the end`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Reads a number of 4 or 8 bytes. */
  float(size: number): number {
    this.take(size);
    const at = this.#at - size;
    return size === 4 ? this.#view.getFloat32(at, true) : this.#view.getFloat64(at, true);
  }

  /** Reads a message whose length comes first. */
  message(schema: Schema): unknown {
    const end = this.#end;
    const length = this.int();
    this.take(length);
    this.#end = this.#at;
    this.#at -= length;
    if (++this.#depth > MAX_DEPTH) this.fail(`messages nested more than ${MAX_DEPTH} deep`);
    const message = this.fields(schema);
    this.#depth--;
    this.#end = end;
    return message;
  }

  /** Reads fields up to the end of a message. */
  fields(schema: Schema): unknown {
    if (++this.#messages > MAX_MESSAGES) this.fail(`more than ${MAX_MESSAGES} messages`);
    const message: Record<string, unknown> = {};
    while (!this.done) {
      const tag = this.int();
      const type = tag & 7;
      const number = (tag - type) / 8;
      if (number < 1 || number >= 2 ** 29) this.fail(`field ${number}`);
      const field = schema[number];
      if (field) message[field.name] = field.read(this, type, message[field.name]);
      else this.#skip(type);
    }
    return message;
  }

  #skip(type: number): void {
    if (type === VARINT) this.int();
    else if (type === FIXED64) this.take(8);
    else if (type === LENGTH) this.take(this.int());
    else if (type === FIXED32) this.take(4);
    else this.fail(`wire type ${type}`);
  }
}

/** Makes a field that a message has at most once. */
const one =
  (type: number, read: (wire: Wire) => unknown) =>
  (name: string): Field => ({
    name,
    read(wire, given, before) {
      if (given !== type) wire.fail(`${name} of wire type ${given}`);
      if (before !== undefined) wire.fail(`a second ${name}`);
      return read(wire);
    },
  });

/** Makes a field that a message may have several times. */
const many =
  (type: number, read: (wire: Wire) => unknown) =>
  (name: string): Field => ({
    name,
    read(wire, given, before = []) {
      if (given !== type) wire.fail(`${name} of wire type ${given}`);
      (before as unknown[]).push(read(wire));
      return before;
    },
  });

/** Makes a field of numbers, which may be packed into one value. */
const packable =
  (
    type: number,
    read: (wire: Wire) => number,
    unpack: (wire: Wire, bytes: Uint8Array) => ArrayLike<number>,
  ) =>
  (name: string): Field => ({
    name,
    read(wire, given, before) {
      const numbers = given === LENGTH ? unpack(wire, wire.take(wire.int())) : undefined;
      if (!numbers && given !== type) wire.fail(`${name} of wire type ${given}`);
      if (numbers && !before) return numbers;
      const list = Array.isArray(before) ? before : Array.from((before ?? []) as number[]);
      if (!numbers) list.push(read(wire));
      else for (let i = 0; i < numbers.length; i++) list.push(numbers[i]);
      return list;
    },
  });

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(wire: Wire): string {
  const bytes = wire.take(wire.int());
  try {
    return decoder.decode(bytes);
  } catch {
    return wire.fail("a text that is not UTF-8");
  }
}

/** An integer. It becomes a number. */
export const int = one(VARINT, (wire) => wire.int());
/** A float32. */
export const float = one(FIXED32, (wire) => wire.float(4));
/** A text. It must be UTF-8. */
export const string = one(LENGTH, text);
/** Bytes. They become a view. */
export const bytes = one(LENGTH, (wire) => wire.take(wire.int()));
/** A message. `schema` is a function, because messages contain each other. */
export const message = (name: string, schema: () => Schema) =>
  one(LENGTH, (wire) => wire.message(schema()))(name);
/** Texts. */
export const strings = many(LENGTH, text);
/** Messages. */
export const messages = (name: string, schema: () => Schema) =>
  many(LENGTH, (wire) => wire.message(schema()))(name);
/** Integers. They become a list of numbers. */
export const ints = packable(
  VARINT,
  (wire) => wire.int(),
  (_, bytes) => {
    const inner = new Wire(bytes);
    const list: number[] = [];
    while (!inner.done) list.push(inner.int());
    return list;
  },
);
const fixed = (type: number, size: number, unpack: (bytes: Uint8Array) => ArrayLike<number>) =>
  packable(
    type,
    (wire) => wire.float(size),
    (wire, bytes) => (bytes.length % size ? wire.fail("part of a number") : unpack(bytes)),
  );
/** Numbers of float32. They become a list, or a Float32Array, which may be a view. */
export const floats = fixed(FIXED32, 4, (bytes) => viewed(bytes) ?? copied(Float32Array, bytes));
/** Numbers of float64. They become a list or a Float64Array. */
export const doubles = fixed(FIXED64, 8, (bytes) => copied(Float64Array, bytes));
