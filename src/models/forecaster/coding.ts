import { checkInstance, checkList, checkObject } from "../../checks.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import { Scaling } from "./scaling.ts";
import { checkSeries, type Series } from "./series.ts";
import { type ForecasterSpec, leadsOf } from "./spec.ts";
import type { WindowCoding } from "./windows.ts";

type Numbers = Float32Array | Float64Array;

/**
 * Measures the scales of a forecaster's columns on the training part of a series.
 *
 * @throws ERR_DATA if the columns of `train` are not those of the spec, there is no row, or the squares of the numbers overflow
 */
export function scalingOf(spec: ForecasterSpec, train: Series): Scaling {
  checkObject("scalingOf", spec, "spec is");
  checkSeries("scalingOf", train);
  checkColumns(spec, train);
  return Scaling.of(train, leadsOf(spec));
}

/** @throws ERR_DATA if the columns of a series are not those of the forecaster */
export function checkColumns({ columns }: ForecasterSpec, series: Series): void {
  if (String(series.columns) === String(columns)) return;
  const [found, expected] = [series.columns, columns].map(show);
  throw new UnrolledError("ERR_DATA", `the series has the columns ${found}, expected ${expected}`);
}

/** Translates rows into inputs of a forecaster's network, and the network's outputs into forecasts. */
export class ForecasterCoding implements WindowCoding {
  readonly inputs: number;
  readonly outputs: number;
  /** Number of columns of a row. */
  readonly width: number;
  /** Indices of the forecast columns. */
  readonly targets: readonly number[];
  readonly #changes: boolean;
  readonly #scaling: Scaling;
  readonly #spec: ForecasterSpec;
  #leads: readonly number[] | undefined;

  /**
   * Makes the coding of a model with this spec and scaling.
   *
   * @throws ERR_VALUE if the spec and the scaling have different numbers of columns
   */
  constructor(spec: ForecasterSpec, scaling: Scaling) {
    checkList("targets", checkObject("ForecasterCoding", spec, "spec is").targets);
    checkList("columns", spec.columns);
    checkInstance("scaling", scaling, Scaling, "a Scaling");
    const { columns, targets, changes, strategy, horizon } = spec;
    this.#spec = spec;
    this.width = columns.length;
    if (scaling.columns.length !== this.width) {
      throw new UnrolledError(
        "ERR_VALUE",
        `the scaling has ${counted(scaling.columns.length, "column", "columns")}, the spec ${this.width}`,
      );
    }
    const places = new Map(columns.map((name, place) => [name, place]));
    this.targets = targets.map((name) => places.get(name)!);
    this.inputs = this.width * (changes ? 2 : 1);
    this.outputs = (strategy === "joint" ? horizon : 1) * targets.length;
    this.#changes = changes;
    this.#scaling = scaling;
  }

  /**
   * The numbers of steps ahead for which the network has outputs. The list is made at its first use, not by the constructor: with
   * the huge horizon of a damaged file, the list would need too much memory.
   */
  get leads(): readonly number[] {
    this.#leads ??= leadsOf(this.#spec);
    return this.#leads;
  }

  get reach(): number {
    return this.leads.at(-1)!;
  }

  /**
   * Writes the network's inputs for a row, which are the scaled values. If the spec has `changes`, the scaled changes since the
   * previous row follow. In the first row, the changes are 0.
   *
   * @param values the series, [rows, columns]
   * @param at index in `into` of the first input
   */
  read(values: Numbers, row: number, into: Float32Array, at: number): void {
    const { width } = this;
    for (let column = 0; column < width; column++) {
      const { mean, deviation, step } = this.#scaling.columns[column]!;
      const i = row * width + column;
      into[at + column] = (values[i]! - mean) / deviation;
      if (this.#changes) into[at + width + column] = row ? (values[i]! - values[i - width]!) / step : 0;
    }
  }

  /**
   * Writes the network's targets for a row.
   *
   * @param values the series, [rows, columns]
   * @param at index in `into` of the first target
   */
  expect(values: Numbers, row: number, into: Float32Array, at: number): void {
    for (const lead of this.leads) {
      for (const column of this.targets) {
        const value = values[(row + lead) * this.width + column]!;
        into[at++] = (value - this.#origin(values, row, column)) / this.unit(column);
      }
    }
  }

  /**
   * Turns the network's outputs for a row into forecasts in their original units. Both have the shape [`leads`, targets].
   *
   * @param values the series, [rows, columns]
   */
  decode(outputs: Float32Array, values: Numbers, row: number, into: Float64Array): void {
    for (let i = 0; i < outputs.length; i++) {
      const column = this.targets[i % this.targets.length]!;
      into[i] = this.#origin(values, row, column) + outputs[i]! * this.unit(column);
    }
  }

  /**
   * Returns the scale of a column's outputs. If an output rises by 1, the forecast rises by this number, in the unit of the
   * column.
   */
  unit(column: number): number {
    const { deviation, change } = this.#scaling.columns[column]!;
    return this.#changes ? change : deviation;
  }

  /**
   * Returns the forecast for which the network's output is 0, in the unit of the column. If the network forecasts changes, it is
   * the column's value in this row. Otherwise, it is the column's mean.
   */
  #origin(values: Numbers, row: number, column: number): number {
    return this.#changes ? values[row * this.width + column]! : this.#scaling.columns[column]!.mean;
  }
}
