import { nn, recordGradientFlow, slice, sum, tanh } from "unrolled";
import { mulberry32 } from "../generators/random.mjs";

/** Layers of the plain network and steps of the recurrent one, their units, and draws of the input. */
const [DEPTH, UNITS, DRAWS] = [31, 64, 10];
const DISTANCES = [0, 5, 10, 15, 20, 25, 30];

const noise = (random, size) => Float32Array.from({ length: size }, () => 2 * random() - 1);
const norm = (numbers) => Math.hypot(...numbers);

/** Norms of dL/dz of every layer, from the top down. One example a draw, so dL/dz is the gradient of the layer's bias. */
function feedForward(rt, random, factor) {
  const layers = Array.from(
    { length: DEPTH },
    () => new nn.Linear(rt, { inFeatures: UNITS, outFeatures: UNITS }),
  );
  for (const { weight } of layers) weight.data.set(weight.toArray().map((w) => factor * w));
  rt.scope(() => {
    let a = rt.tensor(noise(random, UNITS), [1, UNITS]);
    for (const layer of layers) a = tanh(layer.forward(a));
    sum(a).backward();
  });
  return layers.map(({ bias }) => norm(bias.grad.toArray())).reverse();
}

/** Norms of dL/da<t> of every step, from the last one back. */
function unrolled(rt, random, factor) {
  const rnn = new nn.RNN(rt, { inputSize: UNITS, hiddenSize: UNITS });
  const { weight_hh_l0: Waa } = rnn.parameters();
  Waa.data.set(Waa.toArray().map((w) => factor * w));
  const [{ norms }] = recordGradientFlow(rnn, () =>
    rt.scope(() => {
      const { output } = rnn.forward(rt.tensor(noise(random, DEPTH * UNITS), [DEPTH, 1, UNITS]));
      sum(slice(output, DEPTH - 1, 1)).backward();
    }),
  );
  return norms;
}

/** Measures the gradient of a loss at the end, layer by layer down a plain network and step by step back in a recurrent one. */
export function depth(rt) {
  const random = mulberry32(1);
  const rows = [feedForward, unrolled].flatMap((network) =>
    [1, 3].map((factor) => {
      const draws = Array.from({ length: DRAWS }, () => rt.scope(() => network(rt, random, factor)));
      const mean = DISTANCES.map((d) =>
        Math.sqrt(draws.reduce((total, norms) => total + norms[d] ** 2, 0) / DRAWS),
      );
      const name = network === feedForward ? "plain network, 31 layers" : "recurrent network, 31 steps";
      return [`${name}, weights x ${factor}`, ...mean.map((value) => value.toExponential(0))];
    }),
  );
  return [["layers or steps before the loss", ...DISTANCES], ...rows];
}
