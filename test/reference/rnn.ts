import { relu, reluBackward, tanh, tanhBackward } from "./activation.ts";
import { type Cell, preActivations, preActivationsBackward } from "./cell.ts";
import type { Floats } from "./matmul.ts";

// Elman: h' = g(W_ih x + b_ih + W_hh h + b_hh), g = tanh or relu.

const functions = { tanh: [tanh, tanhBackward], relu: [relu, reluBackward] } as const;

interface RnnTape {
  x: Floats;
  h: Floats;
  next: Float64Array;
}

export function rnnCell(nonlinearity: "tanh" | "relu"): Cell<RnnTape> {
  const [g, gBackward] = functions[nonlinearity];
  return {
    gates: 1,
    states: 1,
    forward(p, x, [h], sizes) {
      const next = preActivations(p, x, h!, sizes).map((a) => g(a));
      return { state: [next], tape: { x, h: h!, next } };
    },
    backward(grads, p, { x, h, next }, [dnext], sizes) {
      const da = next.map((y, i) => gBackward(y, dnext![i]!));
      const { dx, dh } = preActivationsBackward(grads, p, x, h, da, sizes);
      return { dx, dstate: [dh] };
    },
  };
}
