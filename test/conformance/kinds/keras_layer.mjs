import { kerasModule } from "../keras.mjs";

/** A recurrent layer of Keras on one sequence; a stateful one reads it twice. */
export function run({ rt, unrolled, data, check }) {
  const { layer, weights, input } = data;
  const module = kerasModule({ rt, unrolled, layer, weights });
  const [T, I] = input.shape;
  const U = layer.units;
  rt.noGrad(() => {
    const x = rt.tensor(Float32Array.from(input.data), [T, 1, I]);
    let { output, state } = module.forward(x);
    if (layer.stateful)
      ({ output, state } = module.forward(x, { h0: state.h, ...(state.c && { c0: state.c }) }));
    if (!layer.return_sequences) return check.tensor("output", state.h.toArray());
    const steps = output.toArray();
    const inOrder = layer.go_backwards
      ? Float32Array.from(steps, (_, i) => steps[(T - 1 - Math.floor(i / U)) * U + (i % U)])
      : steps;
    return check.tensor("output", inOrder);
  });
}
