import { weightedLoss } from "./common.mjs";

/** Layer normalisation over the last axes. */
export function run({ rt, unrolled, data, check }) {
  const { normalized_shape, eps, affine } = data.config;
  const module = new unrolled.nn.LayerNorm(rt, { normalizedShape: normalized_shape, eps, affine });
  if (affine) module.loadStateDict(data.group("param"));
  const x = data.leaf(rt, "in.x");
  weightedLoss({ rt, data, check }, { y: module.forward(x) }, { y: "w_out" });
  check.tensor("grad.x", x.grad.toArray());
  for (const [name, { grad }] of Object.entries(module.parameters())) {
    check.tensor(`grad.${name}`, grad.toArray());
  }
}
