import { type Activation, activation, activationCode } from "../autograd/activation.ts";
import { checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Linear, type LinearOptions } from "./linear.ts";
import { PackedFeedForward } from "./stream/feed-forward.ts";
import { packingOf } from "./stream/int8.ts";
import { type PackOptions, packedDtype } from "./stream/packed.ts";

/** Options of {@link FeedForward}. */
export interface FeedForwardOptions extends LinearOptions {
  /** Units of each hidden layer, first to last. By default, there are no hidden layers. */
  hidden?: readonly number[];
  /** Activation after each hidden layer; default relu. */
  activation?: Activation;
}

/**
 * Linear layers with an activation between them. The last layer's parameters are `weight` and `bias`, as in Linear. The hidden
 * layers' parameters are `hidden_l{k}.weight` and `hidden_l{k}.bias`. All parameters are initialised as in Linear. The options
 * `bias` and `weight` apply to the last layer only.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const bits = rt.tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
 * const xor = rt.tensor(Int32Array.of(0, 1, 1, 0), [4]);
 * const net = new nn.FeedForward(rt, { inFeatures: 2, outFeatures: 2, hidden: [8], activation: "tanh" });
 * const adam = new optim.Adam(net.parameters(), { lr: 0.05 });
 * for (let i = 0; i < 200; i++) {
 *   adam.zeroGrad();
 *   rt.scope(() => crossEntropy(net.forward(bits), xor).backward());
 *   adam.step();
 * }
 * const { data } = softmax(net.forward(bits));
 * console.log([1, 3, 5, 7].map((i) => data[i].toFixed(1)).join(" ")); // 0.0 1.0 1.0 0.0
 * ```
 */
export class FeedForward extends Linear {
  /** Activation after each hidden layer. */
  readonly activation: Activation;
  /** Hidden layers, first to last. */
  readonly hidden: readonly Linear[];

  /**
   * Makes the layers with random weights.
   *
   * @throws ERR_VALUE if an option is invalid; ERR_SHAPE if a shared `weight` has the wrong shape
   */
  constructor(runtime: Runtime, options: FeedForwardOptions) {
    const {
      hidden = [],
      activation = "relu",
      ...last
    } = checkOptions("nn.FeedForward", options, "inFeatures outFeatures bias weight hidden activation");
    activationCode("FeedForward", activation);
    if (!Array.isArray(hidden)) {
      throw new UnrolledError("ERR_VALUE", `FeedForward: hidden is ${String(hidden)}, expected an array`);
    }
    const sizes = [last.inFeatures, ...hidden];
    sizes.forEach((units, i) => {
      checkWhole(`FeedForward: ${i ? "hidden" : "inFeatures"}`, units, 1);
    });
    super(runtime, { ...last, inFeatures: sizes.at(-1)! });
    this.activation = activation;
    try {
      this.hidden = hidden.map((outFeatures, i) =>
        this.child(`hidden_l${i}`, new Linear(runtime, { inFeatures: sizes[i]!, outFeatures })),
      );
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Computes [..., out] from x [..., in]. */
  override forward(x: Tensor): Tensor {
    return super.forward(this.hidden.reduce((y, layer) => activation(layer.forward(y), this.activation), x));
  }

  /**
   * Packs the current weights for streams. Later training does not change the packed weights.
   *
   * @param options.dtype type of the packed weights, default `f32`; see {@link Recurrent.pack}
   */
  pack(options: PackOptions = {}): PackedFeedForward {
    const packing = packingOf(this.runtime, packedDtype("FeedForward", options));
    return new PackedFeedForward([...this.hidden, this], this.activation, packing);
  }
}
