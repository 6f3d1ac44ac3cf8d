import { checkPairs } from "./pairs.ts";

/** Mean of `of(difference)` over the pairs of a target and its prediction. */
function meanOf(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  of: (difference: number) => number,
): number {
  checkPairs(targets, predictions);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) sum += of(predictions[i]! - targets[i]!);
  return sum / targets.length;
}

/**
 * Mean absolute error, in the unit of the targets.
 *
 * @throws ERR_SHAPE where the two differ in length, or are empty; so do the others
 */
export function mae(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return meanOf(targets, predictions, Math.abs);
}

/** Mean squared error. */
export function mse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return meanOf(targets, predictions, (difference) => difference * difference);
}

/** Root of the mean squared error, in the unit of the targets. */
export function rmse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return Math.sqrt(mse(targets, predictions));
}

/**
 * RMSE over the standard deviation of the targets (sum of squares over their number, as NumPy's `std`): 1 is what the mean
 * of the targets as the only prediction has. Not finite where all targets are equal.
 */
export function nrmse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const zeros = new Float64Array(targets.length);
  const mean = meanOf(zeros, targets, (value) => value);
  return rmse(targets, predictions) / rmse(targets, zeros.fill(mean));
}
