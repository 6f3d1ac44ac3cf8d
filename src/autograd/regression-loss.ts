import type { Tensor } from "../runtime/tensor.ts";
import { relu } from "./activation.ts";
import { add, checkSameShape, mean, multiply, scale } from "./elementwise.ts";

/** Returns the mean of f(prediction - target) over all elements. */
function meanOf(name: string, prediction: Tensor, target: Tensor, f: (difference: Tensor) => Tensor): Tensor {
  checkSameShape(name, prediction, target);
  return prediction.runtime.frame(() => mean(f(add(prediction, scale(target, -1)))));
}

/**
 * Returns the mean of (prediction - target)^2, of shape [], like torch.nn.functional.mse_loss.
 *
 * @throws ERR_SHAPE if the shapes differ
 */
export const meanSquaredError = (prediction: Tensor, target: Tensor): Tensor =>
  meanOf("meanSquaredError", prediction, target, (d) => multiply(d, d));

/**
 * Returns the mean of |prediction - target|, of shape [], like torch.nn.functional.l1_loss. The gradient is 0 where prediction
 * and target are equal.
 *
 * @throws ERR_SHAPE if the shapes differ
 */
export const meanAbsoluteError = (prediction: Tensor, target: Tensor): Tensor =>
  meanOf("meanAbsoluteError", prediction, target, (d) => add(relu(d), relu(scale(d, -1))));
