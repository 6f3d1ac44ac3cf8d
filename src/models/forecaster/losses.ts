import { meanAbsoluteError, meanSquaredError } from "../../autograd/regression-loss.ts";
import type { Tensor } from "../../runtime/tensor.ts";

/** A loss that a forecaster can be trained by. */
interface ForecastLoss {
  readonly loss: (prediction: Tensor, target: Tensor) => Tensor;
  /** The score of forecasts, and the power of it, that validation takes for this loss. */
  readonly score: "rmse" | "mae";
  readonly power: number;
}

/** By the names of `spec.loss`. */
export const LOSSES = {
  mse: { loss: meanSquaredError, score: "rmse", power: 2 },
  mae: { loss: meanAbsoluteError, score: "mae", power: 1 },
} as const satisfies Record<string, ForecastLoss>;
