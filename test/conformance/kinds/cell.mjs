import { moduleOptions, weightedLoss } from "./common.mjs";

/** nn.RNNCell, nn.GRUCell or nn.LSTMCell: a module run over one step. */
export function run({ rt, unrolled, data, check }) {
  const { config } = data;
  const module = new unrolled.nn[config.module.replace("Cell", "")](rt, moduleOptions(config));
  const parameters = Object.entries(data.group("param"));
  module.loadStateDict(Object.fromEntries(parameters.map(([name, tensor]) => [`${name}_l0`, tensor])));
  const inputs = ["x", "h0", "c0"].map((name) => data.leaf(rt, `in.${name}`));
  const [x, h0, c0] = inputs.map((tensor) => tensor && unrolled.reshape(tensor, [1, ...tensor.shape]));
  const { state } = module.forward(x, { h0, c0 });

  const row = (tensor) => unrolled.reshape(tensor, tensor.shape.slice(1));
  const outputs = { h1: row(state.h), ...(state.c && { c1: row(state.c) }) };
  weightedLoss({ rt, data, check }, outputs, { h1: "w_h", c1: "w_c" });
  ["x", "h0", "c0"].forEach((name, i) => {
    if (inputs[i]) check.tensor(`grad.${name}`, inputs[i].grad.toArray());
  });
  for (const [name, tensor] of Object.entries(module.parameters())) {
    check.tensor(`grad.${name.replace("_l0", "")}`, tensor.grad.toArray());
  }
}
