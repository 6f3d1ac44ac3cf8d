import { freeLayer, type PackedLayer } from "../nn/stream/layer.ts";
import type { Workspace } from "../runtime/workspace.ts";
import type { Value } from "./graph.ts";
import type { Slot } from "./slot.ts";
import { arrayAt } from "./values.ts";

/** A call of a kernel, or a function of JavaScript that computes a node. */
export type Step = () => void;

/** A value in memory, as arrays that are renewed when the memory has grown. */
export interface Live {
  readonly slot: Slot;
  readonly value: { dtype: Value["dtype"]; shape: Value["shape"]; data: Value["data"] };
}

/** A part of a plan: calls with fixed addresses. Behind it the plan ends, or goes on by the numbers that are in memory then. */
export class Stage {
  readonly steps: Step[] = [];
  readonly live: Live[] = [];
  readonly blocks: number[] = [];
  /** Packed weights that belong to this stage. */
  readonly layers: PackedLayer[] = [];
  /** The values of the graph's outputs, if the plan ends here. */
  outputs: readonly Slot[] | undefined;
  /** Values that were computed before this stage and are copied to these slots. */
  results: readonly Slot[] = [];
  /** Returns the stage behind this one. */
  next: (() => Stage) | undefined;
  readonly stages = new Map<string, Stage>();

  run(rt: Workspace): readonly Slot[] {
    let stage: Stage = this;
    for (;;) {
      stage.renew(rt);
      for (const step of stage.steps) step();
      if (stage.outputs) return stage.outputs;
      stage = stage.next!();
    }
  }

  /** Renews the arrays, which become empty when the memory grows. */
  renew(rt: Workspace): void {
    if (!this.live.some(({ slot, value }) => slot.size > 0 && value.data.length === 0)) return;
    for (const { slot, value } of this.live) value.data = arrayAt(rt, slot);
  }

  /** Whether its memory was freed. */
  disposed = false;

  dispose(rt: Workspace): void {
    this.disposed = true;
    for (const stage of this.stages.values()) stage.dispose(rt);
    this.stages.clear();
    for (const block of this.blocks.splice(0)) rt.free(block);
    for (const layer of this.layers.splice(0)) freeLayer(rt, layer);
  }
}

/** How many stages are kept behind a stage, and how many plans of a graph: inputs of other shapes make others. */
export const MAX_PLANS = 8;

/** Removes the oldest entries of a map in which new ones are last. */
export function forgetOldest(rt: Workspace, stages: Map<string, Stage>): void {
  for (const [key, stage] of stages) {
    if (stages.size < MAX_PLANS) return;
    stages.delete(key);
    stage.dispose(rt);
  }
}
