import { END_SYMBOL, UNKNOWN_SYMBOL, type Vocabulary } from "../data/vocabulary.ts";
import { WordVectorFile } from "../data/word-vectors.ts";
import { counted, UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { NetworkSpec } from "../network/spec.ts";
import type { Embedding } from "../nn/embedding.ts";
import type { TextSource } from "./source.ts";
import type { CompleteSpec, FormatOptions } from "./task.ts";

/** The parts of models that look words up: the embedding of the inputs and its vocabulary. */
interface WordReader {
  readonly vocabulary?: Vocabulary;
  readonly embedding?: Embedding;
  /** Of an encoder-decoder: the vocabulary of the sources. */
  readonly source?: Vocabulary;
  readonly encoder?: { readonly embedding?: Embedding };
}

/** The fields of a spec that say what is read. */
interface ReaderSpec {
  readonly level?: string;
  readonly sourceLevel?: string;
  readonly features?: number;
  /** Of a generator: `features` is then the size of the condition's vectors. */
  readonly condition?: string;
}

/** Returns what a model looks up in its embedding, if it has one. */
function unitOf({
  level,
  sourceLevel = level,
  features,
  condition,
}: ReaderSpec): "numbers" | "characters" | "words" {
  if (sourceLevel === undefined || (features && condition === undefined)) return "numbers";
  return sourceLevel === "word" ? "words" : "characters";
}

/** A file of word vectors that starts the embedding of a new model. */
export class StartVectors {
  readonly #name: string;
  readonly #file: WordVectorFile;

  private constructor(name: string, file: WordVectorFile) {
    this.#name = name;
    this.#file = file;
  }

  /** Opens a file and reads its beginning. @throws ERR_FILE if it cannot be read; ERR_DATA if it has no vectors */
  static async open({ name, chunks }: TextSource): Promise<StartVectors> {
    return new StartVectors(name, await WordVectorFile.open(chunks, name));
  }

  /**
   * Makes the size of the vectors the default of `embedding`. If the output layer cannot share such vectors, or they are frozen, `tied` is
   * false by default. The spec of a model that reads numbers stays as it is; `start` refuses such a model.
   *
   * @returns a function that throws ERR_VALUE if the user chose another size
   */
  complete(complete: CompleteSpec): CompleteSpec {
    const { size } = this.#file;
    return (defaults) => {
      const plain = complete(defaults);
      if (unitOf(plain) === "numbers") return plain;
      const { hidden, freezeVectors } = plain as Partial<NetworkSpec>;
      const { tied } = defaults as Partial<NetworkSpec>;
      const spec = complete({
        ...defaults,
        embedding: size,
        ...(tied && { tied: hidden === size && !freezeVectors }),
      });
      const { embedding } = spec;
      if (embedding === size) return spec;
      const problem = `embedding is ${embedding}, but the vectors of ${this.#name} have ${counted(size, "number", "numbers")}`;
      throw new UnrolledError("ERR_VALUE", `${problem}; leave embedding out`);
    };
  }

  /**
   * Reads the vectors of a model's words and starts its embedding with them.
   *
   * @throws ERR_VALUE if the model does not read words; ERR_DATA if a line of the file is invalid, or no word has a vector
   */
  async start(model: TaskModel, note: FormatOptions["note"]): Promise<void> {
    const name = this.#name;
    const { encoder, embedding = encoder?.embedding, source, vocabulary = source } = model as WordReader;
    const unit = unitOf(model.spec as ReaderSpec);
    if (!vocabulary || !embedding || unit !== "words") {
      const [reads, advice] =
        unit === "characters"
          ? ["characters", "use words (--level word)"]
          : ["numbers", "leave the vectors out"];
      throw new UnrolledError(
        "ERR_VALUE",
        `${name} has vectors of words, but the model reads ${reads}; ${advice}`,
      );
    }
    const found = await this.#file.read(vocabulary);
    found.start(embedding.weight);
    const special = [END_SYMBOL, UNKNOWN_SYMBOL];
    const words = vocabulary.symbols.filter((symbol) => !special.includes(symbol)).length;
    const known = [...found.vectors.keys()].filter((id) => !special.includes(vocabulary.symbols[id]!)).length;
    const details = [
      found.otherCase && `${found.otherCase} of them in another case`,
      found.repeated && `${found.repeated} repeated vectors left out`,
    ].filter(Boolean);
    note?.(
      `${known} of ${words} words have a vector of ${counted(found.size, "number", "numbers")} in ${name}` +
        (details.length ? ` (${details.join(", ")})` : "") +
        (known < words ? "; the others begin at random" : ""),
    );
  }
}
