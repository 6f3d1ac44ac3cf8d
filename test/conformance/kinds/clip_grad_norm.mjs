import { clipped } from "./clip_grad_value.mjs";

/** All gradients shortened together. */
export function run(context) {
  const { unrolled, data, check } = context;
  const { max_norm, norm_type } = data.config;
  const type = norm_type === "inf" ? Number.POSITIVE_INFINITY : norm_type;
  clipped(context, (parameters) => {
    check.tensor("out.total_norm", [unrolled.optim.clipGradNorm(parameters, max_norm, type)]);
  });
}
