import { checkOptions } from "../../checks.ts";
import { END_SYMBOL, type Vocabulary } from "../../data/vocabulary.ts";
import { sequenceTokens } from "../../data/words.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import { TokenStream } from "../../network/token-stream.ts";
import { GENERATE_NAMES, type GenerateOptions, write } from "../../network/write.ts";
import type { Linear } from "../../nn/linear.ts";
import { packingOf } from "../../nn/stream/int8.ts";
import { PackedLinear } from "../../nn/stream/linear.ts";
import type { Dtype } from "../../nn/stream/packed.ts";
import type { StreamState } from "../../nn/stream/recurrent.ts";
import { TANH } from "../../runtime/kernels.ts";
import type { ConditionReader, PackedConditionReader } from "./condition-reader.ts";
import type { Condition } from "./examples.ts";
import type { GeneratorSpec } from "./spec.ts";

/** Options of {@link PackedGenerator.generate}. */
export interface GeneratorOptions extends GenerateOptions {
  /** The input from which the sequence is generated: a name, a vector or a sequence. */
  condition: Condition;
}

/** The parts of a generator that `PackedGenerator` packs or refers to. */
interface GeneratorParts extends NetworkParts<GeneratorSpec> {
  readonly vocabulary: Vocabulary;
  readonly start: Linear;
  readonly condition: ConditionReader | undefined;
  steps(condition: Condition): Int32Array | Float32Array;
  vector(condition: Condition): Float32Array;
}

/** The packed weights of a generator. Any number of streams can share the weights. `dispose` frees the weights. */
export class PackedGenerator extends PackedNetwork<GeneratorSpec> {
  /** Vocabulary of the symbols. */
  readonly vocabulary: Vocabulary;
  readonly #start: PackedLinear;
  readonly #reader: PackedConditionReader | undefined;
  readonly #vector: (condition: Condition) => Float32Array;

  constructor(model: GeneratorParts, dtype: Dtype) {
    super(model, true, dtype);
    this.vocabulary = model.vocabulary;
    const reader = model.condition?.pack({ dtype });
    this.#reader = reader;
    this.#vector = reader
      ? (condition) => reader.read(model.steps(condition))
      : (condition) => model.vector(condition);
    this.#start = new PackedLinear(model.start, packingOf(this.runtime, dtype));
  }

  /** Opens a stream that has read no symbol. `condition` sets its initial state. @throws ERR_DATA if `condition` is invalid */
  stream(condition: Condition): TokenStream {
    return this.#open(this.#vector(condition));
  }

  #open(vector: Float32Array): TokenStream {
    const state = this.#begin(vector);
    const stream = new TokenStream(this, this.vocabulary, null);
    stream.state = state;
    return stream;
  }

  #begin(vector: Float32Array): StreamState {
    const { runtime: rt } = this;
    return rt.frame(() => {
      const n = this.#start.outFeatures;
      const [x, y] = [rt.scratch(vector.length), rt.scratch(n)];
      rt.floats(x, vector.length).set(vector);
      this.#start.run(y, x, 1);
      rt.kernels.activation_forward(TANH, y, y, n, 0, 0);
      const all = rt.floats(y, n).slice();
      if (!this.recurrent.cell.memory) return { h: all };
      return { h: all.slice(0, n / 2), c: all.slice(n / 2) };
    });
  }

  /**
   * Generates a sequence, symbol by symbol. The sequence ends when `<EOS>` is drawn or after `length` new symbols (default 500).
   * Words are separated by spaces. `<UNK>` is never drawn. Errors are thrown by `generate` itself, not by the first `next()`.
   *
   * @throws ERR_DATA if the condition is invalid, or if the prompt has unknown characters (unknown words are allowed)
   * @throws ERR_VALUE if an option is invalid
   */
  generate(options: GeneratorOptions): Generator<string, void, undefined> {
    checkOptions("generate", options, `${GENERATE_NAMES} condition`);
    return write(this, options, (prompt) => {
      const vector = this.#vector(options.condition);
      const symbols = sequenceTokens(prompt, this.spec);
      const ids = this.vocabulary.encodeTokens([END_SYMBOL, ...symbols]);
      return { open: () => this.#open(vector), ids, symbols, end: ids[0]! };
    });
  }

  /** Frees the packed layers. */
  protected override free(): void {
    super.free();
    this.#start.dispose();
    this.#reader?.dispose();
  }
}
