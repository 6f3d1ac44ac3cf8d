import { sigmoid, sigmoidBackward, tanh, tanhBackward } from "./activation.ts";
import type { Cell } from "./cell.ts";
import { type Floats, linearBackward, linearForward } from "./matmul.ts";

// Reset after the recurrent product (PyTorch), gate blocks r, z, n, with xp = W_ih x + b_ih and hp = W_hh h + b_hh:
// r, z = sigmoid(xp + hp), n = tanh(xp_n + r * hp_n), h' = (1 - z) * n + z * h.

export interface GruGates {
  h: Float64Array;
  /** [B,3H], after their activations. */
  gates: Float64Array;
}

/** Computes the pointwise half: xp[B,3H], hp[B,3H], h[B,H] -> h'[B,H] and gates. */
export function gruGatesForward(xp: Floats, hp: Floats, h: Floats, B: number, H: number): GruGates {
  const out = { h: new Float64Array(B * H), gates: new Float64Array(B * 3 * H) };
  for (let b = 0; b < B; b++)
    for (let j = 0; j < H; j++) {
      const [at_r, at_z, at_n] = blocks(b, j, H);
      const r = sigmoid(xp[at_r]! + hp[at_r]!);
      const z = sigmoid(xp[at_z]! + hp[at_z]!);
      const n = tanh(xp[at_n]! + r * hp[at_n]!);
      [out.gates[at_r], out.gates[at_z], out.gates[at_n]] = [r, z, n];
      out.h[b * H + j] = (1 - z) * n + z * h[b * H + j]!;
    }
  return out;
}

/** Computes, given hp[B,3H], h[B,H], gates[B,3H]: dh'[B,H] -> dxp[B,3H], dhp[B,3H], and dh[B,H] without the part through hp. */
export function gruGatesBackward(
  hp: Floats,
  h: Floats,
  gates: Floats,
  dnext: Floats,
  B: number,
  H: number,
): { dxp: Float64Array; dhp: Float64Array; dh: Float64Array } {
  const dxp = new Float64Array(B * 3 * H);
  const dhp = new Float64Array(B * 3 * H);
  const dh = new Float64Array(B * H);
  for (let b = 0; b < B; b++)
    for (let j = 0; j < H; j++) {
      const at = b * H + j;
      const [at_r, at_z, at_n] = blocks(b, j, H);
      const [r, z, n] = [gates[at_r]!, gates[at_z]!, gates[at_n]!];
      dxp[at_n] = tanhBackward(n, dnext[at]! * (1 - z));
      dxp[at_r] = sigmoidBackward(r, dxp[at_n]! * hp[at_n]!);
      dxp[at_z] = sigmoidBackward(z, dnext[at]! * (h[at]! - n));
      dhp[at_r] = dxp[at_r]!;
      dhp[at_z] = dxp[at_z]!;
      dhp[at_n] = dxp[at_n]! * r;
      dh[at] = dnext[at]! * z;
    }
  return { dxp, dhp, dh };
}

/** Returns the index of unit j of row b in each of the three blocks of [B,3H]. */
function blocks(b: number, j: number, H: number): [number, number, number] {
  const start = b * 3 * H + j;
  return [start, start + H, start + 2 * H];
}

interface GruTape {
  x: Floats;
  h: Floats;
  hp: Float64Array;
  gates: Float64Array;
}

export const gruCell: Cell<GruTape> = {
  gates: 3,
  states: 1,
  forward(p, x, [h], { B, I, H }) {
    const xp = linearForward(x, p.weight_ih, p.bias_ih, B, I, 3 * H);
    const hp = linearForward(h!, p.weight_hh, p.bias_hh, B, H, 3 * H);
    const out = gruGatesForward(xp, hp, h!, B, H);
    return { state: [out.h], tape: { x, h: h!, hp, gates: out.gates } };
  },
  backward(grads, p, { x, h, hp, gates }, [dnext], { B, I, H }) {
    const { dxp, dhp, dh } = gruGatesBackward(hp, h, gates, dnext!, B, H);
    const dx = linearBackward(grads.weight_ih, grads.bias_ih, x, p.weight_ih, dxp, B, I, 3 * H);
    const throughHp = linearBackward(grads.weight_hh, grads.bias_hh, h, p.weight_hh, dhp, B, H, 3 * H);
    return { dx, dstate: [dh.map((d, i) => d + throughHp[i]!)] };
  },
};
