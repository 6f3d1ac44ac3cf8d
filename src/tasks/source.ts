import { checkFunction, checkIterable, checkObject, checkObjects, checkText } from "../checks.ts";
import type { TextChunks } from "../data/lines.ts";
import { counted, UnrolledError } from "../errors.ts";
import { sha256 } from "../io/sha256.ts";
import { decodeText } from "./decode.ts";

/** A text that is read piece by piece. It can be read only once: by its `chunks`, or by its `parts`. */
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
  /**
   * Returns the SHA-256 in hexadecimal of bytes in pieces. If it is missing, the pieces are joined in memory, since browsers cannot
   * hash in pieces.
   */
  digest?(pieces: Iterable<Uint8Array>): string;
  /** The files of the text, if there are several. Each can have a header and a format of its own. */
  readonly parts?: readonly TextSource[];
}

/**
 * A text from a web page or a program: a string, or UTF-8 in a file that the user chose (a `File`), any other `Blob`, an
 * `ArrayBuffer` or a `Uint8Array`, such as a `Buffer` of Node. The memory of a `Uint8Array` must not be a `SharedArrayBuffer`.
 */
export type TextData = string | Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Maximum length of a string in V8, the smallest of all engines. */
const LONGEST = 2 ** 29 - 24;

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

/**
 * Makes one source of one or several texts. See `textSource` and `joinSources`.
 *
 * @param data a text, or a list of texts, such as `[...input.files]`
 * @param name name of the texts for errors; default: the name of each file
 * @throws ERR_VALUE if the data are not `TextData`, or the list is empty
 */
export function textSources(data: TextData | readonly TextData[], name?: string): TextSource {
  if (name !== undefined) checkText("name", name);
  if (!Array.isArray(data)) return textSource(data as TextData, name);
  const what = name ?? "the data";
  if (!data.length) throw new UnrolledError("ERR_VALUE", `${what}: the list is empty, expected a text`);
  return joinSources(
    data.map((one, i) => {
      const own = nameOf(one, data.length > 1 ? `${what}, part ${i + 1}` : what);
      return textSource(one, own);
    }),
  );
}

/**
 * Makes one source of several. Readers of examples and tables read each part by itself, then join the results. As a text, the
 * parts follow each other, with a newline between them if a part does not end with one.
 *
 * @param parts the sources, in order; at least one
 * @returns the source itself if there is only one. Otherwise the hash is that of the hashes of the parts.
 */
export function joinSources(parts: readonly TextSource[]): TextSource {
  const [first, ...others] = checkObjects("joinSources: parts", parts);
  if (!others.length) return first!;
  const more = counted(others.length, "more file", "more files");
  return {
    name: `${first!.name} and ${more}`,
    parts,
    ...(first!.digest && { digest: first!.digest }),
    chunks: joined(parts),
    async hash() {
      const hashes: string[] = [];
      for (const part of parts) hashes.push(await part.hash());
      return sha256(new TextEncoder().encode(hashes.join(" ")));
    },
  };
}

async function* joined(parts: readonly TextSource[]): AsyncGenerator<string> {
  let last = "\n";
  for (const { chunks } of parts) {
    let begins = true;
    for await (const chunk of chunks) {
      if (!chunk) continue;
      if (begins && !last.endsWith("\n")) yield "\n";
      begins = false;
      last = chunk;
      yield chunk;
    }
  }
}

/**
 * Reads each part of a source by itself, in order. A source without parts is its only part.
 *
 * @param read reads a part. If there are several, its `note` puts the name of the part in front of each message.
 * @throws the errors of `read`
 */
export async function readParts<T>(
  source: TextSource,
  read: (part: TextSource, note: ((text: string) => void) | undefined) => Promise<T>,
  note?: (text: string) => void,
): Promise<T[]> {
  checkFunction("readParts: read", read);
  const { parts } = checkObject("readParts", source, "source is");
  if (!parts) return [await read(source, note)];
  const all: T[] = [];
  for (const part of parts) {
    all.push(await read(part, note && ((text) => note(`${part.name}: ${text}`))));
  }
  return all;
}

/**
 * Reads a whole text. Every line ends with "\n" in the result.
 *
 * @param source the text
 * @throws the errors of `chunks`; ERR_DATA if the text is longer than a string can be
 */
export async function readText(source: TextSource): Promise<string> {
  const { chunks, name } = checkObject("readText", source, "source is");
  let text = "";
  for await (const chunk of checkIterable("chunks", chunks)) {
    if (text.length + chunk.length > LONGEST) {
      throw new UnrolledError(
        "ERR_DATA",
        `${name} is longer than ${LONGEST} characters; split it into files`,
      );
    }
    text += chunk;
  }
  return text.replace(/\r\n?/g, "\n");
}

/**
 * Reads all examples of a source, part by part.
 *
 * @param source the text
 * @param read yields the examples in the chunks of a part. Its second parameter is the name of the part for errors.
 * @throws ERR_DATA if there are no examples, and the errors of `read`
 */
export async function readAll<T>(
  source: TextSource,
  read: (chunks: TextChunks, name: string) => AsyncIterable<T>,
): Promise<T[]> {
  checkObject("readAll", source, "source is");
  checkFunction("readAll: read", read);
  const all: T[] = [];
  await readParts(source, async ({ chunks, name }) => {
    await withLines(name, async () => {
      for await (const example of read(chunks, name)) all.push(example);
    });
  });
  some(all, source.name);
  return all;
}

/** Returns the examples. @throws ERR_DATA naming the source if there are none */
export function some<T>(examples: readonly T[], name: string): readonly T[] {
  if (examples.length) return examples;
  throw new UnrolledError("ERR_DATA", `${name} has no examples: all its lines are blank`);
}

/** Calls `read`. If it throws an error about a line that does not name its file, puts the name in front. */
export async function withLines<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnrolledError && error.message.startsWith("line "))) throw error;
    throw new UnrolledError(error.code, `${name}, ${error.message}`, { cause: error });
  }
}

/**
 * Calls `read`. If it throws an `UnrolledError`, puts the name of the source or file in front of the message. Messages that begin
 * with the name and a line stay as they are.
 *
 * @throws the errors of `read`
 */
export async function withContext<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  checkFunction("withContext: read", read);
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.message.startsWith(`${name}, `)) throw error;
    throw new UnrolledError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function bytesOf(data: TextData): Blob | Uint8Array<ArrayBuffer> {
  if (typeof data === "string") return new TextEncoder().encode(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function nameOf(data: unknown, standard = "the data"): string {
  return typeof File !== "undefined" && data instanceof File && data.name ? data.name : standard;
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
