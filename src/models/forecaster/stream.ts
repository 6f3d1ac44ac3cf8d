import type { GateValues } from "../../autograd/gates.ts";
import { checkObject, checkValue, checkWhole } from "../../checks.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { expectFinite } from "../../network/damaged.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import type { FeedForwardStream } from "../../nn/stream/feed-forward.ts";
import { type Dtype, Stream } from "../../nn/stream/packed.ts";
import type { Lists, RecurrentStream, StreamState } from "../../nn/stream/recurrent.ts";
import { show, whole } from "../../schema.ts";
import type { ForecasterCoding } from "./coding.ts";
import { checkFeedsBack, type ForecasterSpec } from "./spec.ts";

/** Maximum number of steps of a forecast: a hundred times the maximum horizon. */
const MAX_STEPS = 1_000_000;

/** The parts of a forecaster that are packed. */
interface ForecasterParts extends NetworkParts<ForecasterSpec> {
  readonly coding: ForecasterCoding;
}

/** The packed weights of a forecaster. Any number of streams can share the weights. `dispose` frees the weights. */
export class PackedForecaster extends PackedNetwork<ForecasterSpec> {
  /** Translates between rows and the network's inputs and outputs. */
  readonly coding: ForecasterCoding;

  constructor(model: ForecasterParts, dtype: Dtype) {
    super(model, false, dtype);
    this.coding = model.coding;
  }

  /** Opens a stream that has read no row. */
  stream(): ForecasterStream {
    return new ForecasterStream(this);
  }
}

/** A copy of the state of a stream of forecasts. Before the first row, `count` is 0. */
export interface ForecasterState extends StreamState {
  /** Number of rows pushed. */
  readonly count: number;
  /** The previous row, then the latest row. */
  readonly rows: Float64Array;
}

/** Reads a series that arrives row by row, such as from a sensor. Reading a row allocates nothing. `dispose` frees the stream. */
export class ForecasterStream extends Stream<PackedForecaster> {
  readonly #stream: RecurrentStream;
  readonly #head: FeedForwardStream;
  /** The previous row, then the latest row. */
  readonly #rows: Float64Array;
  readonly #features: Float32Array;
  readonly #next: Float64Array;
  #output: Float32Array = new Float32Array();
  #count = 0;

  constructor(model: PackedForecaster) {
    const { runtime, recurrent, head, coding } = model;
    super(runtime, model);
    [this.#stream, this.#head] = runtime.frame(() => [recurrent.stream(), head.stream()]);
    this.#rows = new Float64Array(2 * coding.width);
    this.#features = new Float32Array(coding.inputs);
    this.#next = new Float64Array(coding.outputs);
  }

  /** Number of rows pushed since the start or the last `reset`. */
  get count(): number {
    return this.#count;
  }

  /**
   * Reads the next row in its original units, and forecasts the rows after it.
   *
   * @param row a number for each column of the spec. If there is a single column, the number alone is enough
   * @returns the forecasts in their original units, [steps, targets]. The steps depend on the strategy: 1 to the horizon for
   * `joint`, only the horizon for `direct`, only 1 for `iterated`. The next `push` overwrites the forecasts.
   * @throws ERR_DATA if `row` has a different number of columns, or a number that is not finite or too large to be scaled. The
   * stream is then unchanged.
   * @throws ERR_NAN if a forecast is not finite. The stream is then useless until `reset` or until an earlier `state` is assigned.
   */
  push(row: number | ArrayLike<number>): Float64Array {
    const { coding } = this.packed;
    const { width } = coding;
    this.assertUsable();
    if (typeof row === "number" ? width !== 1 : row?.length !== width) {
      const found = typeof row === "number" ? 1 : (row?.length ?? "no");
      throw new UnrolledError(
        "ERR_DATA",
        `row ${this.#count + 1} has ${counted(found, "column", "columns")}, expected ${width}`,
      );
    }
    for (let column = 0; column < width; column++) this.#check(typeof row === "number" ? row : row[column]!);
    const rows = this.#rows;
    rows.copyWithin(0, width);
    if (typeof row === "number") rows[1] = row;
    else rows.set(row, width);
    if (!this.#count) rows.copyWithin(0, width); // as if the first row came twice: its changes are 0
    coding.read(rows, 1, this.#features, 0);
    if (!this.#features.every(Number.isFinite)) {
      rows.copyWithin(width, 0, width);
      const found = typeof row === "number" ? row : Array.from(row).join(", ");
      throw new UnrolledError(
        "ERR_DATA",
        `row ${this.#count + 1} has ${found}, too far from what the model was trained on`,
      );
    }
    this.#count++;
    this.#stream.step(this.#features);
    return expectFinite("forecasts", this.#predict());
  }

  /** Computes the forecasts after the latest row. */
  #predict(): Float64Array {
    const { coding } = this.packed;
    this.#head.run(this.#stream.outputPtr);
    if (this.#output.length === 0) this.#output = this.runtime.floats(this.#head.outputPtr, coding.outputs);
    coding.decode(this.#output, this.#rows, 1, this.#next);
    return this.#next;
  }

  /**
   * Copies of the gates of the last step, for each layer. @see RecurrentStream.gates
   *
   * @throws ERR_STATE before the first row, and after `reset` or an assigned `state` until the next one
   */
  get gates(): readonly GateValues[] {
    return this.#stream.gates;
  }

  /**
   * A copy of the stream's state. To return to this state, assign the copy to this stream or to another stream of the same model.
   * An assigned state may have plain lists of numbers instead of typed arrays, such as a state that was read from JSON.
   *
   * @throws ERR_SHAPE if an array of an assigned state has the wrong length; ERR_VALUE if its `count` is not a whole number;
   *   ERR_NAN if a number is not finite. In each case, the stream is unchanged.
   */
  get state(): ForecasterState {
    return { ...this.#stream.state, count: this.#count, rows: this.#rows.slice() };
  }

  set state(given: Lists<ForecasterState>) {
    const { count, rows, ...state } = checkObject("stream: state", given);
    const size = this.#rows.length;
    if (rows?.length !== size) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `stream: state.rows has ${counted(rows?.length, "number", "numbers")}, expected ${size}`,
      );
    }
    checkWhole("stream: state.count", count, 0);
    if (!Array.from(rows).every(Number.isFinite)) {
      throw new UnrolledError("ERR_NAN", "stream: state.rows is not finite");
    }
    this.#stream.state = state;
    this.#count = count;
    this.#rows.set(rows);
    if (count) this.#predict();
  }

  #check(value: number): void {
    if (Number.isFinite(value)) return;
    throw new UnrolledError(
      "ERR_DATA",
      `row ${this.#count + 1} has ${show(value)}, expected a number; fill gaps, such as with the previous value`,
    );
  }

  /**
   * Forecasts the steps after the latest row, and leaves the stream unchanged. A single `push` forecasts a fixed number of
   * steps. If `steps` is larger than this number, the model reads its own forecasts as the next rows.
   *
   * @param steps number of steps, at most 1,000,000; default `spec.horizon`. The strategy `direct` allows no other value
   * @returns the forecast targets of each step. The strategy `direct` gives the last step only
   * @throws ERR_STATE before the first row; ERR_VALUE if the strategy cannot forecast these steps; ERR_NAN if a forecast is not
   * finite
   */
  forecast(steps = this.packed.spec.horizon): number[][] {
    const { spec, coding } = this.packed;
    checkValue("forecast: steps", steps, whole(1, MAX_STEPS));
    if (!this.#count) throw new UnrolledError("ERR_STATE", "forecast: push a row first");
    const direct = spec.strategy === "direct";
    if (direct && steps !== spec.horizon) {
      throw new UnrolledError(
        "ERR_VALUE",
        `forecast: ${steps} steps, but strategy direct forecasts only the step ${spec.horizon} ahead`,
      );
    }
    const block = coding.leads.length;
    const wanted = direct ? 1 : steps;
    if (wanted > block) checkFeedsBack(spec, `forecast: ${steps} steps, more than ${block}`);
    const D = coding.targets.length;
    const before = this.state;
    const found: number[][] = [];
    try {
      for (;;) {
        for (let i = 0; i < block && found.length < wanted; i++) {
          found.push(Array.from(this.#next.subarray(i * D, (i + 1) * D)));
        }
        if (found.length === wanted) return found;
        for (const row of found.slice(-block)) this.push(this.#inOrder(row));
      }
    } finally {
      if (this.#count > before.count) this.state = before;
    }
  }

  /** Puts the values of a forecast into the order of the columns. In the spec, the targets may have a different order. */
  #inOrder(forecast: readonly number[]): number[] {
    const row = new Array<number>(forecast.length);
    this.packed.coding.targets.forEach((column, i) => {
      row[column] = forecast[i]!;
    });
    return row;
  }

  /** Forgets all rows. */
  reset(): void {
    this.#stream.reset();
    this.#count = 0;
  }

  protected override free(): void {
    this.#stream.dispose();
    this.#head.dispose();
  }
}
