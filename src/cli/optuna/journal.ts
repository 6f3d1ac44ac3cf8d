import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { UnrolledError } from "../../errors.ts";
import { reason } from "../../storage/files.node.ts";
import { withLock } from "./lock.ts";
import { type Operation, parseOperation, Studies } from "./studies.ts";

const NEWLINE = 10;
/** How each line of a journal begins. A cut line that begins otherwise is not ours to remove. */
const START = '{"op_code":';

/** An operation without the fields that the journal adds. */
export interface NewOperation {
  readonly op_code: number;
  readonly [field: string]: unknown;
}

/** Appends an operation. */
export type Append = (operation: NewOperation) => void;

/**
 * The journal file of an Optuna study: a line of JSON for each operation. Readers replay all lines, and writers append whole
 * lines under a lock. So all processes see the same studies, and the order of the lines decides who was first.
 */
export class Journal {
  /** The studies, as far as the file has been read. */
  readonly studies = new Studies();
  readonly #file: string;
  readonly #worker = `${randomUUID()}-${process.pid}`;
  /** Bytes and lines that have been read. */
  #read = 0;
  #lines = 0;

  /**
   * Opens a journal and reads it. The first change creates the file if it does not exist.
   *
   * @throws ERR_FILE, or ERR_FORMAT naming the line if the file is not a journal
   */
  constructor(file: string) {
    this.#file = file;
    this.sync();
  }

  /** Reads what other processes have written. */
  sync(): void {
    if (existsSync(this.#file)) this.#open("r", (fd) => this.#sync(fd));
  }

  /**
   * Changes the studies. The lock is held from reading to writing, so nobody else writes in between.
   *
   * @param change looks at `studies` and appends operations. They count when it has returned.
   */
  update<T>(change: (append: Append) => T): T {
    return this.#open("a+", (fd) =>
      withLock(this.#file, () => {
        this.#cut(fd, this.#sync(fd));
        const operations: Operation[] = [];
        const result = change(({ op_code, ...fields }) =>
          operations.push({ op_code, worker_id: this.#worker, ...fields }),
        );
        this.#append(fd, operations);
        return result;
      }),
    );
  }

  #open<T>(mode: "r" | "a+", use: (fd: number) => T): T {
    let fd: number | undefined;
    try {
      fd = openSync(this.#file, mode);
      return use(fd);
    } catch (cause) {
      if (cause instanceof UnrolledError || !(cause as NodeJS.ErrnoException).code) throw cause;
      throw new UnrolledError("ERR_FILE", `cannot use ${this.#file}: ${reason(cause)}`, { cause });
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Reads new whole lines. @returns what follows the last of them: a line that is being written, or was cut by a kill */
  #sync(fd: number): Buffer {
    const { size } = fstatSync(fd);
    if (size < this.#read) {
      throw new UnrolledError("ERR_STATE", `${this.#file} was replaced by another file`);
    }
    let bytes = Buffer.alloc(size - this.#read);
    bytes = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, this.#read));
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      this.#apply(bytes.toString("utf8", at, end));
      this.#read += end + 1 - at;
      at = end + 1;
    }
    return bytes.subarray(at);
  }

  #apply(line: string): void {
    this.#lines += 1;
    try {
      this.studies.apply(parseOperation(line));
    } catch (cause) {
      const problem = `line ${this.#lines} is not an operation of Optuna's journal`;
      throw new UnrolledError("ERR_FORMAT", `${this.#file}: ${problem} (${(cause as Error).message})`, {
        cause,
      });
    }
  }

  /**
   * Removes a line that a kill has cut. Optuna ignores such a line as long as it is the last, but appends to it: the file would
   * then have a line that nobody can read. Whoever wrote it does not have the lock, so it will not be completed.
   */
  #cut(fd: number, rest: Buffer): void {
    if (rest.length === 0) return;
    const start = rest.toString("utf8", 0, START.length);
    if (!START.startsWith(start)) {
      throw new UnrolledError("ERR_FORMAT", `${this.#file} is not the file of an Optuna journal`);
    }
    ftruncateSync(fd, this.#read);
  }

  #append(fd: number, operations: readonly Operation[]): void {
    const lines = operations.map((operation) => JSON.stringify(operation));
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } catch (error) {
      ftruncateSync(fd, this.#read); // the disk is full
      throw error;
    }
    lines.forEach((line) => void this.#apply(line));
    this.#read += bytes.length;
  }
}
