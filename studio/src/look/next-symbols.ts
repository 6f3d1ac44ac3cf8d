import type { LanguageModel } from "unrolled";
import { largest, logSoftmax } from "./numbers.ts";
import { openReader, type Reader, textSteps } from "./text-steps.ts";

/** The most probable next symbols at every position of a text. */
export interface NextSymbolsView {
  /** The symbols of the text, [T]. */
  readonly symbols: readonly string[];
  /** The most probable symbols at position 0 (before the text) to T (after it), [T + 1][top], the most probable first. */
  readonly next: readonly (readonly string[])[];
  /** Their probabilities, [T + 1, top]. */
  readonly probabilities: Float32Array;
  /** Probability of all other symbols together, [T + 1]. */
  readonly rest: Float32Array;
  /** Entropy of the whole distribution in bits, [T + 1]: how undecided the model is. */
  readonly entropy: Float32Array;
  /** Natural logarithm of the probability of the symbol that came, [T]. */
  readonly logProbabilities: Float32Array;
}

/** The distribution at one position, reduced to what is shown. */
interface Position {
  readonly state: Reader["stream"]["state"];
  readonly next: readonly string[];
  readonly probabilities: readonly number[];
  readonly entropy: number;
  /** Log-probability of the symbol that came; NaN as long as none came. */
  came: number;
}

/**
 * Tells the probabilities of the next symbol while a text is typed. It keeps its place: a call reads only the symbols after the
 * beginning that it shares with the text before. For each position it keeps the model's state, H x layers numbers.
 */
export class NextSymbols {
  readonly #model: LanguageModel;
  readonly #reader: Reader;
  readonly #top: number;
  #ids: Int32Array = new Int32Array(0);
  readonly #positions: Position[] = [];

  /** @param top how many symbols are named at each position */
  constructor(model: LanguageModel, top = 5) {
    this.#model = model;
    this.#reader = openReader(model);
    this.#top = Math.min(top, model.vocabulary.size);
  }

  /** Reads a text. @throws ERR_DATA if a character is unknown and there is no `<UNK>` */
  read(text: string): NextSymbolsView {
    const { ids, symbols } = textSteps(this.#model, text);
    const { stream } = this.#reader;
    let same = 0;
    while (same < ids.length && ids[same] === this.#ids[same]) same++;
    if (!this.#positions.length) this.#positions.push(this.#here());
    if (same < this.#ids.length) {
      this.#positions.length = same + 1;
      stream.state = this.#positions[same]!.state;
    }
    for (const id of ids.subarray(same)) {
      this.#positions.at(-1)!.came = stream.logProbability(id);
      stream.feed(id);
      this.#positions.push(this.#here());
    }
    this.#ids = ids;
    return this.#view(symbols);
  }

  #here(): Position {
    const { symbols } = this.#model.vocabulary;
    const logs = logSoftmax(this.#reader.stream.logits());
    const best = largest(logs, this.#top);
    let entropy = 0;
    for (const log of logs) if (log > -Infinity) entropy -= (Math.exp(log) * log) / Math.LN2;
    return {
      state: this.#reader.stream.state,
      next: best.map((id) => symbols[id]!),
      probabilities: best.map((id) => Math.exp(logs[id]!)),
      entropy,
      came: Number.NaN,
    };
  }

  #view(symbols: readonly string[]): NextSymbolsView {
    const all = this.#positions;
    const rest = ({ probabilities }: Position) =>
      Math.max(0, 1 - probabilities.reduce((sum, p) => sum + p, 0));
    return {
      symbols,
      next: all.map(({ next }) => next),
      probabilities: Float32Array.from(all.flatMap(({ probabilities }) => probabilities)),
      rest: Float32Array.from(all, rest),
      entropy: Float32Array.from(all, ({ entropy }) => entropy),
      logProbabilities: Float32Array.from(all.slice(0, -1), ({ came }) => came),
    };
  }

  /** Frees the stream. */
  dispose(): void {
    this.#reader.dispose();
  }
}

/** Does the same for one text. @param top how many symbols are named at each position */
export function nextSymbols(model: LanguageModel, text: string, top = 5): NextSymbolsView {
  const reader = new NextSymbols(model, top);
  try {
    return reader.read(text);
  } finally {
    reader.dispose();
  }
}
