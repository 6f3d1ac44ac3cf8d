import { type ActivationCode, activationCode } from "../autograd/activation.ts";
import { checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { FeedForward } from "./feed-forward.ts";
import { Packed } from "./packed.ts";
import { PackedLinear } from "./packed-linear.ts";

/** The weights of a feed-forward network packed once; any number of streams read them. Freed by `dispose`. */
export class PackedFeedForward extends Packed {
  readonly layers: readonly PackedLinear[];
  readonly activation: ActivationCode;

  constructor(network: FeedForward) {
    super(network.runtime);
    const { runtime: rt, activation, hidden } = network;
    this.layers = rt.frame(() => [...hidden, network].map((layer) => new PackedLinear(layer)));
    this.activation = activationCode("FeedForward", activation);
  }

  stream(batch = 1): FeedForwardStream {
    return new FeedForwardStream(this, batch);
  }

  protected override free(): void {
    for (const layer of this.layers) layer.dispose();
  }
}

/** Room for what the layers give: a step allocates nothing. Freed by `dispose`. */
export class FeedForwardStream {
  readonly #network: PackedFeedForward;
  readonly #batch: number;
  /** Addresses of what each layer gives; none after `dispose`. */
  readonly #outputs: number[];

  constructor(network: PackedFeedForward, batch: number) {
    const { runtime: rt, layers } = network;
    checkWhole("stream: batch", batch, 1);
    network.assertUsable();
    this.#network = network;
    this.#batch = batch;
    this.#outputs = rt.frame(() => layers.map(({ outFeatures }) => rt.allocate(batch * outFeatures)));
  }

  /** Address of the output [B, out]. @internal */
  get outputPtr(): number {
    return this.#outputs.at(-1)!;
  }

  /** One step. `x`: address of the input [B, in]. */
  run(x: number): void {
    const { runtime, layers, activation } = this.#network;
    this.#network.assertUsable();
    if (!this.#outputs.length) {
      throw new UnrolledError("ERR_DISPOSED", "the stream was disposed; open another with stream()");
    }
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

  dispose(): void {
    for (const block of this.#outputs.splice(0)) this.#network.runtime.free(block);
  }
}
