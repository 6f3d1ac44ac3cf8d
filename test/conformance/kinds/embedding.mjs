import { weightedLoss } from "./common.mjs";

/** Rows of a table; dense gradient. */
export function run({ rt, unrolled, data, check }) {
  const { padding_idx, scale_grad_by_freq } = data.config;
  const weight = data.leaf(rt, "param.weight");
  const y = unrolled.embedding(data.tensor(rt, "in.index"), weight, {
    paddingIdx: padding_idx ?? undefined,
    scaleGradByFreq: scale_grad_by_freq,
  });
  weightedLoss({ rt, data, check }, { y }, { y: "w_out" });
  check.tensor("grad.weight", weight.grad.toArray());
}
