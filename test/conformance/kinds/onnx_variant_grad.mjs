import { forwardOnnx, onnxModule } from "../onnx.mjs";
import { weightedLoss } from "./common.mjs";

/** What PyTorch's modules lack, as ONNX's operators, forward and backward. */
export function run({ rt, unrolled, data, check }) {
  const { op, attrs } = data.config;
  const inputs = data.group("in");
  const { module, gradients } = onnxModule({ rt, unrolled, op, attrs, inputs });
  const leaves = Object.fromEntries(
    ["X", "initial_h", "initial_c"]
      .filter((name) => inputs[name])
      .map((name) => [name, data.leaf(rt, `in.${name}`)]),
  );
  const lengths = inputs.sequence_lens && Array.from(inputs.sequence_lens.data);
  const outputs = forwardOnnx({ unrolled, module, attrs, ...leaves, lengths });
  weightedLoss({ rt, data, check }, outputs, { Y: "w_y", Y_h: "w_h", Y_c: "w_c" });
  for (const [name, tensor] of Object.entries(leaves)) check.tensor(`grad.${name}`, tensor.grad.toArray());
  for (const [name, values] of Object.entries(gradients())) check.tensor(`grad.${name}`, values);
}
