import {
  areSpanTags,
  type Labelled,
  type Scores,
  type Span,
  type Step,
  spanScores,
  spansOf,
  type Tagger,
} from "unrolled";

/** A sentence with its tags. */
export interface TaggedSentence {
  /** The words, [T]; numbers of steps if the model reads vectors. */
  readonly tokens: readonly string[];
  /** The correct tags, [T]; undefined if they are not known. */
  readonly right?: readonly string[];
  /** The predicted tags, [T]. */
  readonly predicted: readonly string[];
  /** Probability of each predicted tag, [T]. */
  readonly probabilities: Float32Array;
  /** Indices of the tokens whose tag is wrong. */
  readonly errors: readonly number[];
  /** Spans of the predicted tags, if tags mark spans, such as B-PER and I-PER. */
  readonly spans?: readonly Span[];
  /** Spans of the correct tags. */
  readonly rightSpans?: readonly Span[];
}

/** Sentences with predicted and correct tags. */
export interface TagView {
  readonly sentences: readonly TaggedSentence[];
  /** Share of correct tags, from 0 to 1; undefined if no correct tags are known. */
  readonly accuracy?: number;
  /** Scores of the spans by the rules of conlleval, if tags mark spans and correct ones are known. */
  readonly spanScores?: Scores;
}

/**
 * Tags sentences, and marks the errors.
 *
 * @param sentences texts, or words or vectors with their correct tags
 * @throws RangeError if the model predicts several tags for a step
 */
export function tagView(model: Tagger, sentences: readonly (string | Labelled<Step>)[]): TagView {
  if (model.spec.multiLabel) throw new RangeError("the model predicts several tags for each step");
  const { symbols } = model.labels;
  const isSpans = areSpanTags(symbols);
  const steps = sentences.map((sentence) =>
    typeof sentence === "string" ? model.tokens(sentence) : sentence.tokens,
  );
  const all = model.probabilities(steps).map((rows, i): TaggedSentence => {
    const C = symbols.length;
    const best = steps[i]!.map((_, t) => {
      const row = rows.subarray(t * C, (t + 1) * C);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    });
    const sentence = sentences[i]!;
    const right = typeof sentence === "string" ? undefined : sentence.labels;
    const predicted = best.map((label) => symbols[label]!);
    return {
      tokens: steps[i]!.map((token, t) => (typeof token === "string" ? token : String(t + 1))),
      ...(right && { right }),
      predicted,
      probabilities: Float32Array.from(best, (label, t) => rows[t * C + label]!),
      errors: predicted.flatMap((tag, t) => (right && tag !== right[t] ? [t] : [])),
      ...(isSpans && { spans: spansOf(predicted) }),
      ...(isSpans && right && { rightSpans: spansOf(right) }),
    };
  });
  const known = all.filter(({ right }) => right);
  const tags = known.reduce((sum, { predicted }) => sum + predicted.length, 0);
  const wrong = known.reduce((sum, { errors }) => sum + errors.length, 0);
  return {
    sentences: all,
    ...(tags && { accuracy: 1 - wrong / tags }),
    ...(tags &&
      isSpans && {
        spanScores: spanScores(
          known.map(({ right }) => right!),
          known.map(({ predicted }) => predicted),
        ),
      }),
  };
}
