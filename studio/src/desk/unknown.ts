import {
  type Classifier,
  ConditionalGenerator,
  LanguageModel,
  normalized,
  type TaskModel,
  tokenize,
  unknownSymbols,
  type Vocabulary,
} from "unrolled";

/** What a model does not know of a text. */
export interface Unknown {
  /** The characters or words, each once. */
  readonly symbols: readonly string[];
  readonly unit: "character" | "word";
  /** What the model does with them: reads the letters of a word, reads a sign in their place, or leaves them out. */
  readonly how: "spelled" | "sign" | "left out";
}

/** A model of texts that has a vocabulary of what it reads. */
type Reader = Pick<Classifier, "tokens" | "vocabulary" | "spec"> & { readonly source?: Vocabulary };

/**
 * Finds the characters or words of a text that a model has not learnt.
 *
 * @param isPrompt whether the text is the beginning of what a model writes, not the condition of a generator
 */
export function unknownIn(model: TaskModel, text: string, isPrompt = false): Unknown {
  const [all, vocabulary] = symbolsOf(model, text, isPrompt);
  const symbols = vocabulary ? [...new Set(all)].filter((symbol) => !vocabulary.has(symbol)) : [];
  const { symbols: known } = vocabulary ?? { symbols: [] };
  const areWords = known.some((symbol) => !symbol.startsWith("<") && [...symbol].length > 1);
  const { characters } = model.spec as { readonly characters?: number };
  const isSpelled = areWords && Boolean(characters);
  const how = isPrompt && takesKnownOnly(model) ? "left out" : isSpelled ? "spelled" : "sign";
  return { symbols, unit: areWords ? "word" : "character", how };
}

/** Whether the library refuses prompts of the model that have unknown symbols. */
const takesKnownOnly = ({ spec }: TaskModel): boolean => (spec as { level?: string }).level !== "word";

/** Returns a beginning without the characters that the model does not know, since the library does not continue them. */
export function knownPrompt(model: LanguageModel | ConditionalGenerator, prompt: string): string {
  if (!takesKnownOnly(model)) return prompt;
  const unknown = new Set(unknownIn(model, prompt, true).symbols);
  return [...normalized(prompt, model.spec)].filter((character) => !unknown.has(character)).join("");
}

function symbolsOf(model: TaskModel, text: string, isPrompt: boolean): [Iterable<string>, Vocabulary?] {
  if (model instanceof LanguageModel)
    return [unknownSymbols(text, model.spec, model.vocabulary), model.vocabulary];
  if (model instanceof ConditionalGenerator) {
    const { spec, vocabulary, tables } = model;
    if (isPrompt) return [tokenize(text, spec), vocabulary];
    // A name that it does not know is an error, which says those that it knows.
    if (!tables.conditions || spec.condition === "single") return [[]];
    return [tokenize(text, { ...spec, level: "word" }), tables.conditions];
  }
  const { tokens, vocabulary, source = vocabulary } = model as unknown as Reader;
  return source ? [tokens.call(model, text), source] : [[]];
}
