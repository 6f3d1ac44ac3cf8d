/** Recurrent modules with a linear layer behind, over one long sequence: as one forward pass, and step by step. */
export function run({ rt, unrolled, data, check }) {
  const modules = Object.entries(byModule(data.weights)).map(([name, state]) =>
    build(unrolled.nn, rt, name, state),
  );
  const steps = data.x.length;

  rt.noGrad(() => {
    const x = rt.tensor(data.x, [steps, 1, 1]);
    const y = modules.reduce((value, module) => module.forward(value).output ?? module.forward(value), x);
    check.tensor("forward", y.toArray());

    const parts = modules.map((module) => (module.pack ? module.pack().stream() : undefined));
    const streamed = Float32Array.from(data.x, (value) => {
      let now = [value];
      modules.forEach((module, i) => {
        now =
          parts[i]?.step(now) ?? rt.scope(() => module.forward(rt.tensor(now, [1, now.length])).toArray());
      });
      return now[0];
    });
    check.tensor("stream", streamed);
  });
}

/** "lstm2.weight_ih_l0": ... -> { lstm2: { weight_ih_l0: ... } }, in the order of the file. */
function byModule(weights) {
  const modules = {};
  for (const [path, value] of Object.entries(weights)) {
    const [module, name] = path.split(".");
    const rows = value.map((row) => (Array.isArray(row) ? row : [row]));
    const shape = Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length];
    modules[module] ??= {};
    modules[module][name] = { shape, data: Float32Array.from(rows.flat()) };
  }
  return modules;
}

function build(nn, rt, name, state) {
  const module = state.weight ? linear(nn, rt, state) : recurrent(nn, rt, name, state);
  module.loadStateDict(state);
  return module;
}

function linear(nn, rt, { weight }) {
  const [outFeatures, inFeatures] = weight.shape;
  return new nn.Linear(rt, { inFeatures, outFeatures });
}

function recurrent(nn, rt, name, state) {
  const numLayers = Object.keys(state).filter((key) => key.startsWith("weight_ih")).length;
  const Module = nn[name.replace(/\d/g, "").toUpperCase()];
  return new Module(rt, {
    inputSize: state.weight_ih_l0.shape[1],
    hiddenSize: state.weight_hh_l0.shape[1],
    numLayers,
  });
}
