// What a message looks like is in protobuf.ts. Parts are copied once, by `joined`.

/** A part of a message: bytes, or parts one behind the other. */
export type Part = Uint8Array | Row;

interface Row {
  /** Number of bytes. */
  readonly length: number;
  readonly parts: readonly Part[];
}

const encoder = new TextEncoder();

const row = (parts: readonly Part[]): Row => ({
  length: parts.reduce((sum, { length }) => sum + length, 0),
  parts,
});

/** Returns an integer of 64 bits in groups of 7 bits, the lowest first. Each but the last has its highest bit set. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) + 128);
  return [...bytes, Number(rest)];
}

const tagged = (field: number, type: number, value: readonly number[] = []) =>
  Uint8Array.of(...varint(field * 8 + type), ...value);

/** Writes an integer of up to 64 bits. */
export const int = (field: number, value: number | bigint) => tagged(field, 0, varint(value));

/** Writes a message. */
export function message(field: number, ...parts: readonly Part[]): Part {
  const inner = row(parts);
  return row([tagged(field, 2, varint(inner.length)), inner]);
}

/** Writes bytes. */
export const bytes = (field: number, value: Uint8Array) => message(field, value);

/** Writes a text. */
export const string = (field: number, value: string) => bytes(field, encoder.encode(value));

/** Returns the bytes of numbers. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Writes a number of float32. */
export const float = (field: number, value: number) =>
  row([tagged(field, 5), bytesOf(Float32Array.of(value))]);

/** Writes integers, packed into one value. */
export const ints = (field: number, values: readonly (number | bigint)[]) =>
  bytes(field, Uint8Array.from(values.flatMap(varint)));

/** Writes numbers of float32, packed into one value. */
export const floats = (field: number, values: readonly number[]) =>
  bytes(field, bytesOf(Float32Array.from(values)));

/** Puts the fields of a message together. */
export function joined(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(row(parts).length);
  let at = 0;
  const write = (part: Part) => {
    if ("parts" in part) return part.parts.forEach(write);
    bytes.set(part, at);
    at += part.length;
  };
  parts.forEach(write);
  return bytes;
}
