import { show } from "../../schema.ts";
import { type Budget, ByteReader } from "../byte-reader.ts";

// pkware.com/appnote (version 6.3): the central directory at the end counts; local headers only say where data begin.

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** Decompresses deflate, as `inflate` in ../inflate.ts does. */
type Inflate = (
  input: Uint8Array,
  size: number,
  format: string,
) => readonly [output: Uint8Array, used: number];

/** A file in an archive. Its name is only a name: nothing is written. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Unpacks it. Stored data are a view of the archive. @throws ERR_FORMAT if it is damaged or too large */
  read(): Uint8Array;
}

/** Computes the CRC-32 of bytes. */
export function crc32(bytes: Uint8Array): number {
  const table = Int32Array.from({ length: 256 }, (_, i) => {
    for (let bit = 0; bit < 8; bit++) i = i & 1 ? (i >>> 1) ^ 0xedb88320 : i >>> 1;
    return i;
  });
  let sum = -1;
  for (const byte of bytes) sum = (sum >>> 8) ^ table[(sum ^ byte) & 255]!;
  return ~sum >>> 0;
}

/**
 * Opens a zip archive.
 *
 * @param budget pays for what is unpacked
 * @param inflate decompresses. Without it, compressed files are refused, which saves pages 0.9 kB
 * @returns the files by name
 * @throws ERR_FORMAT if the directory is missing or damaged, or if a name occurs twice
 */
export function openZip(bytes: Uint8Array, budget: Budget, inflate?: Inflate): ReadonlyMap<string, ZipEntry> {
  const reader = (position: number) => new ByteReader("zip", bytes, position);
  const { count, begin, end } = findDirectory(bytes, reader);
  const entries = new Map<string, ZipEntry>();
  const directory = reader(begin);
  for (let i = 0; i < count; i++) {
    const { name, ...place } = readEntry(directory);
    if (directory.position > end) directory.fail();
    if (entries.has(name)) directory.fail(`${show(name)} occurs twice`);
    budget.take(200 + name.length, "zip");
    entries.set(name, { name, size: place.size, read: () => unpack(name, place, reader, budget, inflate) });
  }
  return entries;
}

function findDirectory(bytes: Uint8Array, reader: (position: number) => ByteReader) {
  // A comment of up to 64 kB may follow.
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 0xffff; at--) {
    const end = reader(at);
    if (end.uint(4) !== END) continue;
    end.take(6);
    let count = end.uint(2);
    let size = end.uint(4);
    let begin = end.uint(4);
    if (end.uint(2) !== end.left) continue;
    const locator = at >= 20 ? reader(at - 20) : undefined;
    if (locator?.uint(4) === LOCATOR64) {
      locator.take(4);
      const end64 = reader(locator.uint(8));
      if (end64.uint(4) !== END64) end64.fail();
      end64.take(28);
      count = end64.uint(8);
      size = end64.uint(8);
      begin = end64.uint(8);
    }
    if (begin + size > at) end.fail();
    return { count, begin, end: begin + size };
  }
  return reader(0).fail();
}

interface Place {
  readonly method: number;
  readonly sum: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
  readonly encrypted: boolean;
}

function readEntry(reader: ByteReader): Place & { name: string } {
  if (reader.uint(4) !== ENTRY) reader.fail();
  reader.take(4);
  const flags = reader.uint(2);
  const method = reader.uint(2);
  reader.take(4);
  const sum = reader.uint(4);
  let packed = reader.uint(4);
  let size = reader.uint(4);
  const [nameLength, extraLength, commentLength] = [reader.uint(2), reader.uint(2), reader.uint(2)];
  reader.take(8);
  let header = reader.uint(4);
  const name = reader.text(nameLength);
  const extra = new ByteReader("zip", reader.take(extraLength));
  while (extra.left >= 4) {
    const id = extra.uint(2);
    const field = new ByteReader("zip", extra.take(extra.uint(2)));
    if (id !== 1) continue; // sizes of 64 bits, for those that are 2^32 - 1 above
    if (size === 0xffffffff) size = field.uint(8);
    if (packed === 0xffffffff) packed = field.uint(8);
    if (header === 0xffffffff) header = field.uint(8);
  }
  reader.take(commentLength);
  return { name, method, sum, packed, size, header, encrypted: (flags & 1) === 1 };
}

function unpack(
  name: string,
  place: Place,
  reader: (position: number) => ByteReader,
  budget: Budget,
  inflate: Inflate | undefined,
): Uint8Array {
  const local = reader(place.header);
  if (local.uint(4) !== LOCAL) local.fail();
  local.take(22);
  const [nameLength, extraLength] = [local.uint(2), local.uint(2)];
  local.take(nameLength + extraLength);
  const packed = local.take(place.packed);
  const { method, size } = place;
  if (place.encrypted || (method && (method !== 8 || !inflate))) {
    local.fail(`${show(name)} is encrypted, or compressed in a way that is not supported: unpack it`);
  }
  let bytes = packed;
  if (method) {
    budget.take(size, `zip: ${show(name)}`);
    [bytes] = inflate!(packed, size, `zip: ${show(name)}`);
  } else if (size !== packed.length) local.fail();
  if (crc32(bytes) !== place.sum) local.fail(`${show(name)} is damaged`);
  return bytes;
}
