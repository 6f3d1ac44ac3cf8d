import { gatherRows, reshape } from "../../autograd/shape.ts";
import { makeReader } from "../../network/network.ts";
import type { Embedding } from "../../nn/embedding.ts";
import { Module } from "../../nn/module.ts";
import type { Recurrent, RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { encoderSpec, type HalvesNetwork } from "./spec.ts";

/** The encoder's results for a batch of sources. */
export interface Encoded {
  /**
   * Output of the recurrent layers at every step, [T_x, B, outputs]; 0 past the end of a source. Undefined if only the state is
   * known, such as when an autoencoder decodes a vector.
   */
  readonly memory?: Tensor;
  /**
   * Final states of the recurrent layers, [layers, B, H]. In a bidirectional layer, the states of its two directions are
   * concatenated.
   */
  readonly state: RecurrentState;
  /** Steps of each source, [B]. */
  readonly lengths: readonly number[];
}

/** Embedding and recurrent layers that read a source. */
export class Encoder extends Module {
  /** The embedding of the tokens; undefined if the spec has none. */
  readonly embedding: Embedding | undefined;
  /** The recurrent layers. */
  readonly rnn: Recurrent;

  /**
   * @param spec spec of the whole model
   * @param inputs number of source symbols
   */
  constructor(runtime: Runtime, spec: HalvesNetwork, inputs: number) {
    super(runtime);
    const add = <T extends Module>(name: string, part: T): T => this.child(name, part);
    ({ embedding: this.embedding, rnn: this.rnn } = runtime.frame(() =>
      makeReader(runtime, encoderSpec(spec), { inputs }, add),
    ));
  }

  /**
   * Reads a batch of sources.
   *
   * @param tokens int32 [T_x, B]
   * @param lengths number of steps of each source, at least 1
   */
  forward(tokens: Tensor, lengths: readonly number[]): Encoded {
    const { output, state } = this.rnn.forward(this.embedding?.forward(tokens) ?? tokens, { lengths });
    const join = (states: Tensor) => joinDirections(states, this.rnn.directions);
    return {
      memory: output,
      state: { h: join(state.h), ...(state.c && { c: join(state.c) }) },
      lengths,
    };
  }
}

/** Joins directions: [layers * directions, B, H] -> [layers, B, directions * H]. */
function joinDirections(states: Tensor, directions: number): Tensor {
  if (directions === 1) return states;
  const [all = 0, B = 0, H = 0] = states.shape;
  const layers = all / directions;
  const order = Int32Array.from({ length: all * B }, (_, i) => {
    const [layer, b] = [Math.floor(i / (B * directions)), Math.floor(i / directions) % B];
    return (layer * directions + (i % directions)) * B + b;
  });
  return states.runtime.frame(() =>
    reshape(gatherRows(states, order, [all * B, H]), [layers, B, directions * H]),
  );
}
