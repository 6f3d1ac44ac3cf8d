import type { TaskModel } from "../network/model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import { checkFinite } from "./guard.ts";

/** The batch of an iteration. */
export interface IterationBatch<Batch = unknown> {
  readonly batch: Batch;
  /** Where the batch before it stopped, if this one goes on from there. */
  readonly state?: RecurrentState | undefined;
  /** Number of the iteration, from 1 on, for errors. */
  readonly iteration: number;
  /** Of a part of a batch: sequences of the whole of it. */
  readonly sequences?: number;
}

/** What a batch came to; its gradients are those of the model's parameters. */
export interface BatchGradients {
  /** Mean loss of the targets that count. */
  readonly value: number;
  /** Symbols, or steps, that were read. */
  readonly symbols: number;
  /** The states after its last step, if the next batch goes on from there. */
  readonly state?: RecurrentState | undefined;
}

/** Calculates the gradients of batches on several threads. */
export interface TrainingGroup {
  /**
   * @returns puts the gradients in the place of those that the model's parameters have
   * @throws ERR_NAN where a loss is not finite
   */
  gradients(model: TaskModel, batch: IterationBatch): Promise<() => BatchGradients>;
}

/**
 * The loss of a batch and its gradients, which take the place of those before: those of the losses summed over the targets and
 * averaged over the sequences (of a part: over those of the whole batch, so that the gradients of the parts add up to its own).
 *
 * @throws ERR_NAN where the loss is not finite, unless a part has no target that counts
 */
export function lossAndGradients(
  model: TaskModel,
  { batch, state: before, iteration, sequences: whole }: IterationBatch,
): BatchGradients & { readonly counted: number } {
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
