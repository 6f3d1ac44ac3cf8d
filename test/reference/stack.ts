import { type Cell, type CellGradients, type CellParameters, zeroGradients } from "./cell.ts";
import type { Floats } from "./matmul.ts";

/** A stack of recurrent layers in one or two directions, like torch.nn.RNN, GRU and LSTM (time-major). */
export interface Stack {
  cell: Cell;
  T: number;
  B: number;
  I: number;
  H: number;
  layers: number;
  /** D: 1, or 2 with the outputs of the reverse direction after those of the forward one. */
  directions: number;
  /** Steps of each row, at most T; T for every row if absent. Past them y is 0 and no gradient flows back. */
  lengths?: ArrayLike<number> | undefined;
  /** weight_ih_l0, weight_hh_l0, bias_ih_l0?, bias_hh_l0?, weight_ih_l0_reverse, ... */
  parameters: Readonly<Record<string, Floats>>;
}

/** One row in one direction of one layer, with its steps in the order in which they were processed. */
interface Run {
  layer: number;
  direction: number;
  b: number;
  steps: { t: number; tape: unknown }[];
}

export interface StackTape {
  stack: Stack;
  runs: Run[];
}

/** Computes y[T,B,D*H], the state after and the tape from x[T,B,I] and a state [h] or [h, c], each [layers*D,B,H]. */
export function stackForward(
  stack: Stack,
  x: Floats,
  state: Floats[],
): { y: Float64Array; state: Float64Array[]; tape: StackTape } {
  const { cell, T, B, H, layers, directions: D, lengths } = stack;
  const final = state.map((values) => new Float64Array(values.length));
  const runs: Run[] = [];
  let input = x;
  let y = new Float64Array();
  for (let layer = 0; layer < layers; layer++) {
    const width = layerWidth(stack, layer);
    y = new Float64Array(T * B * D * H);
    for (let direction = 0; direction < D; direction++)
      for (let b = 0; b < B; b++) {
        const p = layerParameters(stack, layer, direction);
        const stateRow = (layer * D + direction) * B + b;
        const length = lengths?.[b] ?? T;
        const steps = [];
        let now: Floats[] = state.map((values) => row(values, stateRow, H));
        for (let k = 0; k < length; k++) {
          const t = direction === 0 ? k : length - 1 - k;
          const step = cell.forward(p, row(input, t * B + b, width), now, { B: 1, I: width, H });
          now = step.state;
          row(y, (t * B + b) * D + direction, H).set(now[0]!);
          steps.push({ t, tape: step.tape });
        }
        now.forEach((values, i) => {
          row(final[i]!, stateRow, H).set(values);
        });
        runs.push({ layer, direction, b, steps });
      }
    input = y;
  }
  return { y, state: final, tape: { stack, runs } };
}

/** Computes dx[T,B,I] and gradients of the state before and of every parameter from dy[T,B,D*H] and that of the state after. */
export function stackBackward(
  { stack, runs }: StackTape,
  dy: Floats,
  dstate: Floats[],
): { dx: Float64Array; dstate: Float64Array[]; grads: Record<string, Float64Array> } {
  const { cell, T, B, H, layers, directions: D } = stack;
  const dinitial = dstate.map((values) => new Float64Array(values.length));
  const grads: Record<string, Float64Array> = {};
  let dout = dy;
  let dinput = new Float64Array();
  for (let layer = layers - 1; layer >= 0; layer--) {
    const width = layerWidth(stack, layer);
    dinput = new Float64Array(T * B * width);
    for (let direction = 0; direction < D; direction++) {
      const p = layerParameters(stack, layer, direction);
      const g = zeroGradients(p);
      for (const { b, steps } of runs.filter((run) => run.layer === layer && run.direction === direction)) {
        const stateRow = (layer * D + direction) * B + b;
        let now: Float64Array[] = dstate.map((values) => Float64Array.from(row(values, stateRow, H)));
        for (const { t, tape } of steps.toReversed()) {
          accumulate(now[0]!, row(dout, (t * B + b) * D + direction, H));
          const step = cell.backward(g, p, tape, now, { B: 1, I: width, H });
          now = step.dstate;
          accumulate(row(dinput, t * B + b, width), step.dx);
        }
        now.forEach((values, i) => {
          row(dinitial[i]!, stateRow, H).set(values);
        });
      }
      Object.assign(grads, named(g, layer, direction));
    }
    dout = dinput;
  }
  return { dx: dinput, dstate: dinitial, grads };
}

function layerWidth({ I, H, directions }: Stack, layer: number): number {
  return layer === 0 ? I : directions * H;
}

const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;
const suffix = (layer: number, direction: number) => `_l${layer}${direction ? "_reverse" : ""}`;

function layerParameters({ parameters }: Stack, layer: number, direction: number): CellParameters {
  const entries = names.map((name) => [name, parameters[name + suffix(layer, direction)]]);
  return Object.fromEntries(entries) as CellParameters;
}

function named(g: CellGradients, layer: number, direction: number): Record<string, Float64Array> {
  const entries = names.filter((name) => g[name]).map((name) => [name + suffix(layer, direction), g[name]!]);
  return Object.fromEntries(entries);
}

/** Returns row i of an array of rows of `width`, as a view. */
function row<Array extends Floats>(values: Array, i: number, width: number): Array {
  return values.subarray(i * width, (i + 1) * width) as Array;
}

function accumulate(into: Float64Array, values: Floats): void {
  values.forEach((value, i) => {
    into[i]! += value;
  });
}
