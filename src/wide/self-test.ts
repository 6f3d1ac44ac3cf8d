import { createRuntimeSync, crossEntropy, nn, optim, type Tensor } from "../index.ts";

/** Sizes that are no multiples of the vector width, and larger than the largest tile of the matrix product. */
const [STEPS, BATCH, INPUTS, HIDDEN, CLASSES] = [3, 13, 19, 21, 37];

/**
 * Trains an RNN, an LSTM, a GRU and a linear layer for one step of Adam on random numbers. Then runs a step of the LSTM with weights
 * of 8 bits.
 *
 * @returns the outputs and the new weights, which depend on every kernel that was called
 */
export function trainOneStep(module: WebAssembly.Module): number[] {
  const rt = createRuntimeSync({ module });
  const cells = [
    new nn.RNN(rt, { inputSize: INPUTS, hiddenSize: HIDDEN }),
    new nn.LSTM(rt, { inputSize: HIDDEN, hiddenSize: HIDDEN }),
    new nn.GRU(rt, { inputSize: HIDDEN, hiddenSize: HIDDEN }),
  ];
  const linear = new nn.Linear(rt, { inFeatures: HIDDEN, outFeatures: CLASSES });
  const parameters = [...cells, linear].map((layer) => layer.parameters());
  const optimizer = new optim.Adam(parameters);
  const inputs = Float32Array.from({ length: STEPS * BATCH * INPUTS }, (_, i) => Math.fround(Math.sin(i)));
  const x = rt.tensor(inputs, [STEPS, BATCH, INPUTS]);
  const targets = Int32Array.from({ length: STEPS * BATCH }, (_, i) => (7 * i) % CLASSES);
  const logits = linear.forward(cells.reduce((y, cell) => cell.forward(y).output, x));
  crossEntropy(logits, rt.tensor(targets, [STEPS, BATCH])).backward();
  optimizer.step();
  const results = [logits, ...parameters.flatMap(Object.values<Tensor>)].flatMap(({ data }) => [...data]);
  results.push(...cells[1]!.pack({ dtype: "int8" }).stream().step(inputs.subarray(0, HIDDEN)));
  rt.dispose();
  return results;
}
