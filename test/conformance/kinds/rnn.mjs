import { moduleOptions, weightedLoss } from "./common.mjs";

/** nn.RNN, nn.GRU or nn.LSTM, forward and backward. */
export function run({ rt, unrolled, data, check }) {
  const { config } = data;
  const module = new unrolled.nn[config.module](rt, moduleOptions(config));
  module.loadStateDict(data.group("param"));
  const [x, h0, c0] = ["x", "h0", "c0"].map((name) => data.leaf(rt, `in.${name}`));
  const lengths = data.has("in.lengths") ? Array.from(data.get("in.lengths").data) : undefined;
  const { output, state } = module.forward(x, { h0, c0, lengths });

  const outputs = { y: output, h_n: state.h, ...(state.c && { c_n: state.c }) };
  weightedLoss({ rt, data, check }, outputs, { y: "w_out", h_n: "w_h", c_n: "w_c" });
  const leaves = { x, h0, c0, ...module.parameters() };
  for (const [name, tensor] of Object.entries(leaves)) {
    if (tensor) check.tensor(`grad.${name}`, tensor.grad.toArray());
  }
}
