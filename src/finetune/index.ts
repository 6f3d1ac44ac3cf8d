/**
 * Training models of other frameworks further: a graph as a module with gradients, and a loop that trains it.
 *
 * @module unrolled/finetune
 */

export type { GraphInput, GraphModel } from "../graph/index.ts";
export {
  type FinetuneExample,
  type FinetuneOptions,
  type FinetuneResult,
  finetune,
} from "./finetune.ts";
export type { Freeze } from "./freeze.ts";
export { GraphModule, type GraphModuleOptions } from "./module.ts";
export type { LossName, Target } from "./targets.ts";
