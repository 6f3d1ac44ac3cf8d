import { type Activation, type ActivationCode, activationCode } from "../../autograd/activation.ts";
import { checkWhole } from "../../checks.ts";
import { type LinearWeights, PackedLinear } from "./linear.ts";
import { Packed, Stream } from "./packed.ts";
import type { Packing } from "./packing.ts";

/** The weights of a feed-forward network, packed once for any number of streams. Freed by `dispose`. */
export class PackedFeedForward extends Packed {
  /** The layers, first to last. */
  readonly layers: readonly PackedLinear[];
  /** The activation between the layers, in the form that the kernels take. */
  readonly activation: ActivationCode;

  /**
   * @param layers first to last, at least one
   * @param activation function between the layers
   */
  constructor(layers: readonly LinearWeights[], activation: Activation, packing: Packing) {
    const { runtime } = layers[0]!;
    super(runtime);
    this.layers = runtime.frame(() => layers.map((layer) => new PackedLinear(layer, packing)));
    this.activation = activationCode("FeedForward", activation);
  }

  /**
   * Opens a stream.
   *
   * @param batch number of rows in a step (B); default 1
   * @throws ERR_VALUE if `batch` is not a whole number of at least 1; ERR_DISPOSED after `dispose`
   */
  stream(batch = 1): FeedForwardStream {
    return new FeedForwardStream(this, batch);
  }

  protected override free(): void {
    for (const layer of this.layers) layer.dispose();
  }
}

/** A feed-forward network that runs step by step. It has a buffer for each layer's output. Freed by `dispose`. */
export class FeedForwardStream extends Stream<PackedFeedForward> {
  readonly #batch: number;
  /** Addresses of the layers' outputs. */
  readonly #outputs: readonly number[];

  constructor(network: PackedFeedForward, batch: number) {
    const { runtime: rt, layers } = network;
    super(rt, network);
    checkWhole("stream: batch", batch, 1);
    this.#batch = batch;
    this.#outputs = rt.frame(() => layers.map(({ outFeatures }) => rt.allocate(batch * outFeatures)));
  }

  /** Address of the output [B, out]. @internal */
  get outputPtr(): number {
    return this.#outputs.at(-1)!;
  }

  /** Runs one step. @param x address of the input [B, in] @throws ERR_DISPOSED after `dispose` */
  run(x: number): void {
    const { runtime, layers, activation } = this.packed;
    this.assertUsable();
    const { id, alpha, beta } = activation;
    const B = this.#batch;
    for (let i = 0; i < layers.length; i++) {
      const y = this.#outputs[i]!;
      layers[i]!.run(y, x, B);
      const n = B * layers[i]!.outFeatures;
      if (i < layers.length - 1) runtime.kernels.activation_forward(id, y, y, n, alpha, beta);
      x = y;
    }
  }

  protected override free(): void {
    for (const block of this.#outputs) this.runtime.free(block);
  }
}
