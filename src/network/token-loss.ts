import { crossEntropy } from "../autograd/cross-entropy.ts";
import { checkList, checkObject } from "../checks.ts";
import type { TokenBatch } from "../data/token-batch.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Returns a batch's input as a tensor: int32 [T, B] for tokens, float32 [T, B, width] for vectors. */
export function inputTensor(
  runtime: Runtime,
  { steps, inputs, lengths }: Pick<TokenBatch<Int32Array | Float32Array>, "steps" | "inputs" | "lengths">,
): Tensor {
  const sequences = lengths?.length ?? inputs.length / steps;
  const width = inputs instanceof Float32Array ? [inputs.length / steps / sequences] : [];
  return runtime.tensor(inputs, [steps, sequences, ...width]);
}

/**
 * Computes the cross-entropy loss of a batch of tokens or vectors.
 *
 * @param forward computes logits [T, B, classes], or [B, classes] if each sequence has one target
 * @param lossOf computes the mean loss; by default, cross-entropy of the logits
 */
export function tokenLoss(
  runtime: Runtime,
  batch: TokenBatch<Int32Array | Float32Array>,
  forward: (tokens: Tensor) => { logits: Tensor; state: RecurrentState },
  lossOf: (logits: Tensor, targets: Tensor) => Tensor = crossEntropy,
) {
  const { targets, lengths } = checkObject("loss", batch, "the batch is");
  checkList("loss: targets", targets);
  const tensor = inputTensor(runtime, batch);
  const { logits, state } = forward(tensor);
  const loss = lossOf(logits, runtime.tensor(targets, logits.shape.slice(0, -1)));
  return {
    loss,
    outputs: logits,
    counted: targets.reduce((n, target) => n + (target < 0 ? 0 : 1), 0),
    sequences: tensor.shape[1]!,
    symbols: lengths ? lengths.reduce((sum, length) => sum + length) : batch.inputs.length,
    state,
  };
}
