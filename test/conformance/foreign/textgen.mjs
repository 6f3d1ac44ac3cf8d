// textgenrnn (github.com/minimaxir/textgenrnn) saves weights alone, and has a layer of its own: attention weights of the steps, whose sum
// of the steps is what it returns. Said with Keras' layers: Dense(1) without a bias, Softmax over the steps, Dot with the steps.

const layer = (class_name, name, config, ...inputs) => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : [],
});

/** Returns the architecture, as Keras 2 writes it. @param weights those of the file, by name */
export function textgenConfig(weights) {
  const shapeOf = (name) => weights[name]?.shape ?? fail(name);
  const [symbols, width] = shapeOf("embedding/embedding/embeddings:0");
  const rnns = [];
  for (let n = 1; weights[`rnn_${n}/rnn_${n}/kernel:0`]; n++) {
    const units = shapeOf(`rnn_${n}/rnn_${n}/recurrent_kernel:0`)[0];
    const before = n === 1 ? "embedding" : `rnn_${n - 1}`;
    rnns.push(layer("CuDNNLSTM", `rnn_${n}`, { units, return_sequences: true }, before));
  }
  const layers = [
    layer("InputLayer", "input", { batch_input_shape: [null, null], dtype: "float32" }),
    layer("Embedding", "embedding", { input_dim: symbols, output_dim: width }, "input"),
    ...rnns,
    layer("Concatenate", "steps", { axis: -1 }, "embedding", ...rnns.map(({ name }) => name)),
    layer("Dense", "attention", { units: 1, activation: "linear", use_bias: false }, "steps"),
    layer("Softmax", "shares", { axis: 1 }, "attention"),
    layer("Dot", "sum", { axes: 1 }, "shares", "steps"),
    layer("Flatten", "flat", {}, "sum"),
    layer("Dense", "output", { units: symbols, activation: "softmax" }, "flat"),
  ];
  return {
    class_name: "Model",
    keras_version: "2.1.5",
    config: {
      name: "textgen",
      layers,
      input_layers: [["input", 0, 0]],
      output_layers: [["output", 0, 0]],
    },
  };
}

function fail(name) {
  throw new Error(`the case has no config, and its file has no ${name}: it is no textgenrnn`);
}
