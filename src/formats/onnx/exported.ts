import type { Network } from "../../network/network.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import type { Embedding } from "../../nn/embedding.ts";
import type { Recurrent } from "../../nn/recurrent.ts";

/** Names of the axes of steps. */
export const STEPS = ["time", "batch"] as const;

/** What an export needs to know of the models of all tasks. Each has some of the optional fields. */
export interface Exported extends Network {
  readonly spec: NetworkSpec & {
    readonly task?: string;
    readonly softmax?: string;
    readonly zeroStart?: boolean;
    readonly characterHidden?: number;
    readonly features?: number;
    readonly stack?: number;
    readonly multiLabel?: boolean;
    readonly pooling?: string;
    readonly changes?: boolean;
  };
  readonly tables: {
    readonly scaling?: {
      readonly mean: readonly number[];
      readonly deviation: readonly number[];
      readonly columns: readonly Readonly<Record<"mean" | "deviation" | "step" | "change", number>>[];
    };
  };
  /** The part of a tagger or classifier that reads the characters of words. */
  readonly characters?: { readonly embedding: Embedding; readonly rnn: Recurrent };
  /** How a forecaster reads rows. */
  readonly coding: { readonly width: number; readonly outputs: number; readonly targets: readonly number[] };
}
