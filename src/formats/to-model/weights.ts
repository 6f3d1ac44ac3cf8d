import type { StateDict } from "../../runtime/state.ts";
import type { FoundDense, Parts } from "./parts.ts";

/** Turns one output z into two, 0 and z: their softmax is sigmoid(z). */
export function withTwoOutputs(layer: FoundDense): FoundDense {
  const inputs = layer.weight.length;
  const weight = new Float32Array(2 * inputs);
  weight.set(layer.weight, inputs);
  return { ...layer, weight, bias: Float32Array.of(0, layer.bias[0]!), outputs: 2 };
}

/** Swaps the halves of what a linear layer reads. */
export function withSwappedInputs(layer: FoundDense): FoundDense {
  const inputs = layer.weight.length / layer.outputs;
  const weight = layer.weight.map((_, i) => {
    const column = i % inputs;
    return layer.weight[i - column + ((column + inputs / 2) % inputs)]!;
  });
  return { ...layer, weight };
}

/** Returns the weights under the names of our parameters. */
export function stateOf({ layers, input }: Parts, dense: readonly FoundDense[], tied: boolean): StateDict {
  const state: Record<string, { shape: number[]; data: Float32Array }> = {};
  const { embedding } = input;
  if (embedding) {
    const { data, symbols, size } = embedding;
    state["embedding.weight"] = { shape: [symbols, size], data };
  }
  for (const [l, { fields, inputs, directions }] of layers.entries()) {
    for (const [d, weights] of directions.entries()) {
      for (const [kind, data] of Object.entries(weights)) {
        const width = { weight_ih: inputs, weight_hh: fields.hidden }[kind];
        const shape = width ? [data.length / width, width] : [data.length];
        state[`rnn.${kind}_l${l}${d ? "_reverse" : ""}`] = { shape, data };
      }
    }
  }
  for (const [i, { weight, bias, outputs }] of dense.entries()) {
    const name = i < dense.length - 1 ? `head.hidden_l${i}` : "head";
    const isShared = tied && i === dense.length - 1;
    if (!isShared) state[`${name}.weight`] = { shape: [outputs, weight.length / outputs], data: weight };
    state[`${name}.bias`] = { shape: [outputs], data: bias };
  }
  return state as StateDict;
}
