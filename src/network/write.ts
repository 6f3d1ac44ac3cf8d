import { checkAtLeast } from "../checks.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { normalized, type TokenSpec, wordJoiner } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { Random } from "../runtime/random.ts";
import { show } from "../schema.ts";
import { checkSampling, SAMPLING_NAMES, type SamplingOptions } from "./sampling.ts";
import type { TokenStream } from "./token-stream.ts";

/** Options of `generate`. */
export interface GenerateOptions extends SamplingOptions {
  /** Text that the model reads first. Default "". */
  prompt?: string;
  /**
   * Maximum number of symbols to generate. Default 500. A generator also stops at `<EOS>`. A language model also stops at `<EOS>`
   * if its symbols are words and `spec.lines` is true.
   */
  length?: number;
  /** Seed of the draws. The same seed gives the same text. Default 1. */
  seed?: number;
}

export const GENERATE_NAMES = `${SAMPLING_NAMES} prompt length seed` as const;

/** The fields of a model that `write` needs. */
interface Writer {
  readonly vocabulary: Vocabulary;
  readonly spec: TokenSpec;
}

/** How a generated text begins and ends. */
export interface Beginning {
  /** Opens the stream. Called when the first symbol is needed. */
  readonly open: () => TokenStream;
  /** Ids of the symbols that the stream reads before it generates. */
  readonly ids: Int32Array;
  /** The symbols of the prompt. They decide whether a space comes before the first generated word. */
  readonly symbols: readonly string[];
  /** The symbol that ends the text; null if no symbol ends it. */
  readonly end: number | null;
}

/**
 * Generates text, symbol by symbol. Words are separated by spaces. The unknown symbol is never drawn.
 *
 * @throws ERR_DATA if the model reads characters and the prompt has unknown characters, ERR_VALUE if an option is invalid.
 *   The call itself throws, before the first symbol is requested
 */
export function write(
  { vocabulary, spec }: Writer,
  options: GenerateOptions,
  begin: (prompt: string) => Beginning,
): Generator<string, void, undefined> {
  const { length = 500, seed = 1 } = options;
  const prompt = normalized(options.prompt ?? "", spec);
  const sampling = checkSampling(options);
  checkAtLeast("length", length);
  const words = spec.level === "word";
  const unknown = words ? [] : vocabulary.unknownIn(prompt);
  if (unknown.length) {
    const shown = unknown.map(show).join(" ").slice(0, 200);
    throw new UnrolledError("ERR_DATA", `the prompt has unknown characters: ${shown}`);
  }
  const { open, ids, symbols, end } = begin(prompt);
  const random = new Random(seed);
  return (function* () {
    const join = words ? wordJoiner(spec) : String;
    symbols.forEach(join);
    const stream = open();
    try {
      for (const id of ids) stream.feed(id);
      // At first one symbol, then twice as many each time: who reads only a few symbols does not wait for many.
      for (let n = 1, left = Math.ceil(length); left > 0; n *= 2) {
        const written = stream.write(Math.min(n, left), end, random, sampling);
        for (const id of written) {
          if (id === end) return;
          yield join(vocabulary.symbols[id]!);
        }
        left -= written.length;
      }
    } finally {
      stream.dispose();
    }
  })();
}
