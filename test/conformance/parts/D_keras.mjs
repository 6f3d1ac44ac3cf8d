import { readFileSync } from "node:fs";
import { join } from "node:path";

/** LSTM.json, GRU.json and SimpleRNN.json; attrs.json has each case's attributes, in the order of the files. */
export function cases(folder) {
  const read = (file) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  return Object.entries(read("attrs.json")).flatMap(([type, attributes]) => {
    const listed = Object.entries(read(`${type}.json`));
    return listed.map(([name, { input, weights, expected }], i) => ({
      name,
      kind: "keras_layer",
      load: () => ({
        layer: { type, ...attributes[i] },
        weights,
        input,
        expected: { output: expected.data },
      }),
    }));
  });
}
