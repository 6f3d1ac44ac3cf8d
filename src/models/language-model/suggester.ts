import { checkInstance, checkOptions, checkText, checkWhole } from "../../checks.ts";
import { normalized } from "../../data/words.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { TokenStream } from "../../network/token-stream.ts";
import { Stream } from "../../nn/stream/packed.ts";
import type { StreamState } from "../../nn/stream/recurrent.ts";
import { insertRanked } from "./ranked.ts";
import { PackedLanguageModel } from "./stream.ts";
import { symbolsOf } from "./text.ts";
import { likelyWords, wordPrefix } from "./word-search.ts";

/** A word that may come next. */
export interface Suggestion {
  /** The whole word. Letters that were already typed stay as they are. */
  readonly text: string;
  /** The probability that the text continues with this word, given the letters that were typed. */
  readonly probability: number;
}

/** Options of {@link Suggester.suggest}. */
export interface SuggestOptions {
  /** Maximum number of suggestions, at least 1. Default 5. */
  top?: number;
}

/**
 * The number of latest states that are all kept, and the distance of the earlier ones that are kept. A text of 10,000 characters keeps
 * 220 states; going back to any place reads at most 63 symbols again.
 */
const KEPT = 64;

/**
 * Stands for the rest of the word that is being typed. A letter shows where the last word and the last sentence end: they have ended
 * if the letter begins a word of its own, or a sentence.
 */
const NEXT_LETTER = "x";

/**
 * Suggests the next word, or how the current word ends, while a text is typed. Between two calls it keeps the state of the model, so
 * that only the new symbols are read. If the text was changed, it reads again from the last state before the change. With an LSTM of
 * 256 units and 10,000 words, a letter takes 0.1 ms and a space 2.5 ms (Node, one core).
 *
 * - **Models of words.** After white space or a mark, P(word | text). In a word, P(word | text, first letters): the probability of
 *   the word, divided by that of all words of the vocabulary that begin with the typed letters. Marks are words too. Case does not matter,
 *   unless the model keeps it.
 * - **Models of characters.** The product of the conditional probabilities of the letters that follow, and of the word's end after
 *   them. The search takes the most probable beginning first, so that the suggestions are the most probable words of all; it ends
 *   after reading 256 beginnings. Words longer than 32 symbols end there.
 *
 * The text begins a sentence or line, as in `score`. `<UNK>` and `<EOS>` are never suggested. Equally probable words are in the order of the vocabulary.
 * Dispose of a suggester before the packed weights.
 *
 * @example
 * ```js
 * const text = "the cat sat. the dog ran. the cow ate. ".repeat(60);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 24, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 39, lr: 0.02 });
 * for (let i = 0; i < 100; i++) trainer.step();
 * const suggester = new Suggester(model.pack());
 * for (const typed of ["the ", "the c", "the ca"]) {
 *   const [{ text, probability }, second] = suggester.suggest(typed);
 *   console.log(`${text} ${probability.toFixed(2)}, ${second.text} ${second.probability.toFixed(2)}`);
 * }
 * // cat 0.50, dog 0.24
 * // cat 0.68, cow 0.29
 * // cat 0.98, caw 0.00
 * ```
 */
export class Suggester extends Stream<PackedLanguageModel> {
  readonly #reader: TokenStream;
  /** Tries continuations, so that the reader stays at the end of the text. */
  readonly #searcher: TokenStream;
  #ids: readonly number[] = [];
  /** The states after 0, 1, 2, ... symbols of the text. */
  readonly #states: (StreamState | undefined)[];

  /**
   * Opens a session at the beginning of a text.
   *
   * @param packed the model's weights, as `model.pack()` returns them
   * @throws ERR_DISPOSED if the weights were disposed
   */
  constructor(packed: PackedLanguageModel) {
    checkInstance(
      "Suggester: packed",
      packed,
      PackedLanguageModel,
      "the result of a language model's pack()",
    );
    super(packed.runtime, packed);
    this.#reader = packed.stream();
    this.#searcher = packed.stream();
    const { endId } = packed.vocabulary;
    if (endId !== null) this.#reader.feed(endId);
    this.#states = [this.#reader.state];
  }

  /**
   * Suggests words for the end of a text, the most probable first. There are none if no word that the model knows begins with the
   * letters that were typed.
   *
   * @param text the whole text so far; "" is the beginning of a text
   * @throws ERR_DATA if the model has no `<UNK>` and the text has unknown characters, ERR_VALUE if an option is invalid, ERR_NAN if
   *   the logits are not finite
   */
  suggest(text: string, options: SuggestOptions = {}): Suggestion[] {
    const { top = 5 } = checkOptions("suggest", options, "top");
    checkWhole("suggest: top", top, 1);
    this.assertUsable();
    const typed = normalized(checkText("text", text), this.packed.spec);
    return this.packed.spec.level === "word" ? this.#words(typed, top) : this.#characters(typed, top);
  }

  #words(typed: string, top: number): Suggestion[] {
    const { spec, vocabulary } = this.packed;
    const tokens = [...symbolsOf(typed + NEXT_LETTER, spec)];
    const prefix = tokens.at(-2)!.slice(0, -NEXT_LETTER.length); // the last token is <EOS>
    this.#read([...vocabulary.encodeTokens(tokens.slice(0, -2))]);
    const logits = expectFinite("logits", this.#reader.logits());
    const ranked: { score: number; word: string }[] = [];
    const begun: number[] = [];
    vocabulary.symbols.forEach((word, id) => {
      if (id === vocabulary.endId || id === vocabulary.unknownId || !word.startsWith(prefix)) return;
      const score = logits[id]!;
      begun.push(score);
      insertRanked(ranked, { score, word }, top);
    });
    const all = logSumExp(prefix ? begun : logits);
    const own = typed.slice(typed.length - prefix.length);
    const start = own.toLowerCase() === prefix ? own : prefix;
    return ranked.map(({ score, word }) => ({
      text: start + word.slice(prefix.length),
      probability: Math.exp(score - all),
    }));
  }

  #characters(typed: string, top: number): Suggestion[] {
    this.#read([...this.packed.vocabulary.encode(typed)]);
    const prefix = wordPrefix(typed);
    const { vocabulary, spec } = this.packed;
    const found = likelyWords(
      {
        symbols: vocabulary.symbols,
        unknown: vocabulary.unknownId,
        lineEnd: spec.lines ? vocabulary.endId : null,
        top,
        prefix,
        spaced: !typed || /\s$/u.test(typed),
      },
      this.#reader.state,
      (state, symbol) => {
        this.#searcher.state = state;
        if (symbol !== undefined) this.#searcher.feed(symbol);
        const logits = expectFinite("logits", this.#searcher.logits());
        const all = logSumExp(logits);
        return { state: this.#searcher.state, logProbabilities: Array.from(logits, (logit) => logit - all) };
      },
    );
    return found.map(({ text, score }) => ({ text: prefix + text, probability: Math.exp(score) }));
  }

  /** Brings the reader to the end of a text. */
  #read(ids: readonly number[]): void {
    const states = this.#states;
    let at = 0;
    while (at < ids.length && ids[at] === this.#ids[at]) at++;
    if (at < states.length - 1) {
      while (!states[at]) at--;
      this.#reader.state = states[at]!;
      states.length = at + 1;
    }
    this.#ids = ids.slice(0, at);
    for (const id of ids.slice(at)) {
      this.#reader.feed(id);
      states.push(this.#reader.state);
      const old = states.length - 1 - KEPT;
      if (old > 0 && old % KEPT) states[old] = undefined;
    }
    this.#ids = ids;
  }

  protected override free(): void {
    this.#reader.dispose();
    this.#searcher.dispose();
  }
}

/** Returns the natural logarithm of the sum of exp(x). */
function logSumExp(values: ArrayLike<number>): number {
  let [largest, sum] = [-Infinity, 0];
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]!);
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
