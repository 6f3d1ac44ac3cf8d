import { checkInstance, checkObject } from "../checks.ts";
import type { TaskModel } from "../network/model.ts";
import { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import { checkFinite } from "./guard.ts";

/** A batch, and what an iteration needs to compute its gradients. */
export interface IterationBatch<Batch = unknown> {
  /** The batch, in the form that `model.loss` takes. */
  readonly batch: Batch;
  /** Recurrent state after the previous batch, if this batch continues the sequences of the previous batch. */
  readonly state?: RecurrentState | undefined;
  /** Number of the iteration, counted from 1, for errors. */
  readonly iteration: number;
  /** Number of sequences in the whole batch, if `batch` is only a part of the whole batch. */
  readonly sequences?: number;
}

/** The results of a batch, except its gradients, which are stored in the model's parameters. */
export interface BatchGradients {
  /** Mean loss over the targets, except ignored targets (-100). */
  readonly value: number;
  /** Number of symbols, or steps, that were read. */
  readonly symbols: number;
  /** Recurrent state after the last step, if the next batch continues the sequences of this batch. */
  readonly state?: RecurrentState | undefined;
}

/** Threads that compute the gradients of a batch together (data parallel). */
export interface TrainingGroup {
  /**
   * Computes the gradients of a batch.
   *
   * @returns a function that writes the gradients into the model's parameters
   * @throws ERR_NAN if a loss is not finite
   */
  gradients(model: TaskModel, batch: IterationBatch): Promise<() => BatchGradients>;
}

/**
 * Computes the loss of a batch and the gradients, which replace the previous gradients. The gradients are those of the sum of all
 * losses, divided by the number of sequences. If `batch` is only a part of a batch, the divisor is the number of sequences in the
 * whole batch. The gradients of all parts then add up to the gradients of the whole batch.
 *
 * @param given the batch, the state before it and its number
 * @throws ERR_NAN if the loss is not finite. A part of a batch does not throw if all its targets are ignored (-100)
 */
export function lossAndGradients(
  model: TaskModel,
  given: IterationBatch,
): BatchGradients & { readonly counted: number } {
  checkInstance("lossAndGradients: model", model, Module, "a model");
  const {
    batch,
    state: before,
    iteration,
    sequences: whole,
  } = checkObject("lossAndGradients", given, "the batch is");
  const parameters = model.parameters();
  const { loss, outputs, counted, sequences, symbols, state } = model.loss(batch, before);
  const value = loss.item();
  for (const { grad } of Object.values(parameters)) grad?.data.fill(0);
  if (counted || !whole) {
    if (!Number.isFinite(value)) {
      checkFinite(iteration, "the parameter ", parameters);
      checkFinite(iteration, "the state ", { ...before });
      checkFinite(iteration, "", { "a logit": outputs, "the loss": loss });
    }
    loss.backward(model.runtime.tensor([counted / (whole ?? sequences)], []));
  }
  return { value, counted, symbols, state };
}
