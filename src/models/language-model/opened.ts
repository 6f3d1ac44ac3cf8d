import { SymbolTable } from "../../data/symbol-table.ts";
import { UnrolledError } from "../../errors.ts";
import { storedNetwork } from "../../network/stored-network.ts";
import type { StoredWeights } from "../../network/stored-weights.ts";
import { PackedRecurrent } from "../../nn/stream/recurrent.ts";
import { type LanguageModelSpec, languageModelSchema } from "./spec.ts";
import { PackedLanguageModel } from "./stream.ts";

/** The packed weights of a language model, which `openModel` can make from a file. */
export class OpenedLanguageModel extends PackedLanguageModel {
  /** The task's name in specs and files. */
  static readonly task = "language-model";
  /** Returns the schema of {@link LanguageModelSpec}. */
  static readonly schema = languageModelSchema;

  /** Returns a reader for each vocabulary of a model file. `openModel` calls it. */
  static tables() {
    return { vocabulary: SymbolTable };
  }

  /** Packs the weights of a file. `openModel` calls it. @internal */
  static open(weights: StoredWeights, spec: LanguageModelSpec, { vocabulary }: { vocabulary: SymbolTable }) {
    if (spec.softmax !== "full") {
      throw new UnrolledError("ERR_FORMAT", "openModel: softmax is adaptive; use loadModel of unrolled");
    }
    const sizes = { inputs: vocabulary.size, outputs: vocabulary.size };
    return new OpenedLanguageModel(
      { ...storedNetwork(weights, spec, sizes, PackedRecurrent), vocabulary },
      "f32",
    );
  }
}
