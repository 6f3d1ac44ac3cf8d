import { damaged } from "../network/damaged.ts";
import type { TaskModel } from "../network/model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";

/** How good a model is, as far as a training run needs to know. */
export interface Evaluated {
  /** What training makes small. */
  readonly loss: number;
  /** What the best model has least of, where that is not the loss: a loss may rise while ever more is right. */
  readonly error?: number;
}

/** What is compared to find the best model, to stop early, and by the schedule `plateau`. */
export const errorOf = ({ loss, error = loss }: Evaluated): number => error;

/** Most that the loss adds to an error. */
const TIE = 1e-6;

/** The error of a score, of which 1 is the best; of equal scores, that with the smaller loss has less of it. */
export const errorOfScore = (score: number, loss: number): number => 1 - score + (TIE * loss) / (1 + loss);

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
  let state: RecurrentState | undefined;
  let nats = 0;
  let counted = 0;
  try {
    model.inference(() => {
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
    });
  } finally {
    disposeState(state);
  }
  if (counted) nats /= counted;
  if (!Number.isFinite(nats)) {
    throw damaged(`${subject}: the loss is ${nats}`);
  }
  return { nats, counted };
}

/** Frees a recurrent state. */
export function disposeState(state: RecurrentState | undefined): void {
  state?.h.dispose();
  state?.c?.dispose();
}
