import { type Floats, linearBackward, linearForward } from "./matmul.ts";

/** Batch rows, input and hidden size of one step. */
export interface CellSizes {
  B: number;
  I: number;
  H: number;
}

/** weight_ih[G*H,I], weight_hh[G*H,H], bias_*[G*H], with G gate blocks in PyTorch's order. */
export interface CellParameters<Array extends Floats = Floats> {
  weight_ih: Array;
  weight_hh: Array;
  bias_ih?: Array | undefined;
  bias_hh?: Array | undefined;
}

export type CellGradients = CellParameters<Float64Array>;

/** One step of a recurrent layer; a state is [h] or [h, c], each [B,H]. */
export interface Cell<Tape = unknown> {
  /** Gate blocks G: 1, 3 or 4. */
  readonly gates: number;
  /** Arrays in a state: 1 or 2. */
  readonly states: number;
  /** Computes the state after from x[B,I] and the state before; also returns what `backward` needs. */
  forward(
    p: CellParameters,
    x: Floats,
    state: Floats[],
    sizes: CellSizes,
  ): { state: Float64Array[]; tape: Tape };
  /** Adds to grads, from dstate, the gradient of the state after; returns dx[B,I] and the gradient of the state before. */
  backward(
    grads: CellGradients,
    p: CellParameters,
    tape: Tape,
    dstate: Floats[],
    sizes: CellSizes,
  ): { dx: Float64Array; dstate: Float64Array[] };
}

/** Returns a[B,G*H] = x W_ih^T + b_ih + h W_hh^T + b_hh. */
export function preActivations(
  p: CellParameters,
  x: Floats,
  h: Floats,
  { B, I, H }: CellSizes,
): Float64Array {
  const GH = p.weight_hh.length / H;
  const fromInput = linearForward(x, p.weight_ih, p.bias_ih, B, I, GH);
  const fromState = linearForward(h, p.weight_hh, p.bias_hh, B, H, GH);
  return fromInput.map((value, i) => value + fromState[i]!);
}

/** Adds to grads; returns dx[B,I] and dh[B,H] from da[B,G*H]. */
export function preActivationsBackward(
  grads: CellGradients,
  p: CellParameters,
  x: Floats,
  h: Floats,
  da: Floats,
  { B, I, H }: CellSizes,
): { dx: Float64Array; dh: Float64Array } {
  const GH = p.weight_hh.length / H;
  return {
    dx: linearBackward(grads.weight_ih, grads.bias_ih, x, p.weight_ih, da, B, I, GH),
    dh: linearBackward(grads.weight_hh, grads.bias_hh, h, p.weight_hh, da, B, H, GH),
  };
}

/** Returns gradients of 0 in the shape of the parameters. */
export function zeroGradients(p: CellParameters): CellGradients {
  const zero = (values: Floats | undefined) => values && new Float64Array(values.length);
  return {
    weight_ih: new Float64Array(p.weight_ih.length),
    weight_hh: new Float64Array(p.weight_hh.length),
    bias_ih: zero(p.bias_ih),
    bias_hh: zero(p.bias_hh),
  };
}
