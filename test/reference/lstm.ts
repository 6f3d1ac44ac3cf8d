import { sigmoid, sigmoidBackward, tanh, tanhBackward } from "./activation.ts";
import { type Cell, preActivations, preActivationsBackward } from "./cell.ts";
import type { Floats } from "./matmul.ts";

// i, f, o = sigmoid(a_i, a_f, a_o), g = tanh(a_g), c' = f * c + i * g, h' = o * tanh(c'); gate blocks i, f, g, o.

export interface LstmGates {
  h: Float64Array;
  c: Float64Array;
  /** [B,4H], after their activations. */
  gates: Float64Array;
}

/** Computes the pointwise half: pre-activations a[B,4H] and c[B,H] -> h'[B,H], c'[B,H], gates. */
export function lstmGatesForward(a: Floats, c: Floats, B: number, H: number): LstmGates {
  const out = { h: new Float64Array(B * H), c: new Float64Array(B * H), gates: new Float64Array(B * 4 * H) };
  for (let b = 0; b < B; b++)
    for (let j = 0; j < H; j++) {
      const [ai, af, ag, ao] = blocks(b, j, H);
      const i = sigmoid(a[ai]!);
      const f = sigmoid(a[af]!);
      const g = tanh(a[ag]!);
      const o = sigmoid(a[ao]!);
      [out.gates[ai], out.gates[af], out.gates[ag], out.gates[ao]] = [i, f, g, o];
      const next = f * c[b * H + j]! + i * g;
      out.c[b * H + j] = next;
      out.h[b * H + j] = o * tanh(next);
    }
  return out;
}

/** Computes, given c[B,H] before the step, c'[B,H] and gates[B,4H]: dh'[B,H], dc'[B,H] -> da[B,4H], dc[B,H]. */
export function lstmGatesBackward(
  c: Floats,
  { c: next, gates }: Pick<LstmGates, "c" | "gates">,
  dh: Floats,
  dnext: Floats,
  B: number,
  H: number,
): { da: Float64Array; dc: Float64Array } {
  const da = new Float64Array(B * 4 * H);
  const dc = new Float64Array(B * H);
  for (let b = 0; b < B; b++)
    for (let j = 0; j < H; j++) {
      const at = b * H + j;
      const [ai, af, ag, ao] = blocks(b, j, H);
      const [i, f, g, o] = [gates[ai]!, gates[af]!, gates[ag]!, gates[ao]!];
      const tanhC = tanh(next[at]!);
      const d = dnext[at]! + tanhBackward(tanhC, dh[at]! * o);
      da[ai] = sigmoidBackward(i, d * g);
      da[af] = sigmoidBackward(f, d * c[at]!);
      da[ag] = tanhBackward(g, d * i);
      da[ao] = sigmoidBackward(o, dh[at]! * tanhC);
      dc[at] = d * f;
    }
  return { da, dc };
}

/** Returns the index of unit j of row b in each of the four blocks of [B,4H]. */
function blocks(b: number, j: number, H: number): [number, number, number, number] {
  const start = b * 4 * H + j;
  return [start, start + H, start + 2 * H, start + 3 * H];
}

interface LstmTape extends LstmGates {
  x: Floats;
  h0: Floats;
  c0: Floats;
}

export const lstmCell: Cell<LstmTape> = {
  gates: 4,
  states: 2,
  forward(p, x, [h0, c0], sizes) {
    const out = lstmGatesForward(preActivations(p, x, h0!, sizes), c0!, sizes.B, sizes.H);
    return { state: [out.h, out.c], tape: { ...out, x, h0: h0!, c0: c0! } };
  },
  backward(grads, p, tape, [dh1, dc1], sizes) {
    const { da, dc } = lstmGatesBackward(tape.c0, tape, dh1!, dc1!, sizes.B, sizes.H);
    const { dx, dh } = preActivationsBackward(grads, p, tape.x, tape.h0, da, sizes);
    return { dx, dstate: [dh, dc] };
  },
};
