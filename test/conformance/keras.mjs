// Keras' recurrent layers as modules. Keras multiplies from the left (y = x K + b) and has GRU blocks z, r, h; its
// go_backwards returns outputs in the order of processing.

const BLOCKS = { SimpleRNN: [0], LSTM: [0, 1, 2, 3], GRU: [1, 0, 2] };
const MODULES = { SimpleRNN: "RNN", LSTM: "LSTM", GRU: "GRU" };
/** Keras 2: hard_sigmoid is clip(0.2 x + 0.5, 0, 1). */
const ACTIVATIONS = { hard_sigmoid: "hardSigmoid", linear: "affine", exponential: "exp" };

export const activationOf = (name) => ACTIVATIONS[name] ?? name;

/**
 * @param layer { type, units, activation, recurrent_activation?, go_backwards? }
 * @param weights kernel, recurrent kernel and bias as { shape, data }; a GRU with a bias [2, 3 * units] resets after
 */
export function kerasModule({ rt, unrolled, layer, weights }) {
  const [kernel, recurrent, bias] = weights;
  const U = layer.units;
  const blocks = BLOCKS[layer.type];
  const [f, g] = [layer.recurrent_activation, layer.activation].map(activationOf);
  const resetAfter = bias?.shape.length === 2;
  const module = new unrolled.nn[MODULES[layer.type]](rt, {
    inputSize: kernel.shape[0],
    hiddenSize: U,
    bias: bias !== undefined,
    reverse: layer.go_backwards ?? false,
    activations: { SimpleRNN: [g], GRU: [f, g], LSTM: [f, g, g] }[layer.type],
    ...(layer.type === "GRU" && { resetAfter }),
  });
  const rows = ({ shape, data }) => {
    const [I, columns] = shape;
    const out = new Float32Array(I * columns);
    blocks.forEach((block, to) => {
      for (let u = 0; u < U; u++)
        for (let i = 0; i < I; i++) out[(to * U + u) * I + i] = data[i * columns + block * U + u];
    });
    return out;
  };
  const row = (i) => rows({ shape: [1, blocks.length * U], data: bias.data.slice(i * blocks.length * U) });
  const state = module.stateDict();
  state.weight_ih_l0.data.set(rows(kernel));
  state.weight_hh_l0.data.set(rows(recurrent));
  if (bias) {
    state.bias_ih_l0.data.set(row(0));
    state.bias_hh_l0.data.fill(0);
    if (resetAfter) state.bias_hh_l0.data.set(row(1));
  }
  module.loadStateDict(state);
  return module;
}
