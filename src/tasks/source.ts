import { checkFunction, checkIterable, checkObject } from "../checks.ts";
import type { TextChunks } from "../data/lines.ts";
import { UnrolledError } from "../errors.ts";
import { sha256 } from "../io/sha256.ts";
import { decodeText } from "./decode.ts";

/** A text that is read piece by piece. It can be read only once. */
export interface TextSource {
  /** The name of the text in error messages. */
  readonly name: string;
  /**
   * The text in pieces.
   *
   * @throws ERR_FILE if the file cannot be read; ERR_DATA if the text is empty or is not UTF-8
   */
  readonly chunks: AsyncIterable<string>;
  /** Returns the SHA-256 of the text in hexadecimal. Call it after reading all chunks. */
  hash(): Promise<string>;
}

/**
 * A text from a web page or a program: a string, or UTF-8 in a file that the user chose (a `File`), any other `Blob`, an
 * `ArrayBuffer` or a `Uint8Array`, such as a `Buffer` of Node. The memory of a `Uint8Array` must not be a `SharedArrayBuffer`.
 */
export type TextData = string | Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Number of bytes that are decoded at a time. */
const PIECE = 1 << 20;

/**
 * Makes a source of a string, a file or bytes in UTF-8.
 *
 * @param name name of the text for errors; default: the name of the file if `data` is a file, else "the data"
 * @throws ERR_VALUE if the data are not `TextData`
 */
export function textSource(data: TextData, name = nameOf(data)): TextSource {
  const bytes = bytesOf(data);
  if (!(bytes instanceof Blob || bytes instanceof Uint8Array)) {
    const expected = "expected a string, a Blob, an ArrayBuffer or a Uint8Array";
    throw new UnrolledError("ERR_VALUE", `${name}: ${expected}, got ${typeof data}`);
  }
  return {
    name,
    chunks: decodeText(bytes instanceof Blob ? readBlob(bytes, name) : pieces(bytes), name),
    hash: async () => sha256(bytes instanceof Blob ? await bytes.arrayBuffer() : bytes),
  };
}

/** Reads a whole text. Every line ends with "\n" in the result. @param source the text @throws the errors of `chunks` */
export async function readText(source: TextSource): Promise<string> {
  const { chunks } = checkObject("readText", source, "source is");
  let text = "";
  for await (const chunk of checkIterable("chunks", chunks)) text += chunk;
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

/**
 * Reads all examples of a source.
 *
 * @param source the text
 * @param read yields the examples in the chunks. Its second parameter is the name of the source for errors.
 * @throws ERR_DATA if there are no examples, and the errors of `read`
 */
export async function readAll<T>(
  source: TextSource,
  read: (chunks: TextChunks, name: string) => AsyncIterable<T>,
): Promise<T[]> {
  const { chunks, name } = checkObject("readAll", source, "source is");
  checkFunction("readAll: read", read);
  const all: T[] = [];
  for await (const example of read(chunks, name)) all.push(example);
  if (all.length) return all;
  throw new UnrolledError("ERR_DATA", `${name} has no examples: all its lines are blank`);
}

/**
 * Calls `read`. If it throws an `UnrolledError`, puts the name of the source or file in front of the message.
 *
 * @throws the errors of `read`
 */
export async function withContext<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  checkFunction("withContext: read", read);
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function bytesOf(data: TextData): Blob | Uint8Array<ArrayBuffer> {
  if (typeof data === "string") return new TextEncoder().encode(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function nameOf(data: unknown): string {
  return typeof File !== "undefined" && data instanceof File && data.name ? data.name : "the data";
}

function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* readBlob(blob: Blob, name: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += PIECE) {
    try {
      yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
    } catch (cause) {
      throw new UnrolledError("ERR_FILE", `cannot read ${name}: ${String(cause)}`, { cause });
    }
  }
}
