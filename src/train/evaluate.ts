import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Evaluated } from "./trainer.ts";

/** How well a model predicts a text. */
export interface Evaluation extends Evaluated {
  /** Mean cross-entropy of a symbol in nats. */
  readonly nats: number;
  /** The same in bits. */
  readonly bits: number;
  /** exp(nats): as uncertain as a fair choice among so many symbols. */
  readonly perplexity: number;
  /** Predictions that were counted. */
  readonly tokens: number;
}

/** Nats in bits, perplexity and all. */
export function evaluation(nats: number, tokens: number): Evaluation {
  return { loss: nats, nats, bits: nats / Math.LN2, perplexity: Math.exp(nats), tokens };
}

/**
 * The mean loss of all targets that count, without dropout.
 *
 * @param onOutputs is shown what each batch gave
 * @throws ERR_NAN that begins with `subject`
 */
export function meanLoss<Batch>(
  model: TaskModel<Batch>,
  batches: Iterable<Batch>,
  subject: string,
  onOutputs?: (batch: Batch, outputs: Float32Array) => void,
): { nats: number; counted: number } {
  const rt = model.runtime;
  const { training } = model;
  let state: RecurrentState | undefined;
  let nats = 0;
  let counted = 0;
  model.train(false);
  try {
    for (const batch of batches) {
      const before = state;
      const result = rt.noGrad(() =>
        rt.scope(() => {
          const { loss, outputs, counted, state: after } = model.loss(batch, before);
          onOutputs?.(batch, outputs.toArray());
          return { loss: loss.item(), counted, ...(after && { state: after }) };
        }),
      );
      state = result.state;
      disposeState(before);
      if (result.counted) nats += result.loss * result.counted;
      counted += result.counted;
    }
  } finally {
    model.train(training);
    disposeState(state);
  }
  if (counted) nats /= counted;
  if (!Number.isFinite(nats)) {
    throw new UnrolledError(
      "ERR_NAN",
      `${subject}: the loss is ${nats}; the model's weights are damaged or far too large`,
    );
  }
  return { nats, counted };
}

/** Frees a recurrent state. */
export function disposeState(state: RecurrentState | undefined): void {
  state?.h.dispose();
  state?.c?.dispose();
}
