import { checkList } from "../checks.ts";
import type { ForecasterStream, PackedForecaster } from "../models/forecaster/stream.ts";
import type { PackedTranscriber, TranscriberStream } from "../models/transcriber/stream.ts";
import type { StateParts } from "./state.ts";
import { emptyStates, partsOf, statesOf } from "./states.ts";

/** Reads numbers one step after another. The state comes with the request. */
export interface StepService {
  /** Arrays of the sizes of a state. */
  readonly like: StateParts;
  /**
   * Reads inputs.
   *
   * @param state the state after the inputs of the last request; undefined: there were none
   * @param ends whether the sequence ends with these inputs
   * @throws ERR_DATA if an input is invalid
   */
  run(
    inputs: readonly unknown[],
    state: StateParts | undefined,
    ends: boolean,
  ): { readonly outputs: readonly unknown[]; readonly parts: StateParts };
}

/** Rows of a series: each output is the forecast after this row, a list of steps. */
export class ForecastSteps implements StepService {
  readonly #packed: PackedForecaster;
  readonly #stream: ForecasterStream;

  constructor(packed: PackedForecaster) {
    this.#packed = packed;
    this.#stream = packed.stream();
  }

  get like(): StateParts {
    const { recurrent, coding } = this.#packed;
    return [...emptyStates(recurrent), new Float64Array(2 * coding.width), new Float64Array(1)];
  }

  run(inputs: readonly unknown[], state: StateParts | undefined) {
    const stream = this.#stream;
    stream.reset();
    if (state) {
      const [rows, [count]] = state.slice(-2) as [Float64Array, Float64Array];
      stream.state = { ...statesOf(state, this.#packed.recurrent), rows, count: count! };
    }
    const D = this.#packed.coding.targets.length;
    const outputs = inputs.map((row) => {
      const flat = Array.from(stream.push(row as number));
      return Array.from({ length: flat.length / D }, (_, i) => flat.slice(i * D, (i + 1) * D));
    });
    const { rows, count, ...states } = stream.state;
    return { outputs, parts: [...partsOf(states), rows, Float64Array.of(count)] };
  }
}

/** Vectors of a recording: each output is the text that begins at this vector. */
export class TranscriptSteps implements StepService {
  readonly #packed: PackedTranscriber;
  readonly #stream: TranscriberStream;

  constructor(packed: PackedTranscriber) {
    this.#packed = packed;
    this.#stream = packed.stream();
  }

  /** The vectors that wait come last but one, with zeros up to the most that can wait; the last are their number and the last class. */
  get like(): StateParts {
    const { recurrent } = this.#packed;
    return [...emptyStates(recurrent), new Float64Array(this.#waiting), new Float64Array(2)];
  }

  get #waiting(): number {
    const { stack, features } = this.#packed.spec;
    return (stack - 1) * features;
  }

  run(inputs: readonly unknown[], state: StateParts | undefined, ends: boolean) {
    const stream = this.#stream;
    const { features } = this.#packed.spec;
    stream.reset();
    if (state) {
      const [flat, [count, last]] = state.slice(-2) as [Float64Array, Float64Array];
      const most = Math.min(count!, flat.length / features);
      const waiting = Array.from({ length: most }, (_, i) =>
        Array.from(flat.subarray(i * features, (i + 1) * features)),
      );
      stream.state = { ...statesOf(state, this.#packed.recurrent), waiting, last: last! };
    }
    const outputs = inputs.map((vector, i) => stream.push([checkList(`inputs[${i}]`, vector as number[])]));
    if (ends) outputs.push(stream.end());
    const { waiting, last, ...states } = stream.state;
    const flat = new Float64Array(this.#waiting);
    flat.set(waiting.flat());
    return { outputs, parts: [...partsOf(states), flat, Float64Array.of(waiting.length, last)] };
  }
}
