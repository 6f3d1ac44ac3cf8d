/** Names here by PyTorch's names. */
const FUNCTIONS = {
  sigmoid: "sigmoid",
  tanh: "tanh",
  relu: "relu",
  exp: "exp",
  softplus: "softplus",
  log_sigmoid: "logSigmoid",
  logsigmoid: "logSigmoid",
};

export function knows({ fn }) {
  return Object.hasOwn(FUNCTIONS, fn);
}

/** A pointwise function, with gradient 1 from above. */
export function run({ rt, unrolled, data, check }) {
  const x = data.leaf(rt, "in.x");
  const y = unrolled[FUNCTIONS[data.config.fn]](x);
  check.tensor("out.y", y.toArray());
  y.backward(rt.tensor(new Float32Array(y.size).fill(1), y.shape));
  check.tensor("grad.x", x.grad.toArray());
}
