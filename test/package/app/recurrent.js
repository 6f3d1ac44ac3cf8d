/** A GRU that reads and gives one number a step. @param library what `import * as library from "unrolled"` gives */
export function recurrent({ createRuntimeSync, nn }, module) {
  const rt = createRuntimeSync({ module, variant: "strict" });
  const stream = new nn.GRU(rt, { inputSize: 1, hiddenSize: 4 }).pack().stream();
  return (x) => stream.step([x])[0];
}
