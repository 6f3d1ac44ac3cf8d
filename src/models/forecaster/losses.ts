import { meanAbsoluteError, meanSquaredError } from "../../autograd/regression-loss.ts";
import { mae, rmse } from "../../metrics/regression.ts";
import type { Tensor } from "../../runtime/tensor.ts";

/** A loss for training forecasters. */
interface ForecastLoss {
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  /**
   * Computes the error of the forecasts of a column, in the unit of the column. To get the training loss of the column,
   * divide the error by `ForecasterCoding.unit` of the column, then raise the quotient to `power`.
   */
  readonly score: (targets: ArrayLike<number>, predictions: ArrayLike<number>) => number;
  readonly power: number;
}

/** The losses, by their names in `spec.loss`. */
export const LOSSES = {
  mse: { loss: meanSquaredError, score: rmse, power: 2 },
  mae: { loss: meanAbsoluteError, score: mae, power: 1 },
} as const satisfies Record<string, ForecastLoss>;
