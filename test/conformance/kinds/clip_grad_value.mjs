/** Every gradient's elements limited. */
export function run(context) {
  const { unrolled, data } = context;
  clipped(context, (parameters) => unrolled.optim.clipGradValue(parameters, data.config.clip_value));
}

/** Gives parameters the gradients in.grad*, clips them and compares with out.grad*. */
export function clipped({ rt, data, check }, clip) {
  const names = Object.keys(data.group("in"));
  const parameters = {};
  for (const name of names) {
    const gradient = data.tensor(rt, `in.${name}`);
    parameters[name] = rt.zeros(gradient.shape, { requiresGrad: true });
    parameters[name].backward(gradient);
  }
  clip(parameters);
  for (const name of names) check.tensor(`out.${name}`, parameters[name].grad.toArray());
}
