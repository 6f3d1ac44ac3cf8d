import { sigmoid, sigmoidBackward, tanh, tanhBackward } from "./activation.ts";
import type { Cell, CellParameters } from "./cell.ts";
import { type Floats, linearBackward, linearForward } from "./matmul.ts";

// Reset before the recurrent product (Cho et al. 2014), gate blocks r, z, n:
// r, z = sigmoid(W_ih x + b_ih + W_hh h + b_hh), n = tanh(W_in x + b_in + W_hn (r * h) + b_hn), h' = (1 - z) * n + z * h.

interface GruResetBeforeTape {
  x: Floats;
  h: Floats;
  r: Float64Array;
  z: Float64Array;
  n: Float64Array;
  /** r * h. */
  rh: Float64Array;
}

export const gruResetBeforeCell: Cell<GruResetBeforeTape> = {
  gates: 3,
  states: 1,
  forward(p, x, [h], { B, I, H }) {
    const input = split(p, H);
    const product = (k: number, state: Floats): Float64Array => {
      const fromInput = linearForward(x, input[k]!.weight_ih, input[k]!.bias_ih, B, I, H);
      const fromState = linearForward(state, input[k]!.weight_hh, input[k]!.bias_hh, B, H, H);
      return fromInput.map((value, i) => value + fromState[i]!);
    };
    const r = product(0, h!).map(sigmoid);
    const z = product(1, h!).map(sigmoid);
    const rh = r.map((value, i) => value * h![i]!);
    const n = product(2, rh).map(tanh);
    const next = n.map((value, i) => (1 - z[i]!) * value + z[i]! * h![i]!);
    return { state: [next], tape: { x, h: h!, r, z, n, rh } };
  },
  backward(grads, p, { x, h, r, z, n, rh }, [dnext], { B, I, H }) {
    const parameters = split(p, H);
    const gradients = split(grads, H);
    const dx = new Float64Array(B * I);
    const dh = z.map((value, i) => dnext![i]! * value);
    const productBackward = (k: number, state: Floats, da: Float64Array): Float64Array => {
      const { weight_ih, weight_hh } = parameters[k]!;
      const g = gradients[k]!;
      linearBackward(g.weight_ih, g.bias_ih, x, weight_ih, da, B, I, H).forEach((d, i) => {
        dx[i]! += d;
      });
      return linearBackward(g.weight_hh, g.bias_hh, state, weight_hh, da, B, H, H);
    };
    const da_n = n.map((value, i) => tanhBackward(value, dnext![i]! * (1 - z[i]!)));
    const drh = productBackward(2, rh, da_n);
    const da_r = r.map((value, i) => sigmoidBackward(value, drh[i]! * h[i]!));
    const da_z = z.map((value, i) => sigmoidBackward(value, dnext![i]! * (h[i]! - n[i]!)));
    const through_r = productBackward(0, h, da_r);
    const through_z = productBackward(1, h, da_z);
    return { dx, dstate: [dh.map((d, i) => d + drh[i]! * r[i]! + through_r[i]! + through_z[i]!)] };
  },
};

/** Returns views of the parameters of the three gates. */
function split<Array extends Floats>(p: CellParameters<Array>, H: number): CellParameters<Array>[] {
  const I = p.weight_ih.length / (3 * H);
  const part = (values: Array, k: number, size: number) => values.subarray(k * size, (k + 1) * size) as Array;
  return [0, 1, 2].map((k) => ({
    weight_ih: part(p.weight_ih, k, H * I),
    weight_hh: part(p.weight_hh, k, H * H),
    bias_ih: p.bias_ih && part(p.bias_ih, k, H),
    bias_hh: p.bias_hh && part(p.bias_hh, k, H),
  }));
}
