import { LEVELS, type Level } from "../../data/labelled.ts";
import { TOKEN_RULES } from "../../data/words.ts";
import { checkOneWay, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { flag, type Infer, object, oneOf } from "../../schema.ts";

const fields = () => ({
  task: oneOf(["language-model"]),
  /** Whether symbols are characters or words. */
  level: oneOf(LEVELS),
  /** Tokenizer that splits a text into words. */
  tokens: oneOf(TOKEN_RULES).default("words"),
  /**
   * Whether each line of characters, or each sentence of words, is a sequence of its own. If so, it starts from a zero state, and
   * its first input is a newline (for words: `<EOS>`). Otherwise the whole text is one sequence.
   */
  lines: flag().default(false),
});

/** The spec of a language model as plain JSON. Together with its vocabulary and its weights, it is the whole model. */
export interface LanguageModelSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `LanguageModelSpec`. */
export const languageModelSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a language model");
      if (spec.tokens !== "words" && spec.level === "char") {
        refuse(`tokens is ${spec.tokens}, which has no effect if level is char`);
      }
      checkTokenNetwork(spec, refuse);
    },
  );

/**
 * Returns the default spec of a level. For characters, it is the network of char-rnn. For words, the output layer shares the
 * embedding's weight, and there is dropout on the input and the output.
 */
export function defaultLanguageModelSpec(level: Level = "char"): LanguageModelSpec {
  return {
    task: "language-model",
    level,
    ...networkSchema.defaults,
    ...languageModelSchema().defaults,
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

/** Completes a spec. @throws ERR_VALUE with the field, its value and what is expected */
export function checkLanguageModelSpec(given: unknown): LanguageModelSpec {
  return languageModelSchema().check(given, "spec");
}
