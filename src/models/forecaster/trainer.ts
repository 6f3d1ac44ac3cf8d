import { checkInstance, checkOptions } from "../../checks.ts";
import { adamRecipe, checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { checkColumns } from "./coding.ts";
import { evaluateForecasts, type ForecastEvaluation, originsOf, WARM_UP } from "./evaluation.ts";
import { Forecaster } from "./model.ts";
import { checkSeries, joinSeries, type Series, sliceSeries } from "./series.ts";
import { windowSource } from "./windows.ts";

/**
 * Returns the default recipe: Adam with batches of 32 windows of 64 rows. The learning rate falls linearly to 0 in 1,000
 * iterations. Gradients are summed over the 64 rows of a window and clipped to a norm of 64. For gradients averaged over the
 * rows, the same limit would be a norm of 1.
 */
export const forecasterRecipe = (): Recipe =>
  adamRecipe({ batch: 32, seq: 64, lr: 0.005, schedule: "linear", lrDecayOver: 1000, clip: 64 });

/**
 * Training has diverged if the loss of a batch is above this limit. Targets are scaled, so that a model whose outputs are all 0
 * has a loss of about 1. The limit is far higher, because outliers can cause a large loss in a single batch.
 */
const DIVERGENCE_LOSS = 1000;

/** Trains a forecaster on windows of a series, with a loss at every row. */
export class ForecastTrainer extends Trainer<Forecaster, ForecastEvaluation> {
  readonly #held: { readonly series: Series; readonly from: number };

  /**
   * Makes a trainer for a model.
   *
   * @param parts `parts.validation` has the rows that follow `parts.train`, see `holdOutEnd`
   * @param recipe settings that differ from `forecasterRecipe()`
   * @throws ERR_DATA if a part is too short, or its columns are not those of the model; ERR_VALUE if the recipe is invalid
   */
  constructor(model: Forecaster, parts: { train: Series; validation: Series }, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("ForecastTrainer: parts", parts, "train validation");
    checkInstance("model", model, Forecaster, "a Forecaster");
    checkSeries("train", train);
    checkSeries("validation", validation);
    const whole = checkRecipe(recipe, forecasterRecipe());
    for (const part of [train, validation]) checkColumns(model.spec, part);
    super(model, whole, windowSource(train, model.coding, whole));
    const past = sliceSeries(train, Math.max(0, train.rows - WARM_UP));
    this.#held = { series: joinSeries(past, validation), from: past.rows };
    originsOf(this.#held.series.rows, past.rows - 1, model.spec.horizon);
  }

  override get divergenceLoss(): number {
    return DIVERGENCE_LOSS;
  }

  override validate(model = this.model): ForecastEvaluation {
    return evaluateForecasts(model, this.#held.series, { from: this.#held.from });
  }
}
