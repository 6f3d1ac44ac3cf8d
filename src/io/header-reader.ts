import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";

const WHITE_SPACE: ReadonlySet<string | undefined> = new Set([" ", "\t", "\n", "\r"]);

/** A whole number without a sign. */
const INTEGER = /(?:0|[1-9]\d*)(?![-+.\w])/y;

/**
 * Reads the JSON in safetensors headers: objects, strings, and arrays of non-negative integers. Each method reads the next value.
 * Unlike `JSON.parse`, the reader refuses duplicate keys. It builds only the values that the caller asks for, so the cost of a
 * hostile header is bounded by its length. All methods throw ERR_FORMAT if the header is not as expected.
 */
export class HeaderReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Reads an object of at most 65,536 keys, and refuses duplicate keys.
   *
   * @param readValue is called after each key and must read the value
   */
  object(readValue: (key: string) => void): void {
    const keys = new Set<string>();
    this.#list("{", "}", () => {
      const key = this.string();
      if (keys.has(key)) this.fail(`the key ${show(key)} occurs twice in one object`);
      if (keys.add(key).size > 65_536) this.fail("more than 65536 keys in one object");
      this.#expect(":");
      readValue(key);
    });
  }

  /** Reads an array of at most 64 non-negative integers: the maximum number of axes in NumPy. */
  integers(): number[] {
    const values: number[] = [];
    this.#list("[", "]", () => {
      if (values.push(this.#integer()) > 64) this.fail("more than 64 integers in a list");
    });
    return values.slice(); // without the spare room of a list that grew: 0.1 kB for each tensor
  }

  string(): string {
    if (this.#peek() !== '"') this.fail(`expected a string, found ${this.#found()}`);
    const start = this.#at;
    let end = start;
    do end = this.#text.indexOf('"', end + 1);
    while (end > 0 && this.#isEscaped(end));
    this.#at = end > 0 ? end + 1 : this.#text.length;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      return this.fail("malformed string");
    }
  }

  /** Whether an odd number of backslashes is before a place. */
  #isEscaped(at: number): boolean {
    let start = at;
    while (this.#text[start - 1] === "\\") start--;
    return (at - start) % 2 === 1;
  }

  /** Checks that only white space follows. */
  end(): void {
    if (this.#peek() !== "") this.fail(`expected the end of the header, found ${this.#found()}`);
  }

  fail(problem: string): never {
    throw new UnrolledError("ERR_FORMAT", `safetensors: header, character ${this.#at}: ${problem}`);
  }

  #integer(): number {
    this.#peek();
    INTEGER.lastIndex = this.#at;
    const digits = INTEGER.exec(this.#text)?.[0];
    const value = Number(digits);
    if (!digits || !Number.isSafeInteger(value)) {
      this.fail(`expected an integer from 0 to 2^53 - 1, found ${this.#found()}`);
    }
    this.#at += digits.length;
    return value;
  }

  /** Reads items separated by commas, between the characters `open` and `close`. A trailing comma is refused. */
  #list(open: string, close: string, readItem: () => void): void {
    this.#expect(open);
    if (this.#peek() !== close) {
      readItem();
      while (this.#peek() === ",") {
        this.#at++;
        readItem();
      }
    }
    this.#expect(close);
  }

  #expect(char: string): void {
    if (this.#peek() !== char) this.fail(`expected '${char}', found ${this.#found()}`);
    this.#at++;
  }

  /** Skips white space. Returns the next character without reading it, or "" at the end. */
  #peek(): string {
    while (WHITE_SPACE.has(this.#text[this.#at])) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #found(): string {
    return this.#at < this.#text.length
      ? JSON.stringify(this.#text.slice(this.#at, this.#at + 20))
      : "its end";
  }
}
