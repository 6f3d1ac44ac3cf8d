import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, textFields } from "../../data/words.ts";
import { checkOneWay, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { flag, type Infer, listOf, object, oneOf, show, whole } from "../../schema.ts";

/** Maximum number of clusters of an adaptive softmax. */
const MAX_CLUSTERS = 16;

const fields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["language-model"]),
  /** Whether symbols are characters or words. */
  level: oneOf(LEVELS),
  ...textFields(),
  /**
   * Whether each line (if symbols are words: each sentence) is a separate sequence. If true, each line starts from a zero state,
   * and its first input is a newline (for sentences: `<EOS>`). If false, the whole text is one sequence.
   */
  lines: flag().default(false),
  /**
   * Whether the first input of each line (or sentence) is a vector of zeros instead of the newline or `<EOS>` (x<1> = 0 in the course
   * notes), so that the first symbol's probability is learnt from biases and the zero state alone. Needs `lines`. Default false.
   */
  zeroStart: flag().default(false),
  /**
   * How the probabilities of the words are computed. `full`: a softmax of all words. `adaptive`: a softmax of the frequent words and of
   * clusters of rare ones (`nn.AdaptiveSoftmax`), which is faster for large vocabularies.
   */
  softmax: oneOf(["full", "adaptive"]).default("full", { only: { level: "word" } }),
  /**
   * adaptive: the id of each cluster's first word, in ascending order. In the spec of a new model, [] stands for 2,000, 10,000,
   * 50,000, ... up to half of the vocabulary, or a quarter of it below 4,000 words; the spec of the model has the numbers.
   */
  cutoffs: listOf(whole(1), MAX_CLUSTERS).default([], { only: { softmax: "adaptive" } }),
});

/** The spec of a language model as plain JSON. The spec, the vocabulary and the weights define the model completely. */
export interface LanguageModelSpec extends NetworkSpec, Infer<typeof fields> {}

/** Returns the schema of `LanguageModelSpec`. */
export const languageModelSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a language model");
      if (spec.zeroStart && !spec.lines)
        refuse("zeroStart is true, expected false if lines is false: a zero vector begins each line");
      checkTokens(spec.tokens, "words", [spec.level], refuse);
      if (spec.softmax === "adaptive" && spec.head.length)
        refuse(`head is ${show(spec.head)}, expected [] if softmax is adaptive`);
      checkTokenNetwork(spec, refuse);
    },
  );

/**
 * Returns the default spec for characters (level "char") or words (level "word"). For characters, it is the network of
 * char-rnn. For words, the output layer shares the weight of the embedding, and the network has dropout and input dropout.
 */
export function defaultLanguageModelSpec(level: Level = "char"): LanguageModelSpec {
  return {
    task: "language-model",
    level,
    ...networkSchema.defaults,
    ...languageModelSchema().defaults,
    ...newTextFields,
    ...(level === "word" && {
      hidden: 256,
      layers: 1,
      embedding: 256,
      dropout: 0.4,
      inputDropout: 0.2,
      tied: true,
    }),
  };
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkLanguageModelSpec(given: unknown): LanguageModelSpec {
  return languageModelSchema().check(given, "spec");
}
