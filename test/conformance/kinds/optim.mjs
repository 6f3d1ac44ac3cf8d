/** An optimiser's steps: by the recorded gradients alone, then the whole loop with gradients of our own. */
export function run({ rt, unrolled, data, check }) {
  const { optim } = unrolled;
  const { steps, params, problem } = data.config;
  const make = (parameters) => new optim[data.config.optimizer](parameters, options(data.config));

  const fed = Object.fromEntries(params.map((name) => [name, data.leaf(rt, `param0.${name}`)]));
  const rule = make(fed);
  for (let k = 1; k <= steps; k++) {
    for (const name of params) fed[name].backward(data.tensor(rt, `grad.${k}.${name}`));
    rule.step();
    rule.zeroGrad();
    for (const name of params) check.tensor(`param.${k}.${name}`, fed[name].toArray());
  }

  const { parameters, loss } = PROBLEMS[problem]({ rt, unrolled, data });
  const loop = make(parameters);
  const losses = [];
  for (let k = 1; k <= steps; k++) {
    const value = loss();
    losses.push(value.item());
    loop.zeroGrad();
    value.backward();
    for (const name of params) check.tensor(`grad.${k}.${name}`, parameters[name].grad.toArray());
    loop.step();
    for (const name of params) check.tensor(`param.${k}.${name}`, parameters[name].toArray());
  }
  check.tensor("out.loss", losses);
}

/** PyTorch's names of hyper-parameters to ours. */
function options({ defaults }) {
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [camel(name), value]));
}

const PROBLEMS = {
  /** z'Az/2 - b'z + sum(v^4)/4 with z = vec(w) + [v, 0, 0]. */
  quad({ rt, unrolled, data }) {
    const { add, concat, linear, multiply, reshape, scale, sum } = unrolled;
    const parameters = { w: data.leaf(rt, "param0.w"), v: data.leaf(rt, "param0.v") };
    const { w, v } = parameters;
    const A = data.tensor(rt, "in.A");
    const b = data.tensor(rt, "in.b");
    const loss = () => {
      const z = add(reshape(w, [w.size]), concat([v, rt.zeros([w.size - v.size])]));
      const square = multiply(v, v);
      const terms = [
        scale(sum(multiply(z, linear(z, A))), 0.5),
        scale(sum(multiply(b, z)), -1),
        scale(sum(multiply(square, square)), 0.25),
      ];
      return terms.reduce(add);
    };
    return { parameters, loss };
  },

  /** Mean squared error of an LSTM with a linear head. */
  lstm({ rt, unrolled, data }) {
    const { add, mean, multiply, nn, scale } = unrolled;
    const given = data.group("param0");
    const [outFeatures, hiddenSize] = given["head.weight"].shape;
    const x = data.tensor(rt, "in.x");
    const lstm = new nn.LSTM(rt, { inputSize: x.shape[2], hiddenSize });
    const head = new nn.Linear(rt, { inFeatures: hiddenSize, outFeatures });
    const parameters = { ...lstm.parameters() };
    for (const [name, tensor] of Object.entries(head.parameters())) parameters[`head.${name}`] = tensor;
    for (const [name, tensor] of Object.entries(parameters)) tensor.data.set(given[name].data);
    const target = scale(data.tensor(rt, "in.target"), -1);
    const loss = () => {
      const error = add(head.forward(lstm.forward(x).output), target);
      return mean(multiply(error, error));
    };
    return { parameters, loss };
  },
};
