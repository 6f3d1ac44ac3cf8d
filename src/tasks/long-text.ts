import { checkIterable, checkThat } from "../checks.ts";
import type { TextIds } from "../data/text-batches.ts";
import { UnrolledError } from "../errors.ts";
import { sha256 } from "../io/sha256.ts";
import type { TextSource } from "./source.ts";

/**
 * Where a piece of a text may end, so that the symbols of the pieces are those of the whole text: `anywhere` for characters, after a
 * line, or after a sentence that a line end or a blank line follows.
 */
export type PieceEnd = "anywhere" | "line" | "sentence";

/** Default size of a piece in UTF-16 units. A text that is not longer is a single piece. */
const PIECE = 2 ** 24;

/** Maximum size of a piece. JavaScript's strings have at most 2^29 - 24 units. */
const LARGEST = 2 ** 28;

/**
 * A text of any size, which may be too long for a string. It is kept in memory as UTF-8, with "\n" as line ends, and decoded piece
 * by piece as often as needed. It is a `TextSource` that can be read several times.
 */
export class LongText implements TextSource {
  /** The name of the text in error messages. */
  readonly name: string;
  /** Size in bytes of UTF-8. */
  readonly size: number;
  readonly #bytes: readonly Uint8Array[];
  readonly #piece: number;
  readonly #largest: number;
  readonly #digest: TextSource["digest"];

  private constructor(source: TextSource, bytes: readonly Uint8Array[], piece: number, largest: number) {
    this.name = source.name;
    this.size = bytes.reduce((sum, { length }) => sum + length, 0);
    this.#bytes = bytes;
    this.#piece = piece;
    this.#largest = largest;
    this.#digest = source.digest?.bind(source);
  }

  /**
   * Reads a whole text.
   *
   * @param piece size in UTF-16 units after which a piece ends at the first possible place
   * @param largest maximum size of a piece
   * @throws the errors of `source.chunks`; ERR_DATA if the memory is too small for the text
   */
  static async read(source: TextSource, piece = PIECE, largest = LARGEST): Promise<LongText> {
    if (source instanceof LongText) return source;
    const bytes: Uint8Array[] = [];
    const encoder = new TextEncoder();
    let before = "";
    try {
      for await (const chunk of checkIterable("source.chunks", source?.chunks)) {
        let text = before + chunk;
        before = text.endsWith("\r") ? "\r" : ""; // the next chunk may begin with its line feed
        text = text.slice(0, text.length - before.length);
        if (text) bytes.push(encoder.encode(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text));
      }
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new UnrolledError("ERR_DATA", `${source.name} is too long for the memory`, { cause });
    }
    if (before) bytes.push(encoder.encode("\n"));
    return new LongText(source, bytes, piece, largest);
  }

  /** The text in pieces. */
  get chunks(): AsyncIterable<string> {
    const pieces = this.pieces("anywhere");
    return (async function* () {
      yield* pieces;
    })();
  }

  /**
   * Yields the text in pieces of about 16 million characters.
   *
   * @param end where a piece may end
   * @throws ERR_DATA if no piece can end within 268 million characters
   */
  *pieces(end: PieceEnd): Generator<string, void, undefined> {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let open: string[] = [];
    let length = 0;
    let before = 0;
    for (const bytes of this.#bytes) {
      const text = decoder.decode(bytes);
      const place = length + text.length > this.#piece ? lastEnd(text, end) : -1;
      open.push(place < 0 ? text : text.slice(0, place));
      length += text.length;
      if (place >= 0) {
        yield open.join("");
        open = [text.slice(place)];
        before += length - (text.length - place);
        length = text.length - place;
      } else if (length > this.#largest) {
        const problem = `there is no end of a ${end} within ${this.#largest} characters`;
        throw new UnrolledError(
          "ERR_DATA",
          `${this.name}, after character ${before}: ${problem}; put in line ends`,
        );
      }
    }
    if (length) yield open.join("");
  }

  /** Returns the SHA-256 of the text in hexadecimal. */
  hash(): Promise<string> {
    return this.#hash(this.#bytes);
  }

  /** Returns the SHA-256 of the JSON array of this text and another one. */
  hashWith(other: LongText): Promise<string> {
    return this.#hash(
      jsonBytes([this, checkThat("hashWith: other", other, other instanceof LongText, "a LongText")]),
    );
  }

  async #hash(bytes: Iterable<Uint8Array>): Promise<string> {
    return this.#digest ? this.#digest(bytes) : sha256(joinBytes([...bytes], this.name));
  }
}

/** Returns the last place in a chunk where a piece may end, or -1. The place does not depend on what follows the chunk. */
function lastEnd(text: string, end: PieceEnd): number {
  if (end === "sentence") {
    let place = -1;
    for (const found of text.trimEnd().matchAll(SENTENCE)) place = found.index + found[0].length;
    return place;
  }
  const line = text.lastIndexOf("\n") + 1;
  if (line > 0 || end === "line") return line || -1;
  const space = text.lastIndexOf(" "); // marks belong to the character before them, so a piece begins with the space
  return space > 0 ? space : text.length;
}

/** The white space after a sentence, with a line end after its mark, or a blank line. A word follows. */
const SENTENCE = /(?:[.!?…]["'”’»)\]]*[^\S\n]*\n|\n[^\S\n]*\n)\s*(?=\S)/g;

function* jsonBytes(texts: readonly LongText[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let start = '["';
  for (const text of texts) {
    yield encoder.encode(start);
    for (const piece of text.pieces("anywhere")) yield encoder.encode(JSON.stringify(piece).slice(1, -1));
    start = '","';
  }
  yield encoder.encode('"]');
}

function joinBytes(pieces: readonly Uint8Array[], name: string): Uint8Array<ArrayBuffer> {
  try {
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  } catch (cause) {
    throw new UnrolledError("ERR_DATA", `${name} is too long for the memory`, { cause });
  }
}

/** Collects ids that are encoded piece by piece, in the smallest integers that hold them. */
export class IdList {
  #ids: TextIds;
  #count = 0;

  /**
   * @param symbols number of symbols; 0 if ids may be negative
   * @param room the expected number of ids
   */
  constructor(symbols: number, room: number) {
    const small = symbols > 0 && symbols <= 2 ** 16;
    this.#ids = make(small ? (symbols <= 2 ** 8 ? Uint8Array : Uint16Array) : Int32Array, room);
  }

  add(ids: Int32Array): void {
    const { length } = this.#ids;
    if (this.#count + ids.length > length) {
      const larger = make(this.#ids.constructor as Uint8ArrayConstructor, 2 * length + ids.length);
      larger.set(this.#ids.subarray(0, this.#count));
      this.#ids = larger;
    }
    this.#ids.set(ids, this.#count);
    this.#count += ids.length;
  }

  /** Returns all ids. */
  all(): TextIds {
    return this.#ids.subarray(0, this.#count);
  }
}

/** @throws ERR_DATA if the memory is too small */
function make(Ids: new (length: number) => TextIds, length: number): TextIds {
  try {
    return new Ids(length);
  } catch (cause) {
    throw new UnrolledError("ERR_DATA", `the memory is too small for a text of ${length} symbols`, { cause });
  }
}
