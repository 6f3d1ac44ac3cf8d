import { checkInstance, checkObject, checkObjects, checkOptions, checkText } from "../../checks.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import { checkInputs, type SequenceInput, stepTable, wordsOf } from "../../data/steps.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { normalized, type TokenSpec, tokenize } from "../../data/words.ts";
import type { TableReader } from "../../network/model.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type DecodeOptions, endedVocabulary, SequenceToSequence, type Written } from "./model.ts";
import { joinTokens, type SequencePair } from "./pairs.ts";
import { checkEncoderDecoderSpec, type EncoderDecoderSpec, encoderDecoderSchema } from "./spec.ts";

/** The vocabularies of an encoder-decoder, and the scaling of the vectors that it reads. */
export interface PairTables {
  /** The vocabulary of the sources; undefined if they are vectors. */
  readonly source?: Vocabulary;
  /** The scaling of the vectors of the sources; undefined if they are tokens. */
  readonly scaling?: FeatureScaling;
  /** The vocabulary of the targets. It includes `<EOS>`, the symbol that begins and ends every target. */
  readonly target: Vocabulary;
}

/** A target that an encoder-decoder wrote, as tokens and as text. */
export interface Translation extends Written {
  /** The tokens, joined to a text. */
  readonly text: string;
}

/**
 * Turns one sequence into another (seq2seq). Examples are translation, spelling to phonemes, and written dates to ISO dates. If
 * `spec.features` is above 0, the source is a sequence of vectors, such as the features of a recording or the frames of a video.
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
  declare readonly target: Vocabulary;
  /** The model's vocabularies and scaling, by their names in a model file. */
  override readonly tables: Readonly<Record<string, Vocabulary | FeatureScaling>> & PairTables;

  /** Returns a reader for each table of a model file. `loadModel` calls it. */
  static tables({ features }: Pick<EncoderDecoderSpec, "features">): Readonly<Record<string, TableReader>> {
    return { ...(features ? { scaling: FeatureScaling } : { source: Vocabulary }), target: Vocabulary };
  }

  /** Makes a model from a checked spec and its vocabularies. `loadModel` calls it. */
  static build(runtime: Runtime, spec: EncoderDecoderSpec, tables: EncoderDecoder["tables"]): EncoderDecoder {
    return new EncoderDecoder(runtime, spec, tables);
  }

  /**
   * Makes the vocabularies of pairs, and the scaling if sources are vectors. Words that occur fewer than `minCount` times (default 2) are read as `<UNK>`. These words
   * train the embedding of `<UNK>`. If tokens are characters, the vocabulary has all characters, whatever `minCount` is.
   *
   * @param spec its fields `sourceLevel` and `targetLevel` tell whether tokens are characters or words, `features` the size of vectors
   * @throws ERR_DATA if no token is left, or if a source has steps of the wrong kind (tokens or vectors)
   */
  static tablesOf(
    pairs: readonly SequencePair<Step>[],
    spec: Pick<EncoderDecoderSpec, "sourceLevel" | "targetLevel"> & { readonly features?: number },
    minCount = 2,
  ): EncoderDecoder["tables"] {
    const { sourceLevel, targetLevel, features = 0 } = checkObject("tablesOf", spec, "spec is");
    checkObjects("pairs", pairs);
    return {
      ...sourceTable(
        pairs.map(({ source }) => source),
        features,
        sourceLevel === "word" ? minCount : 1,
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
   * @throws ERR_VALUE if the spec is invalid, the tables do not fit it, or the target's vocabulary has no `<EOS>`
   */
  constructor(runtime: Runtime, spec: EncoderDecoderSpec, tables: PairTables) {
    const { source, scaling, target } = checkOptions(
      "EncoderDecoder: tables",
      tables,
      "source scaling target",
    );
    checkInstance("a table", target, Vocabulary, "a Vocabulary");
    const whole = checkEncoderDecoderSpec(spec);
    super(runtime, whole, whole.attention, stepTable(whole.features, source, scaling), target);
    this.tables = { ...(scaling ? { scaling } : { source: source! }), target };
  }

  /** Splits a source text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return sourceTokens(text, this.spec);
  }

  /**
   * Generates one target text for each source.
   *
   * @param sources texts, or lists of vectors if the model reads vectors
   * @throws ERR_DATA if a source is empty, or not of the kind or size that the model reads; ERR_VALUE if an option is invalid
   */
  predict(sources: readonly SequenceInput[], options: DecodeOptions = {}): Translation[] {
    const { spec } = this;
    return this.write(
      checkInputs("sources", sources, spec.features).map((source) =>
        typeof source === "string" ? this.tokens(source) : source,
      ),
      options,
    ).map((written) => ({
      text: joinTokens(written.tokens, { ...spec, level: spec.targetLevel }),
      ...written,
    }));
  }
}

/** Makes the table of the sources: their vocabulary, or the scaling of their vectors. */
function sourceTable(
  sources: readonly (readonly Step[])[],
  features: number,
  minCount: number,
): Readonly<Record<string, Vocabulary | FeatureScaling>> {
  if (features) return { scaling: FeatureScaling.of(sources as readonly (readonly Vector[])[], features) };
  return { source: Vocabulary.fromTokens(sources.flatMap(wordsOf), { minCount }) };
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
