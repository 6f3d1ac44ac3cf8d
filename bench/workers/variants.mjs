// A training step (forward and backward) of char-rnn's default network (2 x 128, 65 symbols, 50 x 50) with each variant of
// a cell: prints [{name, seconds, plain}], the seconds of a step and those of the plain cell. They take turns.

import { effort, kernels, repeat, unrolled } from "../library.mjs";
import { interleave } from "../timer.mjs";

const [V, H, LAYERS, B, T] = [65, 128, 2, 50, 50];

/** Name, module, options; the first of each module is the plain cell. */
const CASES = [
  ["LSTM", "LSTM", {}],
  ["LSTM, layer normalisation between layers", "LSTM", { norm: "layer" }],
  ["LSTM, layer normalisation of the gates", "LSTM", { gateNorm: true }],
  ["LSTM, batch normalisation of the gates", "LSTM", { gateNorm: "batch" }],
  ["LSTM, peepholes", "LSTM", { peepholes: true }],
  ["LSTM, peepholes of the state before", "LSTM", { peepholes: "previous" }],
  ["LSTM, coupled", "LSTM", { forgetGate: "coupled" }],
  ["LSTM, hard sigmoid", "LSTM", { activations: ["hardSigmoid", "tanh", "tanh"] }],
  ["LSTM, clip", "LSTM", { clip: 3 }],
  ["LSTM, residual", "LSTM", { connections: "residual" }],
  ["LSTM, highway", "LSTM", { connections: "highway" }],
  ["GRU", "GRU", {}],
  ["GRU, reset before", "GRU", { resetAfter: false }],
  ["GRU, simplified", "GRU", { resetGate: false }],
];

/** Minimum seconds of a sample: one step or more. */
const SAMPLE = 1e-2;

const rt = await unrolled.createRuntime(kernels);
const tokens = Int32Array.from({ length: T * B }, (_, i) => (i * 7919) % V);
const head = new unrolled.nn.Linear(rt, { inFeatures: H, outFeatures: V });

function step(module) {
  rt.scope(() => {
    const x = rt.tensor(tokens, [T, B]);
    unrolled.crossEntropy(head.forward(module.forward(x).output), rt.tensor(tokens, [T, B])).backward();
  });
}

const results = [];
for (const plain of ["LSTM", "GRU"]) {
  const cases = CASES.filter(([, module]) => module === plain);
  const tasks = cases.map(([name, module, options]) => {
    const network = new unrolled.nn[module](rt, {
      inputSize: V,
      hiddenSize: H,
      numLayers: LAYERS,
      ...options,
    });
    return [name, repeat(() => step(network))];
  });
  const seconds = await interleave(Object.fromEntries(tasks), 2 * cases.length * effort, SAMPLE);
  for (const [name] of cases) results.push({ name, seconds: seconds[name], plain: seconds[plain] });
}
console.log(JSON.stringify(results));
