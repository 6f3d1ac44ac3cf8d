import { forwardOnnx, onnxModule } from "../onnx.mjs";

/** An operator RNN, GRU or LSTM of ONNX, forward. */
export function run({ rt, unrolled, data, check }) {
  const { op, attrs, inputs } = data;
  const { module } = onnxModule({ rt, unrolled, op, attrs, inputs });
  const tensor = (name) =>
    inputs[name] && rt.tensor(Float32Array.from(inputs[name].data), inputs[name].shape);
  const outputs = rt.noGrad(() =>
    forwardOnnx({
      unrolled,
      module,
      attrs,
      X: tensor("X"),
      initial_h: tensor("initial_h"),
      initial_c: tensor("initial_c"),
      lengths: inputs.sequence_lens?.data,
    }),
  );
  for (const name of Object.keys(data.expected))
    check.within(name, outputs[name].toArray(), data.expected[name], 1e-5);
}
