import { checkOptions } from "../../checks.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type DecodeOptions, endedVocabulary, SequenceToSequence, type Written } from "./model.ts";
import { joinTokens, type SequencePair, splitTokens } from "./pairs.ts";
import { checkEncoderDecoderSpec, type EncoderDecoderSpec, encoderDecoderSchema } from "./spec.ts";

/** What an encoder-decoder reads by, and what it writes by. */
export interface PairTables {
  readonly source: Vocabulary;
  /** With `<EOS>`, which begins and ends every target. */
  readonly target: Vocabulary;
}

/** A target that an encoder-decoder wrote, as tokens and as text. */
export interface Translation extends Written {
  readonly text: string;
}

/** Makes one sequence of another: translation, spelling to phonemes, dates as they are written to dates in ISO format. */
export class EncoderDecoder extends SequenceToSequence<EncoderDecoderSpec> {
  static readonly task = "encoder-decoder";
  static readonly schema = encoderDecoderSchema;
  override readonly tables: { readonly source: Vocabulary; readonly target: Vocabulary };

  static tables() {
    return { source: Vocabulary, target: Vocabulary };
  }

  static build(runtime: Runtime, spec: EncoderDecoderSpec, tables: PairTables): EncoderDecoder {
    return new EncoderDecoder(runtime, spec, tables);
  }

  /**
   * The vocabularies of pairs. Words that occur fewer than `minCount` times (default 2) count as unknown, so that the unknown
   * word's vector is learnt; characters are all kept.
   *
   * @throws ERR_DATA where nothing is left
   */
  static tablesOf(
    pairs: readonly SequencePair[],
    { sourceLevel, targetLevel }: Levels,
    minCount = 2,
  ): PairTables {
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

  /** @throws ERR_VALUE where the spec is not one, or the target's vocabulary has no end */
  constructor(runtime: Runtime, spec: EncoderDecoderSpec, tables: PairTables) {
    const { source, target } = checkOptions("EncoderDecoder: tables", tables, "source target");
    const whole = checkEncoderDecoderSpec(spec);
    super(runtime, whole, whole.attention, source, target);
    this.tables = { source, target };
  }

  /**
   * Writes the target of each text.
   *
   * @throws ERR_DATA for a text without tokens, ERR_VALUE for wrong options
   */
  predict(texts: readonly string[], options: DecodeOptions = {}): Translation[] {
    const { spec } = this;
    return this.write(
      texts.map((text) => sourceTokens(text, spec)),
      options,
    ).map((written) => ({
      text: joinTokens(written.tokens, spec.targetLevel),
      ...written,
    }));
  }
}

/** What tokens are. */
type Levels = Pick<EncoderDecoderSpec, "sourceLevel" | "targetLevel" | "lowerCase">;

/** A text as an encoder-decoder with this spec reads it. */
export function sourceTokens(text: string, { sourceLevel, lowerCase }: Levels): string[] {
  return splitTokens(lowerCase ? text.toLowerCase() : text, sourceLevel);
}

/** Two texts as an encoder-decoder with this spec learns them. */
export function sequencePair(source: string, target: string, spec: Levels): SequencePair {
  return { source: sourceTokens(source, spec), target: splitTokens(target, spec.targetLevel) };
}
