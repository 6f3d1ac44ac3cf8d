import { UnrolledError } from "../errors.ts";

/** Throws ERR_FORMAT with the name of a format before the problem. */
export function formatError(format: string, problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `${format}: ${problem}`);
}

/**
 * A limit for the memory that a file may take beside its own bytes: 32 MiB and 20 times its size. Compressed weights take a tenth more than
 * their size, and bombs a thousand times. Structures count too, so files that lead in circles come to an end.
 */
export class Budget {
  #left: number;

  /** Makes a budget. @param size bytes of the file */
  constructor(size: number) {
    this.#left = 2 ** 25 + 20 * size;
  }

  /** Takes a number of bytes. @throws ERR_FORMAT if too few are left */
  take(bytes: number, format: string): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) {
      formatError(format, "it would take more memory than fits its size: damaged, or made to fill memory");
    }
  }
}

/** Reads little-endian values one after the other. All methods throw ERR_FORMAT if the bytes end early. */
export class ByteReader {
  /** Where the next value begins. */
  position: number;
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** The format's name, for errors. */
  readonly format: string;

  constructor(format: string, bytes: Uint8Array, position = 0) {
    this.format = format;
    this.bytes = bytes;
    this.position = position;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** Throws ERR_FORMAT. */
  fail(problem = "it is damaged or cut off"): never {
    return formatError(this.format, problem);
  }

  /** Returns the next bytes, without a copy. */
  take(length: number): Uint8Array {
    const begin = this.position;
    if (!(length >= 0 && length <= this.left)) this.fail();
    this.position = begin + length;
    return this.bytes.subarray(begin, this.position);
  }

  /** Reads an unsigned number of 0 to 8 bytes, below 2^53. */
  uint(size: number): number {
    const value = this.take(size).reduceRight((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : this.fail();
  }

  /** Reads text. */
  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  /** Checks the next bytes. */
  expect(signature: string): void {
    if (String.fromCharCode(...this.take(signature.length)) !== signature) this.fail();
  }
}
