import { END_SYMBOL } from "../data/symbol-table.ts";
import { sequenceTokens, wordJoiner } from "../data/words.ts";
import type { GeneratorOptions, PackedGenerator } from "../models/generator/stream.ts";
import type { PackedLanguageModel } from "../models/language-model/stream.ts";
import { encodeText } from "../models/language-model/text.ts";
import type { TokenStream } from "../network/token-stream.ts";
import type { GenerateOptions } from "../network/write.ts";
import { badRequest } from "./failure.ts";
import type { StateParts } from "./state.ts";
import { emptyStates, partsOf, statesOf } from "./states.ts";
import { expectWanted, turn } from "./turn.ts";

/** Number of symbols that are read or written before other requests get their turn. */
const SLICE = 32;

const QUOTE = '"';

/** The packed weights of a model that writes text. */
export type Writer = PackedLanguageModel | PackedGenerator;

/** What a request asks for. */
export interface Order extends GenerateOptions {
  /** Of a generator: the input from which it writes. */
  readonly condition?: unknown;
}

/** A text that was written. */
export interface Writing {
  readonly text: string;
  /** Whether the model has ended the text. */
  readonly ended: boolean;
  readonly parts: StateParts;
}

/** Writes and reads texts. Their states come with the requests; one stream serves all, and gets the state before each slice. */
export class TextService {
  readonly #writer: Writer;
  #stream: TokenStream | undefined;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Arrays of the sizes of a state: h, c of an LSTM, and three numbers of `Text`. */
  get like(): StateParts {
    return [...emptyStates(this.#writer.recurrent), new Float64Array(3)];
  }

  /**
   * Writes a text as `generate` of the model does, with turns for other requests.
   *
   * @param state where to continue; undefined: at the beginning
   * @throws the errors of `generate`; Gone if the client has left
   */
  async write(order: Order, state: StateParts | undefined, signal: AbortSignal): Promise<Writing> {
    this.#check(order);
    const { prompt = "", length = 0, seed = 1, temperature = 1, topK = 0, topP = 1 } = order;
    const sampling = { temperature, topK, topP };
    const symbols = this.#symbolsOf(prompt);
    const text = this.#open(order.condition, state, symbols.length > 0);
    await this.#read(text, symbols, signal);
    const { end } = text;
    const { random } = this.#writer.runtime;
    let written = "";
    for (let left = length; left > 0 && !text.ended; left -= SLICE) {
      expectWanted(signal);
      const before = random.state;
      random.state = { seed, position: text.drawn };
      text.slice((stream) => {
        for (let i = Math.min(left, SLICE); i > 0 && !text.ended; i--) {
          const id = stream.draw(random, sampling);
          text.ended = id === end;
          if (!text.ended) written += text.read(stream, id);
        }
      });
      text.drawn = random.state.position;
      random.state = before;
      await turn(0);
    }
    return { text: written, ended: text.ended, parts: text.parts };
  }

  /**
   * Reads pieces of a text.
   *
   * @param top how many of the most probable next symbols are returned after each piece
   * @throws Gone if the client has left
   */
  async read(
    pieces: readonly unknown[],
    state: StateParts | undefined,
    { condition, top }: { readonly condition?: unknown; readonly top: number },
    signal: AbortSignal,
  ) {
    const symbols = pieces.map((piece) => this.#symbolsOf(piece as string));
    const text = this.#open(
      condition,
      state,
      symbols.some(({ length }) => length > 0),
    );
    const outputs: unknown[] = [];
    for (const piece of symbols) {
      await this.#read(text, piece, signal);
      outputs.push(text.slice((stream) => this.#likeliest(stream, top)));
    }
    return { outputs, parts: text.parts };
  }

  /** @throws the errors of `generate`, which checks all options before the first symbol */
  #check(order: Order): void {
    this.#writer.generate(order as GeneratorOptions);
  }

  /** Returns the symbols of a text without the end of its last sentence, so that the text continues. */
  #symbolsOf(text: string): string[] {
    const { spec, vocabulary } = this.#writer;
    if (spec.task === "generator") return sequenceTokens(text, spec);
    const ids = encodeText(text, spec, vocabulary);
    const open = spec.level === "word" ? ids.subarray(0, -1) : ids;
    return Array.from(open, (id) => vocabulary.symbols[id]!);
  }

  #open(condition: unknown, state: StateParts | undefined, prompted: boolean): Text {
    const open = () => this.#openStream(condition);
    this.#stream ??= open();
    if (state) return Text.resumed(this.#writer, this.#stream, state);
    const stream = open();
    try {
      return Text.begun(this.#writer, this.#stream, stream, prompted);
    } finally {
      stream.dispose();
    }
  }

  #openStream(condition: unknown): TokenStream {
    const writer = this.#writer;
    if (writer.spec.task === "generator") {
      return (writer as PackedGenerator).stream(condition as GeneratorOptions["condition"]);
    }
    return (writer as PackedLanguageModel).stream();
  }

  async #read(text: Text, symbols: readonly string[], signal: AbortSignal): Promise<void> {
    const ids = this.#writer.vocabulary.encodeTokens(symbols);
    for (let i = 0; i < ids.length; i += SLICE) {
      expectWanted(signal);
      text.slice((stream) => {
        for (let k = i; k < Math.min(i + SLICE, ids.length); k++) text.read(stream, ids[k]!, symbols[k]);
      });
      if (i + SLICE < ids.length) await turn(0);
    }
  }

  #likeliest(stream: TokenStream, top: number): unknown[] {
    const { symbols } = this.#writer.vocabulary;
    const logits = stream.logits();
    const ids = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
    return ids
      .slice(0, top)
      .map((id) => ({ symbol: symbols[id], logProbability: stream.logProbability(id) }));
  }
}

/** A text between two slices. */
class Text {
  readonly #writer: Writer;
  readonly #stream: TokenStream;
  readonly #join: (symbol: string) => string;
  #arrays: readonly Float32Array[];
  /** Number of random draws. */
  drawn: number;
  ended = false;
  /** Id of the last symbol; -1 if there is none. */
  #last: number;
  /** Whether a quotation mark is open: the space around the next one depends on it. */
  #quoted: boolean;

  private constructor(writer: Writer, stream: TokenStream, parts: StateParts) {
    const [drawn, last, quoted] = parts.at(-1)! as unknown as readonly [number, number, number];
    this.#writer = writer;
    this.#stream = stream;
    this.#arrays = parts.slice(0, -1) as Float32Array[];
    this.drawn = drawn;
    this.#last = last;
    this.#quoted = quoted === 1;
    this.#join = writer.spec.level === "word" ? this.#joinerHere() : String;
  }

  static resumed(writer: Writer, stream: TokenStream, parts: StateParts): Text {
    const [drawn, last, quoted] = parts.at(-1)!;
    const isPlace =
      Number.isSafeInteger(drawn) && drawn! >= 0 && last! >= -1 && last! < writer.vocabulary.size;
    if (!isPlace || !Number.isInteger(last) || (quoted !== 0 && quoted !== 1)) {
      throw badRequest("state: its numbers are not those of a text");
    }
    return new Text(writer, stream, parts);
  }

  /** Starts a text from a new stream. @param prompted whether symbols of the request follow */
  static begun(writer: Writer, stream: TokenStream, fresh: TokenStream, prompted: boolean): Text {
    const { spec, vocabulary } = writer;
    const { endId } = vocabulary;
    const isSentence = spec.task === "generator" || spec.level === "word" || spec.lines;
    if (endId !== null && (isSentence || !prompted)) fresh.feed(endId);
    return new Text(writer, stream, [...partsOf(fresh.state), Float64Array.of(0, -1, 0)]);
  }

  /** Id of the symbol that ends a text; null if none does. */
  get end(): number | null {
    const { spec, vocabulary } = this.#writer;
    const ends = spec.task === "generator" || (spec.level === "word" && spec.lines);
    return ends ? vocabulary.endId : null;
  }

  get parts(): StateParts {
    return [...this.#arrays, Float64Array.of(this.drawn, this.#last, Number(this.#quoted))];
  }

  /** Runs a part of the work on the stream that all texts share. */
  slice<R>(run: (stream: TokenStream) => R): R {
    this.#stream.state = statesOf(this.#arrays, this.#writer.recurrent);
    const result = run(this.#stream);
    this.#arrays = partsOf(this.#stream.state);
    return result;
  }

  /** Reads a symbol in a slice. @returns the symbol, with the space before it */
  read(stream: TokenStream, id: number, symbol = this.#writer.vocabulary.symbols[id]!): string {
    stream.feed(id);
    this.#last = id;
    if (symbol === QUOTE) this.#quoted = !this.#quoted;
    if (symbol === END_SYMBOL) this.#quoted = false;
    return this.#join(symbol);
  }

  /** Makes a function that joins words, as it is after the last symbol. */
  #joinerHere(): (symbol: string) => string {
    const join = wordJoiner(this.#writer.spec);
    const symbol = this.#writer.vocabulary.symbols[this.#last];
    if (this.#quoted || symbol === QUOTE) join(QUOTE);
    if (symbol === QUOTE ? !this.#quoted : symbol) join(symbol!);
    return join;
  }
}
