import { type Budget, ByteReader } from "../byte-reader.ts";

// Format: support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

/** Reads values of an HDF5 file, whose addresses and lengths have sizes of their own. */
export class Hdf5Reader extends ByteReader {
  readonly file: Hdf5File;

  constructor(file: Hdf5File, bytes: Uint8Array, position = 0) {
    super("HDF5", bytes, position);
    this.file = file;
  }

  /** Reads an address; undefined if it is the one of nothing. */
  address(): number | undefined {
    const bytes = this.take(this.file.offsetSize);
    return bytes.every((byte) => byte === 255) ? undefined : this.file.reader(bytes).uint(bytes.length);
  }

  /** Reads a length. */
  length(): number {
    return this.uint(this.file.lengthSize);
  }

  /** Reads an address that must be there. */
  knownAddress(): number {
    return this.address() ?? this.fail();
  }

  /** Refuses a version that this reader does not know. */
  version(...known: readonly number[]): number {
    const found = this.uint(1);
    const expected = known.join(" or ");
    return known.includes(found) ? found : this.fail(`a part has version ${found}, expected ${expected}`);
  }
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Returns where the HDF5 file begins, behind a user block; undefined if there is none. */
export function findHdf5(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 8 <= bytes.length; at = at ? at * 2 : 512) {
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return undefined;
}

/** The bytes of a file, and what its superblock says. */
export class Hdf5File {
  readonly budget: Budget;
  /** Bytes of an address, and of a length. */
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** Address of the root group's object header. */
  readonly root: number;
  /** The bytes from the signature on, which addresses count from, whatever the superblock says. */
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, budget: Budget) {
    const begin = findHdf5(bytes);
    this.#bytes = bytes.subarray(begin);
    this.budget = budget;
    const reader = new Hdf5Reader(this, this.#bytes, 8);
    if (begin === undefined) reader.fail("not an HDF5 file");
    const version = reader.version(0, 1, 2, 3);
    if (version < 2) reader.take(4);
    this.offsetSize = reader.uint(1);
    this.lengthSize = reader.uint(1);
    reader.take([9, 13, 1, 1][version]!);
    reader.address();
    reader.address();
    const end = reader.address() ?? 0;
    if (end > bytes.length) reader.fail(`it is cut off: ${bytes.length} bytes of ${end}`);
    if (version < 2) reader.take(2 * this.offsetSize);
    this.root = reader.knownAddress();
  }

  /** Returns a reader at an address. @param length bytes that it may read; default: to the end of the file */
  at(address: number, length?: number): Hdf5Reader {
    this.budget.take(128 + (length ?? 0), "HDF5");
    const rest = this.reader(this.#bytes.subarray(Math.min(address, this.#bytes.length)));
    return length === undefined ? rest : this.reader(rest.take(length));
  }

  /** Returns a reader of a part. */
  reader(bytes: Uint8Array): Hdf5Reader {
    return new Hdf5Reader(this, bytes);
  }
}
