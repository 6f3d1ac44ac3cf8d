import { LEVELS, type Level } from "../../data/labelled.ts";
import { TOKEN_RULES } from "../../data/words.ts";
import { checkOneWay, checkTokenNetwork, type NetworkSpec, networkSchema } from "../../network/spec.ts";
import { flag, type Infer, object, oneOf } from "../../schema.ts";

const fields = () => ({
  task: oneOf(["language-model"]),
  /** What a symbol is. */
  level: oneOf(LEVELS),
  /** How a text becomes words. */
  tokens: oneOf(TOKEN_RULES).default("words"),
  /**
   * Each line (of words: sentence) is a sequence of its own, which begins with a newline (`<EOS>`) from a zero state; else
   * the text is one.
   */
  lines: flag().default(false),
});

/** What a language model is, as plain JSON; with the tensors of its file it can be rebuilt anywhere. */
export interface LanguageModelSpec extends NetworkSpec, Infer<typeof fields> {}

/** The fields of `LanguageModelSpec`. */
export const languageModelSchema = () =>
  object(
    {
      ...fields(),
      ...networkSchema.fields,
    },
    (spec, refuse) => {
      checkOneWay(spec, refuse, "a language model", "predicts");
      if (spec.tokens !== "words" && spec.level === "char") {
        refuse(`tokens is ${spec.tokens}, which has no meaning where level is char`);
      }
      checkTokenNetwork(spec, refuse);
    },
  );

/**
 * Returns the default spec of a level. Of characters: the network of char-rnn. Of words: the output layer's weight is the
 * embedding's, and part of what both ends read is dropped.
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

/** Completes a spec. @throws ERR_VALUE naming the field, what was given and what is expected */
export function checkLanguageModelSpec(given: unknown): LanguageModelSpec {
  return languageModelSchema().check(given, "spec");
}
