import type { FeedForward } from "../nn/feed-forward.ts";
import { type Dtype, Packed } from "../nn/stream/packed.ts";
import type { PackedRecurrent } from "../nn/stream/recurrent.ts";
import type { NetworkHead } from "./head.ts";
import type { Network } from "./network.ts";
import type { NetworkSpec } from "./spec.ts";

/** The fields of a network that packing reads. */
export type NetworkParts<
  Spec extends NetworkSpec = NetworkSpec,
  Head extends NetworkHead = FeedForward,
> = Pick<Network<Spec, Head>, "runtime" | "spec" | "rnn" | "embedding" | "head"> & { readonly dtype?: Dtype };

/** A network's weights, packed once for any number of streams. Freed by `dispose`. */
export abstract class PackedNetwork<
  Spec extends NetworkSpec = NetworkSpec,
  Head extends NetworkHead = FeedForward,
> extends Packed {
  /** The spec of the network. */
  readonly spec: Spec;
  /** The packed recurrent layers. */
  readonly recurrent: PackedRecurrent;
  /** The packed head. */
  readonly head: ReturnType<Head["pack"]>;

  /**
   * @param tokens whether the network reads tokens instead of features
   * @param dtype type of the packed weights
   */
  constructor(
    { runtime, spec, rnn, embedding, head }: NetworkParts<Spec, Head>,
    tokens: boolean,
    dtype: Dtype,
  ) {
    super(runtime);
    this.spec = spec;
    [this.recurrent, this.head] = runtime.frame(() => [
      rnn.pack({ tokens: tokens && (embedding?.weight ?? true), dtype }),
      head.pack({ dtype }) as ReturnType<Head["pack"]>,
    ]);
  }

  protected override free(): void {
    this.recurrent.dispose();
    this.head.dispose();
  }
}
