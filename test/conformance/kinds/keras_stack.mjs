import { activationOf, kerasModule } from "../keras.mjs";

/** Layers of Keras over one long sequence: as one forward pass and, where all of them can, step by step. */
export function run({ rt, unrolled, data, check }) {
  const layers = data.weights.layers.map((layer) => makeLayer({ rt, unrolled, layer }));
  const steps = data.x.length;
  rt.noGrad(() => {
    const x = rt.tensor(data.x, [steps, 1, 1]);
    check.tensor("forward", layers.reduce((value, { forward }) => forward(value), x).toArray());
    const parts = layers.map(({ stream }) => stream());
    const streamed = Float32Array.from(data.x, (value) => parts.reduce((now, step) => step(now), [value])[0]);
    check.tensor("stream", streamed);
  });
}

const LAYERS = { dense, "time-distributed-dense": dense, conv1d, lstm: recurrent, gru: recurrent };

function makeLayer({ rt, unrolled, layer }) {
  const make = LAYERS[layer.type];
  if (!make) throw new Error(`the stack has a layer of unknown type ${layer.type}`);
  return make({ rt, unrolled, layer });
}

function recurrent({ rt, unrolled, layer }) {
  const type = { lstm: "LSTM", gru: "GRU" }[layer.type];
  const units = layer.shape.at(-1);
  const weights = layer.weights.map(tensorOf);
  const module = kerasModule({
    rt,
    unrolled,
    layer: { type, units, activation: layer.activation, recurrent_activation: "sigmoid" },
    weights,
  });
  return {
    forward: (x) => module.forward(x).output,
    stream: () => {
      const stream = module.pack().stream();
      return (now) => Array.from(stream.step(now));
    },
  };
}

/** y = f(x K + b) at every step. */
function dense({ rt, unrolled, layer }) {
  const [kernel, bias] = layer.weights.map(tensorOf);
  const weight = rt.tensor(transpose(kernel), [kernel.shape[1], kernel.shape[0]]);
  const shift = rt.tensor(bias.data, bias.shape);
  const forward = (x) => activate(unrolled, layer, unrolled.linear(x, weight, shift));
  return {
    forward,
    stream: () => (now) => rt.scope(() => Array.from(forward(rt.tensor(now, [1, now.length])).data)),
  };
}

/** A causal convolution: what is seen of the past lies side by side, then goes through one dense layer. */
function conv1d({ rt, unrolled, layer }) {
  const [kernel, bias] = layer.weights.map(tensorOf);
  const [size, I, O] = kernel.shape;
  const [dilation] = layer.dilation;
  const flat = dense({
    rt,
    unrolled,
    layer: { ...layer, weights: [rowsOf(kernel.data, size * I, O), Array.from(bias.data)] },
  });
  const reach = (size - 1) * dilation;
  return {
    forward(x) {
      const [T] = x.shape;
      const values = x.toArray();
      const seen = new Float32Array(T * size * I);
      for (let t = 0; t < T; t++)
        for (let k = 0; k < size; k++) {
          const from = t - (size - 1 - k) * dilation;
          if (from >= 0) seen.set(values.subarray(from * I, (from + 1) * I), (t * size + k) * I);
        }
      return flat.forward(rt.tensor(seen, [T, 1, size * I]));
    },
    stream() {
      const past = Array.from({ length: reach + 1 }, () => new Array(I).fill(0));
      const step = flat.stream();
      return (now) => {
        past.shift();
        past.push([...now]);
        return step(Array.from({ length: size }, (_, k) => past[k * dilation]).flat());
      };
    },
  };
}

function activate(unrolled, { activation }, x) {
  return activation ? unrolled.activation(x, activationOf(activation)) : x;
}

/** Nested arrays as { shape, data }. */
function tensorOf(nested) {
  const shape = [];
  for (let at = nested; Array.isArray(at); at = at[0]) shape.push(at.length);
  return { shape, data: Float32Array.from(nested.flat(Infinity)) };
}

function transpose({ shape: [I, O], data }) {
  return Float32Array.from(data, (_, i) => data[(i % I) * O + Math.floor(i / I)]);
}

function rowsOf(data, rows, columns) {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
}
