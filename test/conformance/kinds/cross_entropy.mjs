/** Logits [N, C] or, as PyTorch orders them, [N, C, T]. */
export function run({ rt, unrolled, data, check }) {
  const { reduction, ignore_index, label_smoothing } = data.config;
  const [N, C, T = 1] = data.get("in.logits").shape;
  const lead = data.get("in.logits").shape.length === 3 ? [N, T] : [N];
  const classesLast = (name, options) =>
    rt.tensor(swapLastTwo(data.get(name).data, N, C, T), [...lead, C], options);
  const logits = classesLast("in.logits", { requiresGrad: true });
  const targets = data.has("in.target") ? data.tensor(rt, "in.target") : classesLast("in.target_prob");
  const loss = unrolled.crossEntropy(logits, targets, {
    reduction,
    ignoreIndex: ignore_index,
    labelSmoothing: label_smoothing,
    weight: data.tensor(rt, "in.weight"),
  });
  check.tensor("out.loss", loss.toArray());
  loss.backward(data.tensor(rt, "loss.w"));
  check.tensor("grad.logits", swapLastTwo(logits.grad.data, N, T, C));
}

/** [N, P, Q] -> [N, Q, P] */
function swapLastTwo(values, N, P, Q) {
  return Float32Array.from({ length: N * P * Q }, (_, i) => {
    const n = Math.floor(i / (P * Q));
    const q = Math.floor(i / P) % Q;
    return values[(n * P + (i % P)) * Q + q];
  });
}
