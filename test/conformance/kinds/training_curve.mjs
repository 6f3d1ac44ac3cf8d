/**
 * Losses that two runs have to share. Rounding errors grow about tenfold every five updates once training gets going:
 * PyTorch's own float32 and float64 runs agree within 1e-5 over the first 50 losses and are 3% apart before the 100th.
 */
const SHARED = 50;

/**
 * The losses of a character language model from given weights on: each of the first within 1e-4 of PyTorch's, the later
 * ones on average within 1e-2.
 */
export function run({ rt, unrolled, data, check }) {
  const { nn, optim } = unrolled;
  const { cell, hidden, layers, batch, seq, lr, alpha, clip, grad_scale } = data.config;
  const vocabulary = unrolled.Vocabulary.fromText(data.text, { unknown: false });
  const batches = new unrolled.TextBatches(vocabulary.encode(data.text), { batch, seq });
  const { train } = unrolled.splitBatches(batches.count);

  const V = vocabulary.size;
  const rnn = new nn[cell.toUpperCase()](rt, { inputSize: V, hiddenSize: hidden, numLayers: layers });
  const head = new nn.Linear(rt, { inFeatures: hidden, outFeatures: V });
  const parameters = { ...prefixed("rnn", rnn), ...prefixed("head", head) };
  for (const [name, tensor] of Object.entries(parameters)) tensor.data.set(data.init[name].data);
  const optimizer = new optim.RMSprop(parameters, { lr, alpha });

  const ids = new Int32Array(seq * batch);
  let state = {};
  const step = (i) => {
    batches.inputs(i, ids);
    const x = rt.tensor(ids, [seq, batch]);
    batches.targets(i, ids);
    const targets = rt.tensor(ids, [seq, batch]);
    const initial = Object.fromEntries(
      Object.entries(state).map(([name, values]) => [`${name}0`, rt.tensor(values, [layers, batch, hidden])]),
    );
    const result = rnn.forward(x, initial);
    const loss = unrolled.crossEntropy(head.forward(result.output), targets);
    state = Object.fromEntries(
      Object.entries(result.state).map(([name, tensor]) => [name, tensor.toArray()]),
    );
    optimizer.zeroGrad();
    loss.backward(rt.tensor([grad_scale === "sum" ? seq : 1], []));
    optim.clipGradValue(parameters, clip);
    optimizer.step();
    return loss.item();
  };
  const want = data.expected.train_loss;
  const got = want.map((_, k) => rt.scope(() => step(train.start + (k % (train.end - train.start)))));
  const relative = got.map((loss, k) => loss / want[k]);
  const later = relative.slice(SHARED);
  check.within("train_loss", relative.slice(0, SHARED), want.slice(0, SHARED).fill(1), 1e-4);
  if (later.length > 0) check.within("mean of later losses", [average(later)], [1], 1e-2);
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function prefixed(prefix, module) {
  return Object.fromEntries(
    Object.entries(module.parameters()).map(([name, tensor]) => [`${prefix}.${name}`, tensor]),
  );
}
