import type { TaskModel } from "../../src/network/model.ts";
import type { RandomState } from "../../src/runtime/random.ts";
import { lossAndGradients } from "../../src/train/gradients.ts";
import { loadState, type StoredState, storeState } from "./stored-state.ts";

/** The work of one thread in an iteration: a part of the batch. */
export interface PartTask {
  readonly batch: unknown;
  readonly state?: StoredState;
  /** Number of the iteration, counted from 1. Error messages name it. */
  readonly iteration: number;
  /** Number of sequences in the whole batch. */
  readonly sequences: number;
  /** The state of the random number generator at which this part starts. */
  readonly random: RandomState;
}

/** The results of one thread in an iteration, without the gradients. */
export interface PartResult {
  /** Mean loss over all targets of the part except padding. `counted` is the number of these targets. */
  readonly value: number;
  readonly counted: number;
  readonly symbols: number;
  readonly state?: StoredState;
  /** Number of blocks of random numbers that the thread drew in this iteration. */
  readonly drawn: number;
}

/**
 * Calculates the gradients of a part of a batch. The new gradients replace earlier gradients in the model.
 *
 * @throws ERR_NAN if the loss is not finite; ERR_MEMORY if the memory cannot grow
 */
export function partGradients(model: TaskModel, { state, random, ...part }: PartTask): PartResult {
  const rt = model.runtime;
  model.train();
  rt.random.state = random;
  return rt.scope(() => {
    const before = state && loadState(rt, state);
    const { value, counted, symbols, ...after } = lossAndGradients(model, { ...part, state: before });
    return {
      value,
      counted,
      symbols,
      ...(after.state && { state: storeState(after.state) }),
      drawn: rt.random.state.position - random.position,
    };
  });
}
