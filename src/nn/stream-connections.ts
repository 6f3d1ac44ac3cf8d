import { connectedWidth } from "./connections.ts";
import type { PackedRecurrent } from "./packed-recurrent.ts";

/** What lies between the layers of a stream; `connect` in connections.ts tells what. Freed by `dispose`. */
export class StreamConnections {
  /** Address of the stack's output [B, outputSize]. */
  readonly output: number;
  /** Floats from one row to the next of what layers above the first read. */
  readonly ld: number;
  readonly #weights: PackedRecurrent;
  readonly #batch: number;
  readonly #blocks: readonly number[];
  /** x_l, where it is not the hidden state of the layer below. */
  readonly #x: number;
  /** y_l on its way into x_{l+1}, and the gate of a highway. */
  readonly #y: number;
  readonly #gate: number;

  /** `top`: address of the last layer's hidden state. */
  constructor(weights: PackedRecurrent, batch: number, top: number) {
    const { runtime: rt, connections, layers, hiddenSize: H } = weights;
    this.#weights = weights;
    this.#batch = batch;
    this.ld = connectedWidth(connections, layers.length, H);
    const sizes = connections === "plain" ? [] : [this.ld, ...(connections === "highway" ? [H, H] : [])];
    this.#blocks = rt.frame(() => sizes.map((size) => rt.allocate(batch * size)));
    [this.#x = 0, this.#y = 0, this.#gate = 0] = this.#blocks;
    this.output = this.#x || top;
  }

  /** Takes the hidden state of a layer; gives the address of what the layer above reads. */
  take(layer: number, h: number): number {
    const { runtime, connections, hiddenSize: H, highways } = this.#weights;
    const { kernels: k } = runtime;
    const B = this.#batch;
    const n = B * H;
    const x = this.#x;
    const gate = highways[layer];
    if (connections === "plain") return h;
    if (connections === "dense") k.copy_rows(x + layer * H * 4, this.ld, h, H, B, H);
    else if (layer === 0) k.copy_rows(x, n, h, n, 1, n);
    else if (!gate) k.add_scaled(x, h, 1, n);
    else {
      gate.run(this.#gate, x, B);
      k.sigmoid_forward(this.#gate, this.#gate, n);
      k.copy_rows(this.#y, n, h, n, 1, n);
      k.add_scaled(this.#y, x, -1, n);
      k.multiply_forward(this.#y, this.#y, this.#gate, n);
      k.add_forward(x, this.#y, x, n);
    }
    return x;
  }

  dispose(): void {
    for (const block of this.#blocks) this.#weights.runtime.free(block);
  }
}
