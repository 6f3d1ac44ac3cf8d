import { POOLINGS } from "../../autograd/pool.ts";
import { LEVELS, type Level } from "../../data/labelled.ts";
import { checkTokens, newTextFields, textFields } from "../../data/words.ts";
import {
  checkTogether,
  checkTokenNetwork,
  MAX_WIDTH,
  type NetworkSpec,
  networkSchema,
} from "../../network/spec.ts";
import { flag, fraction, type Infer, object, oneOf, positive, type Refuse, whole } from "../../schema.ts";

const wordFields = () => ({
  /** Size of each step's vector, such as the number of features of sound, at most 65,536. If 0, steps are tokens. */
  features: whole(0, MAX_WIDTH).default(0, { file: "kept" }),
  /**
   * Width of the character embeddings. If above 0, the model also reads the characters of each word, which helps with unseen
   * words. If 0, it does not read characters. At most 65,536.
   */
  characters: whole(0, MAX_WIDTH).default(0, { file: "kept" }),
  /** Units in each direction of the LSTM that reads the characters of a word, at most 65,536. */
  characterHidden: whole(1, MAX_WIDTH).default(25, { file: "kept" }),
  /**
   * Share of the tokens that training replaces by `<UNK>`, at least 0 and below 1. The characters of these tokens are still read.
   * See Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification" (2015).
   */
  wordDropout: fraction().default(0, { file: "kept" }),
  /**
   * Initial standard deviation of the token embeddings. The default is 1, as in PyTorch. If there are few examples, 0.1
   * generalises better: training leaves some embeddings near their initial values, which are noise.
   */
  embeddingStart: positive().default(1, { file: "kept" }),
  /**
   * How much each label counts in the loss of training. Validation and evaluation count all examples equally.
   * - `none`: examples count equally, so rare labels count little
   * - `balanced`: a label counts the less the more frequent it is. Its weight is n / (labels * n of the label), where n counts
   *   targets of the training part, like scikit-learn's `class_weight="balanced"`. The loss is divided by the sum of the weights,
   *   like that of PyTorch's `CrossEntropyLoss(weight=...)`. With `multiLabel`, only the targets that have the label are weighted, by
   *   (targets without it) / (targets with it), like `pos_weight` of PyTorch's `BCEWithLogitsLoss`.
   */
  classWeights: oneOf(["none", "balanced"]).default("none"),
  /**
   * Whether a target is a set of any number of labels, also none. The probability of each label is then a sigmoid of its own, the loss
   * is the binary cross-entropy, and a label is predicted if its probability reaches its threshold. If false, a target is one label.
   */
  multiLabel: flag().default(false),
});

/** The fields that are common to the specs of taggers and classifiers. */
interface WordSpec extends NetworkSpec, Infer<typeof wordFields> {}

const classifierFields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["classifier"]),
  /** Whether tokens are words (lower-cased) or characters. */
  level: oneOf(LEVELS),
  ...textFields(),
  /**
   * How the outputs of all steps become one vector:
   * - `last`: the final output of each direction
   * - `mean`: the mean over the steps
   * - `max`: the maximum over the steps
   * - `mean+max`: the mean and the maximum, concatenated
   */
  pooling: oneOf(POOLINGS),
});

/** The spec of a classifier (one label for a whole sequence) as plain JSON. */
export interface ClassifierSpec extends WordSpec, Infer<typeof classifierFields> {}

/** Returns the schema of `ClassifierSpec`. */
export const classifierSchema = () =>
  object({ ...classifierFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

/**
 * How a tagger cuts a text into tokens. The rule is found from the tokens of the training data.
 *
 * - `words`: into words and punctuation marks
 * - `edges`: at white space; then punctuation marks at both ends of a word become tokens of their own, and so do known tokens
 *   such as `...`, `'s` and `n't`. Marks inside a word and known words stay whole
 * - `spaces`: at white space
 * - `graphemes`: into characters as a reader sees them, without white space
 * - `characters`: into code points, without white space
 */
export const TAGGER_RULES = ["words", "edges", "spaces", "graphemes", "characters"] as const;

/** The name of a rule by which a tagger cuts texts. {@link TAGGER_RULES} explains them. */
export type TaggerRule = (typeof TAGGER_RULES)[number];

const taggerFields = () => ({
  /** The task's name in specs and files. */
  task: oneOf(["tagger"]),
  /** Tokens are words. */
  level: oneOf(["word"]),
  ...textFields(),
  /** How `predict` cuts a text. {@link TAGGER_RULES} explains the rules. */
  tokens: oneOf(TAGGER_RULES).default("words"),
});

/** The spec of a tagger (one label for every step) as plain JSON. */
export interface TaggerSpec extends WordSpec, Infer<typeof taggerFields> {}

/** Returns the schema of `TaggerSpec`. */
export const taggerSchema = () =>
  object({ ...taggerFields(), ...networkSchema.fields, ...wordFields() }, checkLabels);

/** The spec of a classifier or of a tagger. */
export type LabelSpec = ClassifierSpec | TaggerSpec;

/** Returns the fields whose defaults are different if the model reads vectors instead of tokens. */
const vectors = (features: number) => ({
  features,
  embedding: 0,
  embeddingStart: 1,
  characters: 0,
  wordDropout: 0,
  inputDropout: 0,
});

/**
 * Returns the default spec of a classifier.
 *
 * @param level "word" for sentences, "char" for single words such as names
 * @param features 0 (default) if the classifier reads tokens. If the classifier reads vectors, the size of a vector
 */
export function defaultClassifierSpec(level: Level = "word", features = 0): ClassifierSpec {
  const words = level === "word";
  return {
    ...classifierSchema().defaults,
    ...newTextFields,
    task: "classifier",
    level,
    pooling: words ? "mean+max" : "last",
    hidden: 64,
    layers: 1,
    embedding: words ? 64 : 32,
    embeddingStart: words ? 0.1 : 1,
    wordDropout: words ? 0.3 : 0,
    dropout: words ? 0.5 : 0.3,
    inputDropout: words ? 0.5 : 0,
    bidirectional: true,
    ...(features && vectors(features)),
  };
}

/**
 * Returns the default spec of a tagger.
 *
 * @param features 0 (default) if the tagger reads words. If the tagger reads vectors, the size of a vector
 */
export function defaultTaggerSpec(features = 0): TaggerSpec {
  return {
    ...taggerSchema().defaults,
    ...newTextFields,
    task: "tagger",
    level: "word",
    characters: 25,
    layers: 1,
    embedding: 100,
    embeddingStart: 0.1,
    wordDropout: 0.1,
    dropout: 0.3,
    inputDropout: 0.3,
    bidirectional: true,
    ...(features && vectors(features)),
  };
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkClassifierSpec(given: unknown): ClassifierSpec {
  return classifierSchema().check(given, "spec");
}

/** Checks a spec and adds the defaults of missing fields. @throws ERR_VALUE if a field is invalid */
export function checkTaggerSpec(given: unknown): TaggerSpec {
  return taggerSchema().check(given, "spec");
}

function checkLabels(spec: LabelSpec, refuse: Refuse): void {
  const { tied, task, characters, level, embedding, features, tokens } = spec;
  checkTokens(tokens, "words", [level], refuse);
  if (tied) refuse(`tied is true, but a ${task} has no weight for input and output`);
  if (characters && level === "char") {
    refuse(`characters is ${characters}, but level is char: characters are the tokens`);
  }
  if (characters && !embedding) {
    refuse(`characters is ${characters}, but embedding is 0; use an embedding`);
  }
  for (const field of ["embedding", "characters", "wordDropout"] as const) {
    if (features && spec[field]) {
      refuse(`${field} is ${spec[field]}, but features is ${features}: vectors are read as they are`);
    }
  }
  (features ? checkTogether : checkTokenNetwork)(spec, refuse);
}
