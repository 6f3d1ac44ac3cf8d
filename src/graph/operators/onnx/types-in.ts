import { UnrolledError } from "../../../errors.ts";
import { Call, NumbersNeeded } from "../../call.ts";
import type { Graph } from "../../graph.ts";
import { operatorOf } from "../../known-operators.ts";
import { Slot } from "../../slot.ts";

/**
 * Returns the types of the values of a body by their names, without planning it.
 *
 * @returns undefined if they depend on numbers that are not known, or if a node is invalid
 */
export function typesIn(body: Graph, inputs: ReadonlyMap<string, Slot>): Map<string, Slot> | undefined {
  const slots = new Map(inputs);
  for (const [name, value] of body.constants) slots.set(name, new Slot(value.dtype, value.shape, value));
  try {
    for (const node of body.nodes) {
      const call = new Call(
        node,
        node.inputs.map((name) => (name ? slots.get(name) : undefined)),
      );
      const operator = operatorOf(node);
      const known = operator.known?.(call);
      const types = known ?? operator.infer?.(call);
      if (!types) return undefined;
      for (const [i, name] of node.outputs.entries()) {
        const type = types[i];
        if (name && type) slots.set(name, new Slot(type.dtype, type.shape, known?.[i]));
      }
    }
  } catch (error) {
    if (error instanceof NumbersNeeded || error instanceof UnrolledError) return undefined;
    throw error;
  }
  return slots;
}
