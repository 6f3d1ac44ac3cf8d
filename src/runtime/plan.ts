import {
  type Kernels,
  PLAN_ACTIVATION_FORWARD,
  PLAN_ADD_FORWARD,
  PLAN_ADD_INT8_ROWS,
  PLAN_ADD_SCALED,
  PLAN_CALL,
  PLAN_COPY_ROWS,
  PLAN_FILL_ROWS,
  PLAN_GATHER_ROWS,
  PLAN_GEMM,
  PLAN_LAYER_NORM_FORWARD,
  PLAN_MULTIPLY_FORWARD,
  PLAN_RECURRENT_FORWARD,
  PLAN_SCALE_COLUMNS,
} from "./kernels.ts";

/** Calls of kernels with fixed arguments, in the memory of a runtime: see assembly/plan.ts. */
export interface Plan {
  /** Address of the block of memory, which the owner frees. */
  readonly start: number;
  /** Number of calls. */
  readonly calls: number;
}

/** The memory that a plan is stored in. */
interface Memory {
  /** @internal */
  allocate(floats: number): number;
  /** @internal */
  ints(ptr: number, length: number): Int32Array;
  /** @internal */
  doubles(ptr: number, length: number): Float64Array;
}

/** The kernels that plans can have: the number of each, and the places of arguments that are not whole, counted from 0. */
const PLANNED: { readonly [name in keyof Kernels]?: readonly number[] } = {
  recurrent_forward: [PLAN_RECURRENT_FORWARD],
  gemm: [PLAN_GEMM],
  fill_rows: [PLAN_FILL_ROWS],
  gather_rows: [PLAN_GATHER_ROWS],
  add_int8_rows: [PLAN_ADD_INT8_ROWS],
  copy_rows: [PLAN_COPY_ROWS],
  add_scaled: [PLAN_ADD_SCALED, 2],
  add_forward: [PLAN_ADD_FORWARD],
  multiply_forward: [PLAN_MULTIPLY_FORWARD],
  activation_forward: [PLAN_ACTIVATION_FORWARD, 4, 5],
  layer_norm_forward: [PLAN_LAYER_NORM_FORWARD, 6],
  scale_columns: [PLAN_SCALE_COLUMNS],
};

interface Call {
  readonly number: number;
  readonly fractions: readonly number[];
  readonly given: readonly number[];
}

/** Records calls of kernels. */
export class PlanRecorder {
  #calls: Call[] = [];
  #complete = true;
  /** Kernels that only record their calls. @internal */
  readonly kernels: Kernels = new Proxy({} as Kernels, {
    get: (_, name) => {
      const planned = PLANNED[name as keyof Kernels];
      if (!planned) this.#complete = false;
      const [number = 0, ...fractions] = planned ?? [];
      return (...given: number[]) => this.#calls.push({ number, fractions, given });
    },
  });

  /** Writes the calls to a new block of memory. Returns undefined if a kernel was called that plans cannot have. */
  store(memory: Memory): Plan | undefined {
    if (!this.#complete) return undefined;
    const size = PLAN_CALL / 4;
    const start = memory.allocate(this.#calls.length * size);
    const ints = memory.ints(start, this.#calls.length * size);
    const doubles = memory.doubles(start, ints.length / 2);
    this.#calls.forEach(({ number, fractions, given }, i) => {
      const at = (i * size) / 2;
      ints[2 * at] = number;
      given.forEach((value, place) => {
        const slot = at + 1 + place;
        if (fractions.includes(place)) doubles[slot] = value;
        else ints[2 * slot] = value;
      });
    });
    return { start, calls: this.#calls.length };
  }
}
