import { checkList, checkOptions } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import type { BatchLayout, BatchLoss } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import { type PackOptions, packedDtype } from "../../nn/stream/packed.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { ForecasterCoding } from "./coding.ts";
import { LOSSES } from "./losses.ts";
import { Scaling } from "./scaling.ts";
import { checkForecasterSpec, checkWork, type ForecasterSpec, forecasterSchema } from "./spec.ts";
import { PackedForecaster } from "./stream.ts";
import type { WindowBatch } from "./windows.ts";

/**
 * Forecasts a series of numbers: rows -> recurrent layers -> the rows that follow.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const sales = Array.from({ length: 200 }, (_, day) => 100 + [0, 5, 8, 6, 20, 45, 30][day % 7]);
 * const { train, validation } = holdOutEnd(seriesOf({ sales }));
 * const spec = { ...defaultForecasterSpec(["sales"]), hidden: 16, horizon: 7 };
 * const model = new Forecaster(rt, spec, { scaling: scalingOf(spec, train) });
 * const trainer = new ForecastTrainer(model, { train, validation }, { seq: 28, lr: 0.02, lrDecayOver: 200 });
 * for (let i = 0; i < 200; i++) trainer.step();
 * console.log(sales.slice(-7).join(" ")); // 120 145 130 100 105 108 106
 * console.log(model.forecast(sales).map(([value]) => Math.round(value)).join(" ")); // 120 145 130 100 105 108 106
 * ```
 */
export class Forecaster extends Network<ForecasterSpec> {
  /** The task's name in specs and files. */
  static readonly task = "forecaster";
  /** Returns the schema of {@link ForecasterSpec}. */
  static readonly schema = forecasterSchema;
  /** The tables, by their names in a file. `scaling` has the scales of the columns. */
  readonly tables: { readonly scaling: Scaling };
  /** Translates between rows and the network's inputs and outputs. */
  readonly coding: ForecasterCoding;

  /** Returns a reader for each table of a model. `loadModel` calls it. */
  static tables() {
    return { scaling: Scaling };
  }

  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static build(runtime: Runtime, spec: ForecasterSpec, tables: Forecaster["tables"]): Forecaster {
    return new Forecaster(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @param tables `tables.scaling` is made by `scalingOf`
   * @throws ERR_VALUE if the spec is invalid, if the spec and the scaling have different numbers of columns, or if an iterated
   *   forecast up to the horizon would multiply more than 10^9 times
   */
  constructor(runtime: Runtime, spec: ForecasterSpec, tables: Forecaster["tables"]) {
    const { scaling } = checkOptions("Forecaster: tables", tables, "scaling");
    const checked = checkForecasterSpec(spec);
    const coding = new ForecasterCoding(checked, scaling);
    super(runtime, checked, coding);
    try {
      checkWork(checked, this.parameterCount);
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.coding = coding;
    this.tables = { scaling };
  }

  /**
   * Computes the outputs of scaled rows.
   *
   * @param x scaled rows [T, B, inputs], see `coding`
   * @param state the state after the previous rows; default: zeros
   * @returns output [T, B, outputs] and the state after the last step
   */
  forward(x: Tensor, state?: RecurrentState): { output: Tensor; state: RecurrentState } {
    return this.compute(x, { h0: state?.h, c0: state?.c });
  }

  /**
   * Computes the loss named by `spec.loss`, over all steps of the windows. Each window starts from a zero state.
   *
   * @param batch windows of scaled rows
   */
  loss({ steps, inputs, targets }: WindowBatch): BatchLoss {
    const { runtime: rt, spec, coding } = this;
    const B = inputs.length / steps / coding.inputs;
    const { output } = this.forward(rt.tensor(inputs, [steps, B, coding.inputs]));
    const loss = LOSSES[spec.loss].loss(output, rt.tensor(targets, output.shape));
    return { loss, outputs: output, counted: steps * B, sequences: B, symbols: steps * B };
  }

  /** Layout of the batches, which tells how to divide them among threads. */
  get batchLayout(): BatchLayout<WindowBatch & { lengths?: number[] }> {
    return { steps: { inputs: "lengths", targets: "lengths" }, width: this.coding.inputs };
  }

  /**
   * Packs the current weights for streams.
   *
   * @param options.dtype type of the packed weights; default `dtype` of the model. See {@link nn.Recurrent.pack}
   */
  pack(options: PackOptions = {}): PackedForecaster {
    return new PackedForecaster(this, packedDtype("Forecaster", options, this.dtype));
  }

  /**
   * Forecasts the next rows. To give one row at a time, open a stream with `pack().stream()`.
   *
   * @param past rows in their original units, oldest first; for a single column, a row may be just a number
   * @param steps number of steps to forecast, at most 1,000,000. Default `spec.horizon`. The strategy `direct` allows only the default
   * @returns the targets of each step in their original units. The strategy `direct` returns only the targets at the horizon
   * @throws ERR_DATA if there is no row, or a number is not finite; ERR_VALUE if the strategy cannot forecast these steps
   */
  forecast(past: ArrayLike<number> | ArrayLike<ArrayLike<number>>, steps?: number): number[][] {
    if (checkList("forecast: the past", past).length === 0)
      throw new UnrolledError("ERR_DATA", "forecast: the past has no row, expected one at least");
    const packed = this.pack();
    const stream = packed.stream();
    try {
      for (let row = 0; row < past.length; row++) stream.push(past[row]!);
      return stream.forecast(steps);
    } finally {
      stream.dispose();
      packed.dispose();
    }
  }
}
