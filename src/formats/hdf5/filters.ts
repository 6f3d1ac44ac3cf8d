import { inflate } from "../inflate.ts";
import type { Hdf5Reader } from "./file.ts";

const [DEFLATE, SHUFFLE, FLETCHER32] = [1, 2, 3];

/** Reads a filter pipeline message. @returns the identifiers in the order of writing */
export function readFilters(reader: Hdf5Reader): number[] {
  const version = reader.version(1, 2);
  const count = reader.uint(1);
  if (version === 1) reader.take(6);
  return Array.from({ length: count }, () => {
    const id = reader.uint(2);
    const nameLength = version === 1 || id >= 256 ? reader.uint(2) : 0;
    reader.take(2);
    const values = reader.uint(2);
    reader.take(nameLength + values * 4 + (version === 1 && values % 2 ? 4 : 0));
    if (id < 1 || id > 3) reader.fail(`filter ${id} is not supported, only gzip, shuffle and fletcher32`);
    return id;
  });
}

/** Undoes the filters of a chunk. @param mask has a bit for each filter that was left out @param size bytes of the result */
export function undoFilters(
  reader: Hdf5Reader,
  bytes: Uint8Array,
  filters: readonly number[],
  mask: number,
  size: number,
  elementSize: number,
): Uint8Array {
  const used = filters.filter((_, i) => !((mask >> i) & 1));
  for (let i = used.length - 1; i >= 0; i--) {
    const before = size + 4 * used.slice(0, i).filter((id) => id === FLETCHER32).length;
    if (used[i] === DEFLATE) bytes = unzlib(reader, bytes, before);
    else if (used[i] === SHUFFLE) bytes = unshuffle(bytes, elementSize);
    else bytes = checkFletcher(reader, bytes);
  }
  return bytes.length === size ? bytes : reader.fail();
}

/** Undoes RFC 1950. */
function unzlib(reader: Hdf5Reader, bytes: Uint8Array, size: number): Uint8Array {
  const [method = 0, flags = 0] = bytes;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 || flags & 32) reader.fail();
  reader.file.budget.take(size, "HDF5");
  const [output, used] = inflate(bytes.subarray(2), size, "HDF5");
  let [low, high] = [1, 0];
  for (const byte of output) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  const sum = bytes.subarray(used + 2, used + 6).reduce((value, byte) => value * 256 + byte, 0);
  return sum === high * 65536 + low ? output : reader.fail();
}

function unshuffle(bytes: Uint8Array, elementSize: number): Uint8Array {
  const count = Math.floor(bytes.length / elementSize);
  const whole = count * elementSize;
  return bytes.map((byte, i) =>
    i < whole ? bytes[(i % elementSize) * count + Math.floor(i / elementSize)]! : byte,
  );
}

/** Fletcher's checksum as HDF5 computes it: over pairs of bytes, the first one high. */
function checkFletcher(reader: Hdf5Reader, bytes: Uint8Array): Uint8Array {
  const data = bytes.subarray(0, Math.max(0, bytes.length - 4));
  let [low, high] = [0, 0];
  for (let i = 0; i < data.length; i += 2) {
    low = (low + data[i]! * 256 + (data[i + 1] ?? 0)) % 65535;
    high = (high + low) % 65535;
  }
  const stored = reader.file.reader(bytes.subarray(data.length)).uint(4);
  // 0 and 65535 are equal modulo 65535, and HDF5 keeps either.
  const fits = (stored & 0xffff) % 65535 === low && (stored >>> 16) % 65535 === high;
  return fits ? data : reader.fail();
}
