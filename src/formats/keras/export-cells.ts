import { type Activation, activationCode } from "../../autograd/activation.ts";
import type { CellWeights } from "../../autograd/cell-weights.ts";
import type { Refuse, WrittenSpec } from "../network-fields.ts";

/** A weight of a layer, as Keras names and shapes it. */
export interface KerasWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Keras' names of activations, and the alpha and beta that they have there. hard_sigmoid is that of Keras 3. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, alpha?: number, beta?: number]>> = {
  sigmoid: ["sigmoid"],
  tanh: ["tanh"],
  relu: ["relu"],
  softsign: ["softsign"],
  softplus: ["softplus"],
  exp: ["exponential"],
  affine: ["linear", 1, 0],
  elu: ["elu", 1],
  hardSigmoid: ["hard_sigmoid", 1 / 6, 0.5],
};

function activationName(activation: Activation, refuse: Refuse): string {
  const own = typeof activation === "string" ? activation : activation.name;
  const [name, ...parameters] = ACTIVATIONS[own] ?? refuse("activations", "of which Keras has not all");
  const { alpha, beta } = activationCode("exportKeras", activation);
  const isSame = parameters.every((value, i) => Math.fround(value!) === Math.fround([alpha, beta][i]!));
  return isSame ? name : refuse("activations", `but Keras' ${name} has ${parameters.join(" and ")}`);
}

/** The blocks of Keras' weights: for each, the index of ours. Ours are those of PyTorch: LSTM i, f, g, o; GRU r, z, n. */
const BLOCKS = { rnn: [0], gru: [1, 0, 2], lstm: [0, 1, 2, 3] };

/** A cell as a layer of Keras. */
export interface KerasCell {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Returns the weights of one layer and direction: kernel [in, gates], recurrent kernel [units, gates], bias. */
  weights(own: CellWeights): KerasWeight[];
}

/** Returns the rows of a matrix of ours as columns, with the blocks in Keras' order. */
function columns(numbers: Float32Array, blocks: readonly number[], units: number): Float32Array {
  const width = blocks.length * units;
  const inputs = numbers.length / width;
  const result = new Float32Array(numbers.length);
  for (const [to, block] of blocks.entries()) {
    for (let u = 0; u < units; u++) {
      for (let i = 0; i < inputs; i++)
        result[i * width + to * units + u] = numbers[(block * units + u) * inputs + i]!;
    }
  }
  return result;
}

/** Returns the cell of a spec as Keras says it. @throws ERR_VALUE if Keras does not have it */
export function kerasCell(spec: WrittenSpec, refuse: Refuse): KerasCell {
  const { cell, hidden, nonlinearity, activations, resetAfter, resetGate, forgetGate, bidirectional } = spec;
  if (cell === "gru" && !resetGate) refuse("resetGate", "which Keras does not have");
  if (cell === "lstm" && forgetGate !== "own") refuse("forgetGate", "which Keras does not have");
  const standard: readonly Activation[] = {
    rnn: [nonlinearity],
    gru: ["sigmoid", "tanh"] as const,
    lstm: ["sigmoid", "tanh", "tanh"] as const,
  }[cell];
  const names = (activations ?? standard).map((activation) => activationName(activation, refuse));
  const count = standard.length;
  if (bidirectional && names.some((name, i) => name !== names[i % count]))
    refuse("activations", "expected the same in both directions");
  const [f, g = f, h = g] = names;
  if (h !== g)
    refuse("activations", "but Keras' LSTM has one activation for the candidate and the new cell state");
  const blocks = BLOCKS[cell];
  const isAfter = cell === "gru" && resetAfter;
  return {
    className: { rnn: "SimpleRNN", gru: "GRU", lstm: "LSTM" }[cell],
    config: {
      units: hidden,
      activation: g,
      ...(cell !== "rnn" && { recurrent_activation: f }),
      use_bias: true,
      ...(cell === "gru" && { reset_after: resetAfter }),
    },
    weights({ weightIh, weightHh, biasIh, biasHh }) {
      const width = blocks.length * hidden;
      const matrix = (name: string, { data }: { data: ArrayLike<number> }) => {
        const turned = columns(data as Float32Array, blocks, hidden);
        return { name, shape: [turned.length / width, width], data: turned };
      };
      const [input, recurrent] = [biasIh, biasHh].map((bias) =>
        columns(bias!.data as Float32Array, blocks, hidden),
      );
      const bias = isAfter
        ? Float32Array.from([...input!, ...recurrent!])
        : input!.map((value, i) => value + recurrent![i]!);
      return [
        matrix("kernel", weightIh),
        matrix("recurrent_kernel", weightHh),
        { name: "bias", shape: isAfter ? [2, width] : [width], data: bias },
      ];
    },
  };
}
