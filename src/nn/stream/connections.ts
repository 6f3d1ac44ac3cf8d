import { activationCode } from "../../autograd/activation.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { type Connections, connectedWidth } from "../connections.ts";
import type { PackedLinear } from "./linear.ts";
import type { PackedNorm } from "./norm.ts";

const SIGMOID = activationCode("", "sigmoid").id;

/** The fields of packed layers that `StreamConnections` reads. */
export interface PackedStack {
  readonly runtime: Workspace;
  readonly connections: Connections;
  readonly hiddenSize: number;
  readonly layers: readonly unknown[];
  /** For each layer, the normalisation of its output; undefined if there is none. */
  readonly norms: readonly (PackedNorm | undefined)[];
  /** For each layer, the gate of its highway connection; undefined if there is none. */
  readonly highways: readonly (PackedLinear | undefined)[];
}

/** The connections between the layers of a stream. The formulas are in nn/connections.ts. Freed by `dispose`. */
export class StreamConnections {
  /** Address of the stack's output [B, outputSize]. */
  readonly output: number;
  /** Row stride, in floats, of the input of every layer above the first. */
  readonly ld: number;
  readonly #weights: PackedStack;
  readonly #batch: number;
  /** Address of a buffer for x_l, the input of layer l; 0 if the connections are `plain`. */
  readonly #x: number;
  /** Address of a buffer for y_l, the output of layer l; 0 if there are neither norms nor highway connections. */
  readonly #y: number;
  /** Address of a buffer for the gates of highway connections; 0 if there are none. */
  readonly #gate: number;

  /** @param top address of the last layer's hidden state */
  constructor(weights: PackedStack, batch: number, top: number) {
    const { runtime: rt, connections, layers, hiddenSize: H, norms } = weights;
    this.#weights = weights;
    this.#batch = batch;
    this.ld = connectedWidth(connections, layers.length, H);
    const needs = (block: boolean, size: number) => (block ? rt.allocate(batch * size) : 0);
    const gated = connections === "highway";
    [this.#x, this.#y, this.#gate] = rt.frame(() => [
      needs(connections !== "plain", this.ld),
      needs(gated || norms[0] !== undefined, H),
      needs(gated, H),
    ]);
    this.output = this.#x || this.#y || top;
  }

  /**
   * Computes the input of layer `layer` + 1, or the stack's output after the last layer.
   *
   * @param h address of the hidden state of layer `layer`
   * @returns address of the result
   */
  take(layer: number, h: number): number {
    const { runtime, connections, hiddenSize: H, norms, highways } = this.#weights;
    const { kernels: k } = runtime;
    const B = this.#batch;
    const n = B * H;
    const x = this.#x;
    const gate = highways[layer];
    let y = h;
    if (norms[layer]) {
      y = this.#y;
      norms[layer].run(y, h, B);
    }
    if (connections === "plain") return y;
    if (connections === "dense") k.copy_rows(x + layer * H * 4, this.ld, y, H, B, H);
    else if (layer === 0) k.copy_rows(x, n, y, n, 1, n);
    else if (!gate) k.add_scaled(x, y, 1, n);
    else {
      gate.run(this.#gate, x, B);
      k.activation_forward(SIGMOID, this.#gate, this.#gate, n, 0, 0);
      if (y === h) k.copy_rows(this.#y, n, h, n, 1, n);
      k.add_scaled(this.#y, x, -1, n);
      k.multiply_forward(this.#y, this.#y, this.#gate, n);
      k.add_forward(x, this.#y, x, n);
    }
    return x;
  }

  dispose(): void {
    for (const block of [this.#x, this.#y, this.#gate]) if (block) this.#weights.runtime.free(block);
  }
}
