import type { PackedFeedForward } from "../nn/stream/feed-forward.ts";
import type { PackedLayers } from "../nn/stream/layers.ts";
import { type Dtype, Packed, type PackOptions } from "../nn/stream/packed.ts";
import type { PackedRecurrent } from "../nn/stream/recurrent.ts";
import type { Weight } from "../runtime/weight.ts";
import type { Workspace } from "../runtime/workspace.ts";
import type { PackedHead } from "./head.ts";
import type { NetworkSpec } from "./spec.ts";

/** What packing reads of a network: a `Network`, or the weights of a file (`StoredNetwork`). */
export interface NetworkParts<
  Spec extends NetworkSpec = NetworkSpec,
  Layers extends PackedLayers = PackedRecurrent,
  Head extends PackedHead = PackedFeedForward,
> {
  readonly runtime: Workspace;
  readonly spec: Spec;
  readonly rnn: {
    readonly inputSize: number;
    pack(options?: { tokens?: boolean | Weight; dtype?: Dtype }): Layers;
  };
  readonly embedding: { readonly weight: Weight } | undefined;
  readonly head: { pack(options?: PackOptions): Head };
  readonly dtype?: Dtype;
}

/** A network's weights, packed once for any number of streams. Freed by `dispose`. */
export abstract class PackedNetwork<
  Spec extends NetworkSpec = NetworkSpec,
  Layers extends PackedLayers = PackedRecurrent,
  Head extends PackedHead = PackedFeedForward,
> extends Packed {
  /** The spec of the network. */
  readonly spec: Spec;
  /** The packed recurrent layers. */
  readonly recurrent: Layers;
  /** The packed head. */
  readonly head: Head;

  /**
   * @param tokens whether the network reads tokens instead of features
   * @param dtype type of the packed weights
   */
  constructor(
    { runtime, spec, rnn, embedding, head }: NetworkParts<Spec, Layers, Head>,
    tokens: boolean,
    dtype: Dtype,
  ) {
    super(runtime);
    this.spec = spec;
    [this.recurrent, this.head] = runtime.frame(() => [
      runtime.frame(() => rnn.pack({ tokens: tokens && (embedding?.weight ?? true), dtype })),
      head.pack({ dtype }),
    ]);
  }

  protected override free(): void {
    this.recurrent.dispose();
    this.head.dispose();
  }
}
