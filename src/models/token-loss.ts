import { crossEntropy } from "../autograd/cross-entropy.ts";
import type { TokenBatch } from "../data/token-batch.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Reads a batch of tokens and compares the logits, [T, B, classes] or [B, classes], with its targets. */
export function tokenLoss(
  runtime: Runtime,
  { steps, inputs, targets, lengths }: TokenBatch,
  forward: (tokens: Tensor) => { logits: Tensor; state: RecurrentState },
) {
  const sequences = inputs.length / steps;
  const { logits, state } = forward(runtime.tensor(inputs, [steps, sequences]));
  const loss = crossEntropy(logits, runtime.tensor(targets, logits.shape.slice(0, -1)));
  return {
    loss,
    outputs: logits,
    counted: targets.reduce((n, target) => n + (target < 0 ? 0 : 1), 0),
    sequences,
    symbols: lengths ? lengths.reduce((sum, length) => sum + length) : inputs.length,
    state,
  };
}
