import { createHash, type Hash } from "node:crypto";
import { createReadStream, realpathSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UnrolledError } from "../errors.ts";
import { notAFile, reason, statIfPresent } from "../storage/files.node.ts";
import { decodeText } from "../tasks/decode.ts";
import type { TextSource } from "../tasks/source.ts";

export { readBytes, writeWhole } from "../storage/files.node.ts";

/** Opens a text file. Its text is read piece by piece. */
export function openText(file: string): TextSource {
  const sum = createHash("sha256");
  return { name: file, chunks: decodeText(readPieces(file, sum), file), hash: async () => sum.digest("hex") };
}

/** Returns a function that prints notes about a file to standard error. @param quiet whether there are to be no notes */
export function noteOf(file: string, quiet: boolean | undefined): ((text: string) => void) | undefined {
  return quiet ? undefined : (text) => console.error(`${file}: ${text}`);
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

/**
 * Checks that `writeWhole` will probably be able to write a file. Call this before long work, so that no result is lost.
 *
 * @throws ERR_FILE if the file cannot be written
 */
export async function checkWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
    const found = await statIfPresent(file);
    if (found && !found.isFile()) throw new Error(notAFile(found));
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
  }
}

/** Returns whether two file names refer to the same file. Follows links. */
export function samePlace(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => {
    try {
      return realpathSync(file);
    } catch {
      return resolve(file); // the file does not exist yet
    }
  });
  return first === second;
}
