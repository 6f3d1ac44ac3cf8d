import { meanAbsoluteError, meanSquaredError } from "../../autograd/regression-loss.ts";
import { mae, rmse } from "../../metrics/regression.ts";
import type { Tensor } from "../../runtime/tensor.ts";

/** A loss that a forecaster can be trained by. */
interface ForecastLoss {
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  /**
   * Scores forecasts in the unit of a column, as validation does. The training loss is this score of scaled numbers,
   * raised to the power `power`.
   */
  readonly score: (targets: ArrayLike<number>, predictions: ArrayLike<number>) => number;
  readonly power: number;
}

/** The losses, by their names in `spec.loss`. */
export const LOSSES = {
  mse: { loss: meanSquaredError, score: rmse, power: 2 },
  mae: { loss: meanAbsoluteError, score: mae, power: 1 },
} as const satisfies Record<string, ForecastLoss>;
