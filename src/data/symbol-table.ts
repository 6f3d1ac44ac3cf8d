import { checkIterable, checkList, checkText } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";
import { IGNORED_TARGET } from "./evaluation-segments.ts";

/** The symbol that stands for every character outside a vocabulary. It has five characters, so no character equals it. */
export const UNKNOWN_SYMBOL = "<UNK>";

/** The symbol after every sentence in a text of words. It also tells a model that the next sentence begins. */
export const END_SYMBOL = "<EOS>";

const BMP_SIZE = 0x10000;

/**
 * An ordered list of symbols. The id of a symbol is its index. It is what a model needs of its `Vocabulary`, which can also be made from
 * a text.
 */
export class SymbolTable {
  /** The symbols, in the order of their ids. */
  readonly symbols: readonly string[];
  /** The id of `<UNK>`; null if the vocabulary does not have it. */
  readonly unknownId: number | null;
  /**
   * The id of the symbol that ends a line or sentence. The symbol is `<EOS>` if the vocabulary has it, else the newline. null if
   * the vocabulary has neither `<EOS>` nor a newline.
   */
  readonly endId: number | null;
  readonly #ids: ReadonlyMap<string, number>;
  /** The id of each code point up to the largest symbol below 0x10000; -1 if the code point is not in the vocabulary. */
  readonly #bmpIds: Int32Array;

  /**
   * Makes a vocabulary of the given symbols. The id of a symbol is its index.
   *
   * @throws UnrolledError `ERR_FORMAT` if there are no symbols, or if a symbol is not a string, is empty or occurs twice.
   */
  constructor(symbols: readonly string[]) {
    if (checkList("symbols", symbols).length === 0)
      throw new UnrolledError("ERR_FORMAT", "Vocabulary: no symbols, expected at least one");
    const ids = new Map<string, number>();
    let largest = 0;
    for (const [id, symbol] of symbols.entries()) {
      if (typeof symbol !== "string" || symbol === "") {
        throw new UnrolledError(
          "ERR_FORMAT",
          `Vocabulary: symbol ${id} is ${show(symbol)}, expected a non-empty string`,
        );
      }
      const first = ids.get(symbol);
      if (first !== undefined) {
        throw new UnrolledError(
          "ERR_FORMAT",
          `Vocabulary: symbols ${first} and ${id} are both ${show(symbol)}`,
        );
      }
      ids.set(symbol, id);
      if (symbol.length === 1) largest = Math.max(largest, symbol.charCodeAt(0));
    }
    this.symbols = [...symbols];
    this.unknownId = ids.get(UNKNOWN_SYMBOL) ?? null;
    this.endId = ids.get(END_SYMBOL) ?? ids.get("\n") ?? null;
    this.#ids = ids;
    this.#bmpIds = new Int32Array(largest + 1).fill(-1);
    symbols.forEach((symbol, id) => {
      if (symbol.length === 1) this.#bmpIds[symbol.charCodeAt(0)] = id;
    });
  }

  /**
   * Restores a vocabulary from the result of `toJSON`.
   *
   * @throws UnrolledError `ERR_FORMAT` if `json` is not an array, or if the constructor refuses the symbols.
   */
  static fromJSON(json: unknown): SymbolTable {
    if (!Array.isArray(json)) {
      throw new UnrolledError(
        "ERR_FORMAT",
        `Vocabulary.fromJSON: ${show(json)}, expected an array of strings`,
      );
    }
    return new this(json);
  }

  /** Returns the symbols in the order of their ids, for `fromJSON`. */
  toJSON(): string[] {
    return [...this.symbols];
  }

  /** Number of symbols, including `<UNK>` and `<EOS>` (V). */
  get size(): number {
    return this.symbols.length;
  }

  /** Tells whether a symbol is in the vocabulary. */
  has(symbol: string): boolean {
    return this.#ids.has(symbol);
  }

  /**
   * Returns one id for each character of `text`. Unknown characters become `unknownId`.
   * @throws UnrolledError `ERR_DATA` at an unknown character if there is no `<UNK>`.
   */
  encode(text: string): Int32Array<ArrayBuffer> {
    const ids = new Int32Array(checkText("text", text).length);
    let count = 0;
    for (let at = 0; at < text.length; count++) {
      const code = text.codePointAt(at)!;
      const units = code < BMP_SIZE ? 1 : 2;
      const id = (units === 1 ? this.#bmpIds[code] : this.#ids.get(text.slice(at, at + units))) ?? -1;
      ids[count] = id >= 0 ? id : (this.unknownId ?? refuse(code, count));
      at += units;
    }
    return ids.slice(0, count);
  }

  /**
   * Returns one id per token. Unknown tokens become `unknownId`. If there is no `<UNK>`, unknown tokens become -100, which losses
   * ignore.
   */
  encodeTokens(tokens: Iterable<string>): Int32Array<ArrayBuffer> {
    checkIterable("tokens", tokens);
    return Int32Array.from(tokens, (token) => this.#ids.get(token) ?? this.unknownId ?? IGNORED_TARGET);
  }

  /**
   * Joins the symbols of `ids`. This is the inverse of `encode` for text without unknown characters.
   * @throws UnrolledError `ERR_DATA` if an id is not in the vocabulary.
   */
  decode(ids: ArrayLike<number>): string {
    let text = "";
    checkList("ids", ids);
    for (let i = 0; i < ids.length; i++) {
      const symbol = this.symbols[ids[i]!];
      if (symbol === undefined) {
        throw new UnrolledError(
          "ERR_DATA",
          `Vocabulary.decode: id ${show(ids[i])} at ${i}, expected 0 to ${this.size - 1}`,
        );
      }
      text += symbol;
    }
    return text;
  }

  /** Returns the distinct characters of `text` that are not in the vocabulary, in order of appearance. */
  unknownIn(text: string): string[] {
    return [...new Set(checkText("text", text))].filter((character) => !this.has(character));
  }
}

function refuse(code: number, offset: number): never {
  throw new UnrolledError(
    "ERR_DATA",
    `Vocabulary.encode: character ${show(String.fromCodePoint(code))} (${codePointName(code)}) at offset ${offset} is ` +
      `not in the vocabulary; leave it out, or use a vocabulary with ${UNKNOWN_SYMBOL}`,
  );
}

function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
