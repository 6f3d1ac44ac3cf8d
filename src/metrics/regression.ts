import { checkNumbers, checkPairs } from "./pairs.ts";

/** Returns the mean of `of(prediction - target)` over all targets. */
function averageOf(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  of: (difference: number) => number,
): number {
  checkPairs(checkNumbers("targets", targets), checkNumbers("predictions", predictions));
  let sum = 0;
  for (let i = 0; i < targets.length; i++) sum += of(predictions[i]! - targets[i]!);
  return sum / targets.length;
}

/**
 * Computes the mean absolute error, in the unit of the targets.
 *
 * @throws ERR_SHAPE if targets and predictions differ in length or are empty. `mse`, `rmse` and `nrmse` throw it too.
 */
export function mae(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return averageOf(targets, predictions, Math.abs);
}

/** Computes the mean squared error. */
export function mse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return averageOf(targets, predictions, (difference) => difference * difference);
}

/** Computes the root mean squared error, in the unit of the targets. */
export function rmse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return Math.sqrt(mse(targets, predictions));
}

/**
 * Divides the RMSE by the biased standard deviation of the targets, which is NumPy's `std`. If every prediction is the mean of
 * the targets, the result is 1. If all targets are equal, they have no deviation to compare with: the result is Infinity, or NaN if
 * all predictions are right.
 */
export function nrmse(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const zeros = new Float64Array(checkNumbers("targets", targets).length);
  const mean = averageOf(zeros, targets, (value) => value);
  // The mean of equal numbers may differ from them by rounding.
  const deviation = areEqual(targets) ? 0 : rmse(targets, zeros.fill(mean));
  return rmse(targets, predictions) / deviation;
}

/** Returns whether all numbers are equal. */
export function areEqual(numbers: ArrayLike<number>): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i] !== numbers[0]) return false;
  return true;
}
