import {
  checkInstance,
  checkObject,
  checkObjects,
  checkOptions,
  checkText,
  checkTexts,
} from "../../checks.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { normalized, type TokenSpec, tokenize } from "../../data/words.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type DecodeOptions, endedVocabulary, SequenceToSequence, type Written } from "./model.ts";
import { joinTokens, type SequencePair } from "./pairs.ts";
import { checkEncoderDecoderSpec, type EncoderDecoderSpec, encoderDecoderSchema } from "./spec.ts";

/** The vocabularies of an encoder-decoder. */
export interface PairTables {
  /** The vocabulary of the sources. */
  readonly source: Vocabulary;
  /** The vocabulary of the targets. It includes `<EOS>`, the symbol that begins and ends every target. */
  readonly target: Vocabulary;
}

/** A target that an encoder-decoder wrote, as tokens and as text. */
export interface Translation extends Written {
  /** The tokens, joined to a text. */
  readonly text: string;
}

/**
 * Turns one sequence into another (seq2seq). Examples are translation, spelling to phonemes, and written dates to ISO dates.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultEncoderDecoderSpec(), hidden: 32, embedding: 16, dropout: 0, inputDropout: 0 };
 * const pairs = Array.from({ length: 200 }, (_, i) => {
 *   const digits = String(1000 + 43 * i);
 *   return sequencePair(digits, [...digits].reverse().join(""), spec);
 * });
 * const model = new EncoderDecoder(rt, spec, EncoderDecoder.tablesOf(pairs, spec));
 * const trainer = new SequenceTrainer(model, holdOut(pairs, 1), { batch: 16, lr: 0.01, average: 0 });
 * for (let i = 0; i < 200; i++) trainer.step();
 * console.log(model.predict(["1234", "6078"]).map(({ text }) => text)); // [ '4321', '8706' ]
 * ```
 */
export class EncoderDecoder extends SequenceToSequence<EncoderDecoderSpec> {
  /** The task's name in specs and files. */
  static readonly task = "encoder-decoder";
  /** Returns the schema of {@link EncoderDecoderSpec}. */
  static readonly schema = encoderDecoderSchema;
  /** The model's vocabularies, by their names in a model file. */
  override readonly tables: { readonly source: Vocabulary; readonly target: Vocabulary };

  /** Returns a reader for each vocabulary of a model file. `loadModel` calls it. */
  static tables() {
    return { source: Vocabulary, target: Vocabulary };
  }

  /** Makes a model from a checked spec and its vocabularies. `loadModel` calls it. */
  static build(runtime: Runtime, spec: EncoderDecoderSpec, tables: PairTables): EncoderDecoder {
    return new EncoderDecoder(runtime, spec, tables);
  }

  /**
   * Makes the vocabularies of pairs. Words that occur fewer than `minCount` times (default 2) are read as `<UNK>`. These words
   * train the embedding of `<UNK>`. If tokens are characters, the vocabulary has all characters, whatever `minCount` is.
   *
   * @param spec its fields `sourceLevel` and `targetLevel` tell whether tokens are characters or words
   * @throws ERR_DATA if no token is left
   */
  static tablesOf(
    pairs: readonly SequencePair[],
    spec: Pick<EncoderDecoderSpec, "sourceLevel" | "targetLevel">,
    minCount = 2,
  ): PairTables {
    const { sourceLevel, targetLevel } = checkObject("tablesOf", spec, "spec is");
    checkObjects("pairs", pairs);
    return {
      source: Vocabulary.fromTokens(
        pairs.flatMap(({ source }) => source),
        { minCount: sourceLevel === "word" ? minCount : 1 },
      ),
      target: endedVocabulary(
        pairs.flatMap(({ target }) => target),
        targetLevel === "word" ? minCount : 1,
      ),
    };
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, or the target's vocabulary has no `<EOS>`
   */
  constructor(runtime: Runtime, spec: EncoderDecoderSpec, tables: PairTables) {
    const { source, target } = checkOptions("EncoderDecoder: tables", tables, "source target");
    for (const table of [source, target]) checkInstance("a table", table, Vocabulary, "a Vocabulary");
    const whole = checkEncoderDecoderSpec(spec);
    super(runtime, whole, whole.attention, source, target);
    this.tables = { source, target };
  }

  /** Splits a source text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return sourceTokens(text, this.spec);
  }

  /**
   * Generates one target text for each source text.
   *
   * @param texts the source texts
   * @throws ERR_DATA if a text has no tokens, ERR_VALUE if an option is invalid
   */
  predict(texts: readonly string[], options: DecodeOptions = {}): Translation[] {
    const { spec } = this;
    return this.write(
      checkTexts("texts", texts).map((text) => this.tokens(text)),
      options,
    ).map((written) => ({
      text: joinTokens(written.tokens, { ...spec, level: spec.targetLevel }),
      ...written,
    }));
  }
}

/** The fields of a spec that define how texts are split into tokens. */
type Levels = Pick<EncoderDecoderSpec, "sourceLevel" | "targetLevel" | "lowerCase"> &
  Omit<TokenSpec, "level">;

/** Splits a source into the tokens that an encoder-decoder with this spec reads. */
function sourceTokens(text: string, spec: Levels): string[] {
  const normal = normalized(text, spec);
  return tokenize(spec.lowerCase ? normal.toLowerCase() : normal, { ...spec, level: spec.sourceLevel });
}

/** Splits a source text and a target text into tokens, as an encoder-decoder with this spec reads them. */
export function sequencePair(source: string, target: string, spec: Levels): SequencePair {
  checkText("source", source);
  checkText("target", target);
  checkObject("sequencePair", spec, "spec is");
  return {
    source: sourceTokens(source, spec),
    target: tokenize(target, { ...spec, level: spec.targetLevel }),
  };
}
