import { checkInstance, checkObject } from "../checks.ts";
import { damaged } from "../network/damaged.ts";
import type { TaskModel } from "../network/model.ts";
import { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";

/** The quality of a model, as far as training needs it. */
export interface Evaluated {
  /** The loss that training minimises. */
  readonly loss: number;
  /**
   * The value by which the best model is selected; the smallest is best. Default: the loss. A task needs a different value if,
   * for example, accuracy still improves while the loss rises.
   */
  readonly error?: number;
}

/**
 * Returns the value by which training selects the best model, stops early and follows the schedule `plateau`.
 *
 * @param evaluated the result of a validation
 */
export function errorOf(evaluated: Evaluated): number {
  const { loss, error = loss } = checkObject("errorOf", evaluated, "the evaluation is");
  return error;
}

/**
 * `errorOfScore` breaks ties between equal scores by the loss: it adds a small number that grows with the loss. This is the upper
 * limit of that number. If two scores differ by more than the limit, the better score has the smaller error, whatever the losses are.
 */
const TIE = 1e-6;

/**
 * Turns a score, whose best value is 1, into an error to minimise. If two scores are equal, the smaller loss gives the smaller
 * error.
 */
export const errorOfScore = (score: number, loss: number): number => 1 - score + (TIE * loss) / (1 + loss);

/** The quality of a model's predictions of a text. */
export interface Evaluation extends Evaluated {
  /** Mean cross-entropy per symbol in nats. */
  readonly nats: number;
  /** Mean cross-entropy per symbol in bits. */
  readonly bits: number;
  /** exp(nats). A choice among this number of equally likely symbols has the same uncertainty. */
  readonly perplexity: number;
  /** Number of predictions that were counted. */
  readonly tokens: number;
  /**
   * Bits for each character of a text, by which models of characters and words can be compared. `evaluateText` computes it if it knows the
   * number of characters.
   */
  readonly bitsPerCharacter?: number;
}

/** Makes an evaluation from a mean cross-entropy in nats. */
export function evaluation(nats: number, tokens: number): Evaluation {
  return { loss: nats, nats, bits: nats / Math.LN2, perplexity: Math.exp(nats), tokens };
}

/**
 * Returns the mean loss over the targets, without dropout. Ignored targets (-100) do not count.
 *
 * @param onOutputs receives the outputs of each batch
 * @param subject prefix of error messages
 * @throws ERR_NAN if the mean is not finite
 */
export function meanLoss<Batch>(
  model: TaskModel<Batch>,
  batches: Iterable<Batch>,
  subject: string,
  onOutputs?: (batch: Batch, outputs: Float32Array) => void,
): { nats: number; counted: number } {
  const rt = checkInstance("model", model, Module, "a model").runtime;
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
