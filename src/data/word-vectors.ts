import { checkInstance } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { Tensor } from "../runtime/tensor.ts";
import { lineBatches, type TextChunks, wrongLine } from "./lines.ts";
import { Vocabulary } from "./vocabulary.ts";

const NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
const ONE_NUMBER = new RegExp(`^${NUMBER}$`);
/** The first line of word2vec's files: how many vectors there are, and how many numbers each has. */
const HEADER = /^(\d+)[ \t]+(\d+)[ \t]*$/;
const GAP = /[ \t]+/;

/** Vectors of the words of a vocabulary, as `readWordVectors` returns them. */
export class WordVectors {
  /** Number of numbers of a vector (D): the `embedding` of the spec. */
  readonly size: number;
  /** The vectors by the ids of the words. A word without a vector is missing. */
  readonly vectors: ReadonlyMap<number, Float32Array>;
  /** How many of them belong to a word that the file has in another case only, such as "Paris" for "paris". */
  readonly otherCase: number;
  /** How many vectors of known words were left out because the file had the word before. */
  readonly repeated: number;
  /** Number of words of the vocabulary. */
  readonly words: number;

  /** `readWordVectors` makes it. The parameters are the fields of their names. */
  constructor(
    size: number,
    words: number,
    vectors: ReadonlyMap<number, Float32Array>,
    otherCase: number,
    repeated: number,
  ) {
    this.size = size;
    this.words = words;
    this.vectors = vectors;
    this.otherCase = otherCase;
    this.repeated = repeated;
  }

  /**
   * Writes the vectors into the rows of their words. The other rows stay as they are.
   *
   * @param weight the weight of an embedding, [words, size], such as `model.embedding.weight`
   * @throws ERR_SHAPE if the weight has another shape
   */
  start(weight: Tensor): void {
    const [V, D] = checkInstance("weight", weight, Tensor, "a Tensor").shape;
    if (weight.shape.length !== 2 || V !== this.words || D !== this.size) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `word vectors: the weight is [${weight.shape.join(", ")}], expected [${this.words}, ${this.size}]`,
      );
    }
    for (const [id, vector] of this.vectors) weight.data.set(vector, id * this.size);
  }
}

/**
 * Reads the vectors of the words of a vocabulary from a file of GloVe, word2vec or fastText in text form. Each line is a word and its
 * numbers, with spaces between them; a first line of two whole numbers, as word2vec writes it, is skipped. Other words are not kept, so
 * that files of any size can be read.
 *
 * A word that the file does not have gets the vector of the same word in lower case, else in any other case. If a word occurs twice, the first
 * vector counts.
 *
 * @param chunks the text of the file in pieces; for a whole text, use `[text]`
 * @param source name of the file in error messages
 * @throws ERR_DATA naming file and line if a line is not a word and as many finite numbers as the first one; if the file has no
 *   vectors, or none of a word of the vocabulary
 *
 * @example
 * ```js
 * const file = "the 0.1 0.2 0.3\nCat 1 2 3\ndog 4 5 6\n";
 * const vocabulary = new Vocabulary(["the", "cat", "mouse"]);
 * const vectors = await readWordVectors([file], "vectors.txt", vocabulary);
 * const rt = await createRuntime();
 * const table = new nn.Embedding(rt, { numEmbeddings: 3, embeddingDim: vectors.size });
 * vectors.start(table.weight);
 * console.log([...table.weight.data.slice(3, 6)]); // [ 1, 2, 3 ]
 * console.log(`${vectors.vectors.size} of 3 words, ${vectors.otherCase} in another case`); // 2 of 3 words, 1 in another case
 * ```
 */
export async function readWordVectors(
  chunks: TextChunks,
  source: string,
  vocabulary: Vocabulary,
): Promise<WordVectors> {
  return (await WordVectorFile.open(chunks, source)).read(vocabulary);
}

/** The lines that end in a piece of the file, and the number of the first one. */
type Lines = readonly [first: number, lines: readonly string[]];

/** A file of word vectors, of which the first line was read: the size of the vectors is known before the words that are kept. */
export class WordVectorFile {
  /** Number of numbers of a vector. */
  readonly size: number;
  readonly #source: string;
  readonly #lines: AsyncIterable<Lines>;

  private constructor(source: string, size: number, lines: AsyncIterable<Lines>) {
    this.#source = source;
    this.size = size;
    this.#lines = lines;
  }

  /** Reads the beginning of a file. @throws ERR_DATA if it is not one of word vectors */
  static async open(chunks: TextChunks, source: string): Promise<WordVectorFile> {
    const batches = lineBatches(chunks);
    for (;;) {
      const { value, done } = await batches.next();
      if (done) throw new UnrolledError("ERR_DATA", `${source}: there are no vectors`);
      const [first, lines] = value;
      const at = lines.findIndex((line) => line.trim());
      if (at < 0) continue;
      const line = lines[at]!;
      const header = HEADER.exec(line);
      const size = header ? Number(header[2]) : line.trimEnd().split(GAP).length - 1;
      if (size < 1) wrongLine(source, first + at, `${shown(line)}, expected a word and its numbers`);
      const from = at + (header ? 1 : 0);
      return new WordVectorFile(source, size, after([first + from, lines.slice(from)], batches));
    }
  }

  /** Reads the vectors of a vocabulary's words. @throws the errors of `readWordVectors` */
  async read(vocabulary: Vocabulary): Promise<WordVectors> {
    const { symbols } = checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary");
    const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
    const folded = new Set(symbols.map((symbol) => symbol.toLowerCase()));
    const exact = new Map<number, Float32Array>();
    const others = new Map<string, { readonly word: string; readonly vector: Float32Array }>();
    const numbers = new RegExp(`(?:[ \\t]+${NUMBER}){${this.size}}[ \\t]*$`, "y");
    let repeated = 0;
    const take = (line: string, number: number) => {
      const end = line.search(GAP);
      numbers.lastIndex = Math.max(end, 0);
      if (end < 1 || !numbers.test(line)) {
        if (line.trim()) this.#checkLine(line, number);
        return;
      }
      const word = line.slice(0, end).normalize();
      const id = ids.get(word);
      const lower = word.toLowerCase();
      if (id === undefined && !folded.has(lower)) return;
      if (id !== undefined && exact.has(id)) {
        repeated++;
        return;
      }
      const vector = Float32Array.from(line.slice(end).trim().split(GAP), Number);
      if (!vector.every(Number.isFinite))
        wrongLine(this.#source, number, `${shown(word)} has a number that is too large`);
      if (id !== undefined) exact.set(id, vector);
      const other = others.get(lower);
      if (!other || (word === lower && other.word !== lower)) others.set(lower, { word, vector });
    };
    for await (const [first, lines] of this.#lines) {
      for (const [i, line] of lines.entries()) take(line, first + i);
    }
    const vectors = new Map<number, Float32Array>();
    symbols.forEach((symbol, id) => {
      const vector = exact.get(id) ?? others.get(symbol.toLowerCase())?.vector;
      if (vector) vectors.set(id, vector);
    });
    if (!vectors.size) {
      const advice = "is it a file of the same language?";
      throw new UnrolledError("ERR_DATA", `${this.#source} has no word of the vocabulary; ${advice}`);
    }
    const otherCase = vectors.size - exact.size;
    return new WordVectors(this.size, symbols.length, vectors, otherCase, repeated);
  }

  /** Says what is wrong with a line, unless it is the vector of several words, as GloVe has some. @throws ERR_DATA */
  #checkLine(line: string, number: number): void {
    const [word, ...cells] = line.trimEnd().split(GAP);
    const wrong = (problem: string) => wrongLine(this.#source, number, problem);
    if (!word) wrong(`${shown(line)} begins with a space, expected a word`);
    const last = cells.slice(-this.size);
    const bad = last.find((cell) => !ONE_NUMBER.test(cell));
    const numbers = cells.filter((cell) => ONE_NUMBER.test(cell)).length;
    if (cells.length > this.size && bad === undefined && numbers < cells.length) return;
    if (cells.length === this.size && bad !== undefined) {
      wrong(`${shown(word!)} has ${shown(bad)}, expected a finite number`);
    }
    wrong(`${shown(word!)} has ${counted(cells.length, "number", "numbers")}, expected ${this.size}`);
  }
}

async function* after(begun: Lines, rest: AsyncIterable<Lines>): AsyncGenerator<Lines> {
  yield begun;
  yield* rest;
}

const shown = (text: string) => JSON.stringify(text.slice(0, 60));
