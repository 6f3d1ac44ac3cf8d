/** Consecutive calls of one module. PyTorch's [N, C, L] is [N, L, C] here. */
export function run({ rt, unrolled, data, check }) {
  const { num_features, eps, momentum, affine, track_running_stats, training, calls } = data.config;
  const module = new unrolled.nn.BatchNorm(rt, {
    numFeatures: num_features,
    eps,
    momentum,
    affine,
    trackRunningStats: track_running_stats,
  });
  module.train(training);
  const given = {
    ...data.group("param"),
    running_mean: data.has("in.running_mean") && data.get("in.running_mean"),
  };
  if (given.running_mean) given.running_var = data.get("in.running_var");
  const state = module.stateDict();
  for (const name of Object.keys(state)) state[name] = given[name] || state[name];
  module.loadStateDict(state);

  for (let i = 0; i < calls; i++) {
    const { shape } = data.get(`in.x${i}`);
    const turn = (values, turned) => (shape.length === 3 ? swapLastTwo(values, turned) : values);
    const [N, C, L] = shape;
    const features = shape.length === 3 ? [N, L, C] : shape;
    const tensor = (name, options) => rt.tensor(turn(data.get(name).data, shape), features, options);
    const x = tensor(`in.x${i}`, { requiresGrad: true });
    const y = module.forward(x);
    check.tensor(`out.y${i}`, turn(y.toArray(), features));
    y.backward(tensor(`loss.w_out${i}`));
    check.tensor(`grad.x${i}`, turn(x.grad.toArray(), features));
    for (const [name, { grad }] of Object.entries(module.parameters())) {
      check.tensor(`grad.${name}${i}`, grad.toArray());
      grad.data.fill(0);
    }
    if (!track_running_stats) continue;
    check.tensor(`out.running_mean${i}`, module.runningMean.toArray());
    check.tensor(`out.running_var${i}`, module.runningVar.toArray());
  }
}

/** [N, P, Q] -> [N, Q, P] */
function swapLastTwo(values, [N, P, Q]) {
  return Float32Array.from({ length: N * P * Q }, (_, i) => {
    const [n, q, p] = [Math.floor(i / (P * Q)), Math.floor(i / P) % Q, i % P];
    return values[(n * P + p) * Q + q];
  });
}
