/** softmax over the last axis. */
export function run(context) {
  overLastAxis(context, context.unrolled.softmax);
}

/** Elements of y that are not finite do not enter the loss. */
export function overLastAxis({ rt, data, check }, f) {
  const x = data.leaf(rt, "in.x");
  const y = f(x);
  check.tensor("out.y", y.toArray());
  const finite = data.get("loss.w").data.map((w, i) => (Number.isFinite(data.expected["out.y"][i]) ? w : 0));
  y.backward(rt.tensor(finite, y.shape));
  check.tensor("grad.x", x.grad.toArray());
}
