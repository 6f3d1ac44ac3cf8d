import type { Call, Type } from "./call.ts";
import type { Value } from "./graph.ts";
import type { Lowering } from "./lowering.ts";
import type { Slot } from "./slot.ts";

/**
 * What an operator does: `known`, `view`, `evaluate` or `lower`, which are tried in this order, or `dynamic` or `expand` alone. Constants are
 * computed by `evaluate`, or by `lower` if there is no other.
 */
export interface Operator {
  /** Returns outputs that follow from the types of the inputs alone, such as a shape. */
  known?(call: Call): Value[] | undefined;
  /**
   * Checks a node and returns the types of its outputs.
   *
   * @throws NumbersNeeded if they depend on numbers that are not known yet
   */
  infer?(call: Call): Type[];
  /** If the outputs can have the memory of the first input: returns where each begins in it, in words. */
  view?(call: Call, outputs: readonly Type[]): number[] | undefined;
  /** Adds the calls of kernels that write the outputs. Returns false if there are none for the node: then `evaluate` runs. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most always add calls
  lower?(call: Call, planner: Lowering, outputs: readonly Slot[]): void | false;
  /** Writes the outputs, in JavaScript. Inputs that are absent are undefined. */
  evaluate?(call: Call, inputs: readonly (Value | undefined)[], outputs: readonly Value[]): void;
  /** Computes outputs whose shapes depend on the numbers of inputs, while a plan runs. */
  dynamic?(call: Call, inputs: readonly (Value | undefined)[], planner: Lowering): Value[];
  /** Plans other nodes in place of the node: the nodes of a body. */
  expand?(call: Call, planner: Lowering): void;
}
