import { createHash, type Hash } from "node:crypto";
import { createReadStream, realpathSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UnrolledError } from "../errors.ts";
import { reason } from "../storage/files.node.ts";

export { readBytes, writeWhole } from "../storage/files.node.ts";

/** A text file that is read piece by piece, once. */
export interface TextFile {
  /** @throws ERR_FILE; ERR_DATA where it is empty or not a text in UTF-8 */
  readonly chunks: AsyncIterable<string>;
  /** SHA-256 of what has been read, in hexadecimal. */
  hash(): string;
}

export function openText(file: string): TextFile {
  const sum = createHash("sha256");
  return { chunks: textChunks(file, sum), hash: () => sum.digest("hex") };
}

async function* textChunks(file: string, sum: Hash): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let characters = 0;
  const decode = (bytes?: Buffer) => {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new UnrolledError("ERR_DATA", `${file} is not a text in UTF-8; convert it first`, { cause });
    }
    const zero = text.indexOf("\0");
    if (zero >= 0) {
      const place = characters + zero;
      throw new UnrolledError(
        "ERR_DATA",
        `${file} is not a text: there is a zero byte at character ${place}`,
      );
    }
    characters += text.length;
    return text;
  };
  try {
    for await (const bytes of createReadStream(file)) {
      sum.update(bytes);
      yield decode(bytes);
    }
  } catch (cause) {
    if (cause instanceof UnrolledError) throw cause;
    throw new UnrolledError("ERR_FILE", `cannot read ${file}: ${reason(cause)}`, { cause });
  }
  yield decode();
  if (characters === 0) throw new UnrolledError("ERR_DATA", `${file} is empty`);
}

/** A whole text file in UTF-8, lines ending in "\n". @throws ERR_FILE, ERR_DATA where it is empty or not text */
export async function readText(file: string): Promise<string> {
  let text = "";
  for await (const chunk of openText(file).chunks) text += chunk;
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

/** All examples of a file. @throws ERR_DATA where there is none, and what reading them throws */
export async function readAll<T>(file: string, examples: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const example of examples) all.push(example);
  if (all.length) return all;
  throw new UnrolledError("ERR_DATA", `${file} has no examples: all its lines are blank`);
}

/** For work that takes long, whether `writeWhole` can be expected to succeed after it. @throws ERR_FILE */
export async function checkWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
    const found = await stat(file).catch(ignoreMissing);
    if (found && !found.isFile()) throw new Error(found.isDirectory() ? "it is a folder" : "it is a device");
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

/** Names the file in an error about its contents. */
export async function about<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
