import type { PackedLayer } from "../nn/stream/layer.ts";
import type { Workspace } from "../runtime/workspace.ts";
import type { Call, Type } from "./call.ts";
import type { Graph, Value } from "./graph.ts";
import type { Session } from "./session.ts";
import type { Slot } from "./slot.ts";
import type { Step } from "./stage.ts";

/** What an operator can do to the plan that is being made: the side of the planner that operators see. */
export interface Lowering {
  readonly session: Session;
  readonly runtime: Workspace;
  /** Adds a call of a kernel. */
  step(step: Step): void;
  /** Returns the address of a value in memory. */
  at(slot: Slot): number;
  /** Returns memory that only the steps of one node use, until the node is planned. */
  temporary(words: number): number;
  /** Returns the address of whole numbers that belong to the plan. */
  storeInts(numbers: readonly number[]): number;
  /** Returns the address of numbers that belong to the plan. */
  storeFloats(numbers: readonly number[]): number;
  /** Returns the numbers of a value, for steps in JavaScript. */
  numbersOf(slot: Slot): Value;
  /** Returns the address of what `make` makes of a constant, such as packed weights. Plans share what is made of the graph's constants. */
  made(slot: Slot, form: string, make: () => number): number;
  /** Returns packed weights of a recurrent layer, whose weights are constants. Plans share those of the graph's constants. */
  packedLayer(call: Call, form: string, pack: () => PackedLayer): PackedLayer;
  /** Checks that results have sizes that a model can need. @throws ERR_MEMORY or ERR_SHAPE if they do not */
  check(call: Call, types: readonly Type[]): void;
  /** Plans the nodes of a body in place of a node. @param inputs the body's inputs, in its order */
  inline(call: Call, body: Graph, inputs: readonly Slot[]): void;
}
