import type { Runtime } from "../runtime/runtime.ts";
import { BatchNorm } from "./batch-norm.ts";
import { LayerNorm } from "./layer-norm.ts";
import type { Norm } from "./norm.ts";

const NORMS = { layer: LayerNorm, batch: BatchNorm };

/** How the output of a layer is normalised: not (`none`), over its features (`layer`) or over the batch (`batch`). */
export type NormKind = "none" | keyof typeof NORMS;

export const NORM_KINDS: readonly NormKind[] = ["none", "layer", "batch"];

export function makeNorm(runtime: Runtime, kind: NormKind, numFeatures: number): Norm | undefined {
  return kind === "none" ? undefined : new NORMS[kind](runtime, { numFeatures });
}
