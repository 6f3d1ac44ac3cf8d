import { type LanguageModel, normalized, type TokenStream } from "unrolled";

/** A text as a language model reads it: a symbol and its number for each step. */
export interface TextSteps {
  /** The symbols of the text, [T]: characters as they were written, or words of the vocabulary. */
  readonly symbols: string[];
  /** Their numbers in the vocabulary, [T]. */
  readonly ids: Int32Array;
}

/** Cuts a text into the steps of a language model. @throws ERR_DATA if a character is unknown and there is no `<UNK>` */
export function textSteps(model: LanguageModel, text: string): TextSteps {
  const ids = model.encode(text);
  const characters = model.spec.level === "char" ? [...normalized(text, model.spec)] : undefined;
  return { ids, symbols: characters ?? Array.from(ids, (id) => model.vocabulary.symbols[id]!) };
}

/** A stream that stands before the first symbol of a text. */
export interface Reader {
  readonly stream: TokenStream;
  dispose(): void;
}

/**
 * Opens a stream before the first symbol of a text, with the model's current weights. As in `generate` with a prompt, models of words
 * and of lines read the end symbol first; models of characters start from a state of zeros.
 */
export function openReader(model: LanguageModel): Reader {
  const packed = model.pack();
  const stream = packed.stream();
  const { endId } = model.vocabulary;
  if (endId !== null && (model.spec.lines || model.spec.level === "word")) stream.feed(endId);
  return {
    stream,
    dispose() {
      stream.dispose();
      packed.dispose();
    },
  };
}
