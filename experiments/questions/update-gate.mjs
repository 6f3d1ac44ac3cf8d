import { meanSquaredError, nn, optim } from "unrolled";
import { mulberry32 } from "../generators/random.mjs";

const [STEPS, BATCH, UNITS, ITERATIONS] = [20, 32, 2, 800];

/** Draws numbers from -1 to 1, a fifth of them marked. The target of each step is the number that was marked last. */
function draw(rt, random, steps, batch) {
  const x = [];
  const y = [];
  for (let i = 0; i < steps * batch; i++) {
    const value = 2 * random() - 1;
    const marked = i < batch || random() < 0.2;
    x.push(value, Number(marked));
    y.push(marked ? value : y[i - batch]);
  }
  return { x: rt.tensor(x, [steps, batch, 2]), y: rt.tensor(y, [steps, batch, 1]) };
}

/** Returns Γu of each unit: 1 - z, of the state c<t-1> and the input x<t>. Rows z come before rows n. */
function updateGate(gru, c, x) {
  const { weight_ih_l0: Wx, weight_hh_l0: Wc, bias_ih_l0: bx, bias_hh_l0: bc } = gru.parameters();
  return Array.from({ length: UNITS }, (_, unit) => {
    let z = bx.data[unit] + bc.data[unit];
    x.forEach((value, i) => {
      z += Wx.data[unit * x.length + i] * value;
    });
    c.forEach((value, i) => {
      z += Wc.data[unit * UNITS + i] * value;
    });
    return 1 - 1 / (1 + Math.exp(-z));
  });
}

/** Trains a simplified GRU to hold the number that was marked last, and shows Γu and the state of one unit on a sequence. */
export function updateGateAtWork(rt) {
  const random = mulberry32(1);
  const gru = new nn.GRU(rt, { inputSize: 2, hiddenSize: UNITS, resetGate: false });
  const head = new nn.Linear(rt, { inFeatures: UNITS, outFeatures: 1 });
  const parameters = [gru.parameters(), head.parameters()];
  const adam = new optim.Adam(parameters, { lr: 0.03 });
  for (let i = 0; i < ITERATIONS; i++) {
    rt.scope(() => {
      const { x, y } = draw(rt, random, STEPS, BATCH);
      adam.zeroGrad();
      meanSquaredError(head.forward(gru.forward(x).output), y).backward();
      optim.clipGradNorm(parameters, 1);
      adam.step();
    });
  }
  const { x, y } = draw(rt, random, 10, 1);
  const predicted = rt.noGrad(() => rt.scope(() => head.forward(gru.forward(x).output).toArray()));
  const stream = gru.pack().stream();
  const rows = Array.from({ length: 10 }, (_, t) => {
    const row = [...x.data.slice(2 * t, 2 * t + 2)];
    const gate = updateGate(gru, stream.state.h, row);
    stream.step(row);
    const shown = [row[0], ...gate, predicted[t], y.data[t]].map((value) => value.toFixed(2));
    return [t + 1, row[1] ? "yes" : "", ...shown];
  });
  return [["t", "marked", "number", ...gateNames(), "ŷ<t>", "y<t>"], ...rows];
}

const gateNames = () => Array.from({ length: UNITS }, (_, unit) => `Γu of unit ${unit}`);
