// Draws the pictures of docs/gradient-flow.md beside itself and prints the tables: `node docs/figures/gradient-flow.mjs`,
// after `npm run build`. A minute or so; the strict build, so that it comes out the same everywhere.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as unrolled from "../../dist/index.js";
import { svgChart } from "../../dist/svg-chart.js";

const { createRuntime, DEFAULT_RECIPE, defaultLanguageModelSpec, diagnoseFlow, LanguageModel, nn } = unrolled;
const { LanguageModelTrainer, recordGradientFlow, textGradientFlow, Vocabulary } = unrolled;

const [STEPS, BATCH, INPUTS, UNITS] = [100, 50, 8, 64];

/** One layer as it begins, on noise; the loss is a random combination of what the last step puts out. */
const FRESH = {
  "RNN tanh": (rt, options) => new nn.RNN(rt, options),
  "RNN relu, weights x 3": (rt, options) => scaled(new nn.RNN(rt, { ...options, nonlinearity: "relu" }), 3),
  "the same, normalised": (rt, options) =>
    scaled(new nn.RNN(rt, { ...options, nonlinearity: "relu", gateNorm: true }), 3),
  "RNN relu from the identity": (rt, options) =>
    new nn.RNN(rt, { ...options, nonlinearity: "relu", identityStart: true }),
  GRU: (rt, options) => new nn.GRU(rt, options),
  LSTM: (rt, options) => new nn.LSTM(rt, options),
  "LSTM, forget bias 3": (rt, options) => new nn.LSTM(rt, { ...options, forgetBias: 3 }),
  "LSTM without forget gate": (rt, options) => new nn.LSTM(rt, { ...options, forgetGate: "none" }),
};

function scaled(module, factor) {
  for (const { weightHh } of module.layers) weightHh.data.set(weightHh.toArray().map((w) => w * factor));
  return module;
}

/** Eight layers as they begin: how the layers are joined. */
const DEEP = {
  plain: {},
  residual: { connections: "residual" },
  dense: { connections: "dense" },
  highway: { connections: "highway" },
  "layer normalisation": { norm: "layer" },
  "residual and layer normalisation": { connections: "residual", norm: "layer" },
};
const LAYERS = 8;

async function freshFlow(make) {
  const rt = await createRuntime({ variant: "strict", seed: 1 });
  const random = await createRuntime({ variant: "strict", seed: 2 });
  const noise = new nn.Embedding(random, { numEmbeddings: STEPS * BATCH, embeddingDim: INPUTS }).weight;
  const module = make(rt, { inputSize: INPUTS, hiddenSize: UNITS });
  const flow = recordGradientFlow(module, () => {
    const { output } = module.forward(rt.tensor(noise.toArray(), [STEPS, BATCH, INPUTS]));
    const last = unrolled.slice(output, STEPS - 1, 1);
    last.backward(rt.tensor(noise.toArray().subarray(0, last.size), last.shape));
  });
  rt.dispose();
  random.dispose();
  return flow;
}

/** Text that `typescript` brings: the declarations of JavaScript's standard library. */
function declarations() {
  const library = fileURLToPath(new URL("../../node_modules/typescript/lib/", import.meta.url));
  const files = readdirSync(library).filter((name) => /^lib\.es.*\.d\.ts$/.test(name));
  return files
    .map((name) => readFileSync(library + name, "utf8").replace(/^\/\*![\s\S]*?\*\/\s*/, ""))
    .join("\n");
}

async function trainedFlows(cell, text, iterations) {
  const rt = await createRuntime({ variant: "strict", seed: 1 });
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(
    rt,
    { ...defaultLanguageModelSpec(), cell, hidden: UNITS, layers: 1 },
    vocabulary,
  );
  const ids = vocabulary.encode(text);
  const trainer = new LanguageModelTrainer(model, ids, { ...DEFAULT_RECIPE, seq: STEPS });
  const before = textGradientFlow(model, ids).flow[0];
  while (trainer.iteration < iterations) trainer.step();
  const after = textGradientFlow(model, ids).flow[0];
  rt.dispose();
  return { before, after };
}

function draw(file, title, flows) {
  const series = Object.entries(flows).map(([name, { norms }]) => ({
    name,
    points: norms.map((norm, d) => [d, norm]),
  }));
  const labels = { xLabel: "distance from the loss (steps)", yLabel: "norm of dL/dh<t>" };
  writeFileSync(new URL(file, import.meta.url), svgChart({ title, ...labels, logY: true, series }));
  console.log(`\n| | factor a step | below 1/1000 after | |\n|---|---|---|---|`);
  for (const [name, flow] of Object.entries(flows)) {
    const { verdict, factor, thousandth } = diagnoseFlow(flow);
    console.log(
      `| ${name} | ${factor.toFixed(3)} | ${thousandth ? `${thousandth} steps` : "-"} | ${verdict} |`,
    );
  }
}

/** The norm at the loss itself, layer by layer from the top. */
function drawDepth(file, title, byLayer) {
  const series = Object.entries(byLayer).map(([name, norms]) => ({
    name,
    points: norms.toReversed().map((norm, depth) => [depth, norm / norms.at(-1)]),
  }));
  const labels = { xLabel: "layers below the top", yLabel: "norm of dL/dh<T>, that of the top layer = 1" };
  writeFileSync(new URL(file, import.meta.url), svgChart({ title, ...labels, logY: true, series }));
  console.log(`\n| | bottom layer's norm, in that of the top |\n|---|---|`);
  for (const [name, norms] of Object.entries(byLayer)) {
    console.log(`| ${name} | ${(norms[0] / norms.at(-1)).toPrecision(2)} |`);
  }
}

const fresh = {};
for (const [name, make] of Object.entries(FRESH)) [fresh[name]] = await freshFlow(make);
draw("gradient-flow-fresh.svg", "Networks as they begin", fresh);

const deep = {};
for (const [name, options] of Object.entries(DEEP)) {
  const make = (rt, sizes) => new nn.RNN(rt, { ...sizes, ...options, numLayers: LAYERS });
  deep[name] = (await freshFlow(make)).map(({ norms }) => norms[0]);
}
drawDepth("gradient-flow-depth.svg", "Eight layers of tanh RNN as they begin", deep);

const text = declarations();
const trained = {};
for (const cell of ["rnn", "gru", "lstm"]) {
  const { before, after } = await trainedFlows(cell, text, 500);
  trained[`${cell.toUpperCase()} at first`] = before;
  trained[`${cell.toUpperCase()} after 500 iterations`] = after;
}
draw("gradient-flow-trained.svg", "Language models, before and after training", trained);
