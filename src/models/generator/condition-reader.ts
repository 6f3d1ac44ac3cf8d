import { makeReader } from "../../network/network.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { rowsOfStates } from "../../network/state-rows.ts";
import type { Embedding } from "../../nn/embedding.ts";
import { Module } from "../../nn/module.ts";
import type { Recurrent } from "../../nn/recurrent.ts";
import { type Dtype, type PackOptions, packedDtype } from "../../nn/stream/packed.ts";
import type { PackedRecurrent } from "../../nn/stream/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";

/** The recurrent layers that read a condition which is a sequence. Their final states stand for it. */
export class ConditionReader extends Module {
  /** The embedding of words; undefined if the condition has vectors, or words are one-hot vectors. */
  readonly embedding: Embedding | undefined;
  /** The recurrent layers. */
  readonly rnn: Recurrent;
  readonly #features: number;

  /**
   * @param spec the spec of the generator, whose cell, layers and units the reader has too
   * @param inputs number of words, or of features in a vector
   */
  constructor(runtime: Runtime, spec: NetworkSpec & { readonly features: number }, inputs: number) {
    super(runtime);
    this.#features = spec.features;
    const own = spec.features ? { ...spec, embedding: 0, inputDropout: 0 } : spec;
    const add = <T extends Module>(name: string, part: T): T => this.child(name, part);
    ({ embedding: this.embedding, rnn: this.rnn } = runtime.frame(() =>
      makeReader(runtime, own, { inputs }, add),
    ));
  }

  /**
   * Reads a batch of conditions.
   *
   * @param steps words int32 [T, B], or vectors float32 [T, B, features]
   * @returns the final states of each condition in the order of `rowsOfStates`, [B, states]
   */
  forward(steps: Tensor, lengths: readonly number[]): Tensor {
    return rowsOfStates(this.rnn.forward(this.embedding?.forward(steps) ?? steps, { lengths }).state);
  }

  /**
   * Returns the current weights in the layout that reads step by step.
   *
   * @param options.dtype type of the packed weights, default `f32`. See {@link nn.Recurrent.pack}
   */
  pack(options: PackOptions = {}): PackedConditionReader {
    return new PackedConditionReader(this, this.#features, packedDtype("ConditionReader", options));
  }
}

/** The packed weights of a reader of conditions. */
export class PackedConditionReader {
  readonly #rnn: PackedRecurrent;
  /** Numbers in a step. */
  readonly #width: number;

  /** @param features numbers in a vector; 0 if the reader reads words */
  constructor(
    { rnn, embedding }: Pick<ConditionReader, "rnn" | "embedding">,
    features: number,
    dtype: Dtype,
  ) {
    this.#rnn = rnn.pack({ tokens: embedding?.weight ?? features === 0, dtype });
    this.#width = features || 1;
  }

  /**
   * Reads a condition.
   *
   * @param numbers ids of words [T], or scaled vectors [T, features]
   * @returns its final states
   */
  read(numbers: Int32Array | Float32Array): Float32Array {
    const stream = this.#rnn.stream({ batch: 1 });
    try {
      for (let at = 0; at < numbers.length; at += this.#width) {
        stream.step(numbers.subarray(at, at + this.#width));
      }
      const { h, c } = stream.state;
      return Float32Array.from([...h, ...(c ?? [])]);
    } finally {
      stream.dispose();
    }
  }

  /** Frees the packed weights. */
  dispose(): void {
    this.#rnn.dispose();
  }
}
