import { formatError } from "./byte-reader.ts";

// RFC 1951. Own code, since what libraries offer does not stop at a given size: fflate 0.8 continues past the end of its output and
// takes 2.0 kB, this 0.9 kB.

/** The order in which lengths of code lengths are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A prefix code: for each possible next `bits` bits, the symbol times 16 plus the length of its code; 0 if there is no code. */
interface Code {
  readonly bits: number;
  readonly table: Uint16Array;
}

/** Makes the canonical code of lengths. @returns undefined if the lengths are no code */
function codeOf(lengths: Uint8Array): Code | undefined {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  let bits = 15;
  while (bits > 1 && !counts[bits]) bits--;
  const next = new Uint32Array(16);
  for (let length = 2; length <= bits; length++)
    next[length] = (next[length - 1]! + counts[length - 1]!) << 1;
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (!length) continue;
    let code = next[length]!++;
    if (code >> length) return undefined;
    let reversed = 0;
    for (let i = 0; i < length; i++, code >>= 1) reversed = (reversed << 1) | (code & 1);
    for (let i = reversed; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
  }
  return { bits, table };
}

let fixed: readonly [Code, Code] | undefined;

function fixedCodes(): readonly [Code, Code] {
  const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  fixed ??= [codeOf(lengths)!, codeOf(new Uint8Array(30).fill(5))!];
  return fixed;
}

/**
 * Decompresses a deflate stream.
 *
 * @param size bytes of the result, which the caller has checked
 * @returns the bytes, and how many bytes of the input the stream took
 * @throws ERR_FORMAT if the stream is damaged or has another size
 */
export function inflate(input: Uint8Array, size: number, format: string): [output: Uint8Array, used: number] {
  const output = new Uint8Array(size);
  let written = 0;
  let position = 0;
  /** Bits that are read but not used, and their number. */
  let held = 0;
  let count = 0;
  const fail = (): never =>
    formatError(format, "compressed data are damaged, or have another size than the file says");

  const need = (bits: number) => {
    while (count < bits) {
      held |= (input[position++] ?? 0) << count;
      count += 8;
    }
  };
  /** Drops bits. Zeros are read past the end, because codes are looked up with more bits than they have. */
  const drop = (bits: number) => {
    held >>>= bits;
    count -= bits;
    if (position - (count >> 3) > input.length) fail();
  };
  const read = (bits: number): number => {
    need(bits);
    const value = held & ((1 << bits) - 1);
    drop(bits);
    return value;
  };
  const symbol = ({ bits, table }: Code): number => {
    need(bits);
    const entry = table[held & ((1 << bits) - 1)]!;
    if (!entry) fail();
    drop(entry & 15);
    return entry >> 4;
  };
  const readCodes = (): readonly [Code, Code] => {
    const [literals, distances, own] = [read(5) + 257, read(5) + 1, read(4) + 4];
    if (literals > 286 || distances > 30) fail();
    const ofLengths = new Uint8Array(19);
    for (const place of ORDER.slice(0, own)) ofLengths[place] = read(3);
    const code = codeOf(ofLengths) ?? fail();
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const length = symbol(code);
      if (length < 16) {
        lengths[i++] = length;
        continue;
      }
      if (length === 16 && !i) fail();
      const repeated = length === 16 ? lengths[i - 1]! : 0;
      const end = i + (length === 16 ? 3 + read(2) : length === 17 ? 3 + read(3) : 11 + read(7));
      if (end > lengths.length) fail();
      lengths.fill(repeated, i, end);
      i = end;
    }
    return [codeOf(lengths.subarray(0, literals)) ?? fail(), codeOf(lengths.subarray(literals)) ?? fail()];
  };

  let last = false;
  while (!last) {
    last = read(1) === 1;
    const type = read(2);
    if (type === 3) fail();
    if (type === 0) {
      drop(count & 7);
      const length = read(16);
      if ((read(16) ^ length) !== 0xffff) fail();
      position -= count >> 3;
      held = count = 0;
      if (length > input.length - position || length > size - written) fail();
      output.set(input.subarray(position, position + length), written);
      position += length;
      written += length;
      continue;
    }
    const [literals, distances] = type === 1 ? fixedCodes() : readCodes();
    for (let value = symbol(literals); value !== 256; value = symbol(literals)) {
      if (value < 256) {
        if (written === size) fail();
        output[written++] = value;
        continue;
      }
      // Lengths 3 to 10 have no extra bits, then each four lengths one more; 258 has a symbol of its own.
      const step = value - 257;
      const extra = step < 8 || step === 28 ? 0 : (step >> 2) - 1;
      const length = step === 28 ? 258 : step < 8 ? step + 3 : ((4 + (step & 3)) << extra) + 3 + read(extra);
      const far = symbol(distances);
      if (step > 28 || far > 29) fail();
      const more = far < 4 ? 0 : (far >> 1) - 1;
      const distance = far < 4 ? far + 1 : ((2 + (far & 1)) << more) + 1 + read(more);
      if (distance > written || length > size - written) fail();
      for (const end = written + length; written < end; written++)
        output[written] = output[written - distance]!;
    }
  }
  if (written !== size) fail();
  return [output, position - (count >> 3)];
}
