import { createHash, type Hash } from "node:crypto";
import { createReadStream, realpathSync } from "node:fs";
import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { UnrolledError } from "../errors.ts";
import { decodeText } from "../tasks/decode.ts";
import type { TextSource } from "../tasks/source.ts";

/** @throws ERR_FILE saying which file and why */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read ${file}: ${reason(cause)}`, { cause });
  }
}

/** A text file, which is read piece by piece. */
export function openText(file: string): TextSource {
  const sum = createHash("sha256");
  return { name: file, chunks: decodeText(readPieces(file, sum), file), hash: async () => sum.digest("hex") };
}

async function* readPieces(file: string, sum: Hash): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(file)) {
      sum.update(bytes);
      yield bytes;
    }
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read ${file}: ${reason(cause)}`, { cause });
  }
}

/** Writes a file whole or not at all. @throws ERR_FILE; what was there before is untouched then */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(file, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
  }
}

/** For work that takes long, whether `writeWhole` can be expected to succeed after it. @throws ERR_FILE */
export async function checkWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
    const found = await stat(file).catch(ignoreMissing);
    if (found && !found.isFile()) throw new Error(found.isDirectory() ? REASONS.EISDIR : "it is a device");
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
  }
}

function ignoreMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== "ENOENT") throw cause;
}

/** Whether two names, or links, lead to the same file. */
export function samePlace(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => {
    try {
      return realpathSync(file);
    } catch {
      return resolve(file); // not there yet
    }
  });
  return first === second;
}

const REASONS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EACCES: "no permission",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

function reason(cause: unknown): string {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
