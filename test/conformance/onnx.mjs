// ONNX's operators RNN, GRU and LSTM as modules: which options an operator's attributes are, and its tensors under the
// modules' names. Two readings that implementations disagree about: `clip` limits what goes into every activation, that of
// the LSTM's new memory cell included, and the last state of an empty sequence is its initial state.

/** For each operator the ONNX block that each of our blocks is; LSTM: without a forget gate's block where it is coupled. */
const BLOCKS = { RNN: [0], GRU: [1, 0, 2], LSTM: [0, 2, 3, 1], COUPLED: [0, 3, 1] };
const PEEPHOLES = { LSTM: [0, 2, 1], COUPLED: [0, 1] };
const WITH_ALPHA = ["LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Affine"];
const WITH_BETA = ["ScaledTanh", "HardSigmoid", "Affine"];

/** The module that an operator is, with its weights; `values` go to and fro between ONNX's and our names and orders. */
export function onnxModule({ rt, unrolled, op, attrs, inputs }) {
  const [directions, , inputSize] = inputs.W.shape;
  const hiddenSize = attrs.hidden_size;
  const coupled = attrs.input_forget === 1;
  const module = new unrolled.nn[op](rt, {
    inputSize,
    hiddenSize,
    bias: inputs.B !== undefined,
    batchFirst: attrs.layout === 1,
    bidirectional: directions === 2,
    reverse: attrs.direction === "reverse",
    clip: attrs.clip ?? 0,
    ...(attrs.activations && { activations: activations(attrs) }),
    ...(op === "GRU" && { resetAfter: attrs.linear_before_reset === 1 }),
    ...(op === "LSTM" && { forgetGate: coupled ? "coupled" : "own", peepholes: inputs.P !== undefined }),
  });
  const order = BLOCKS[coupled ? "COUPLED" : op];
  const count = BLOCKS[op].length;
  /** [name, ONNX input, offset of its rows in it, blocks, number of ONNX's blocks, width of a row] for a direction. */
  const places = (suffix) => [
    [`weight_ih_${suffix}`, "W", 0, order, count, inputSize],
    [`weight_hh_${suffix}`, "R", 0, order, count, hiddenSize],
    [`bias_ih_${suffix}`, "B", 0, order, count, 1],
    [`bias_hh_${suffix}`, "B", count, order, count, 1],
    [`weight_peephole_${suffix}`, "P", 0, PEEPHOLES[coupled ? "COUPLED" : op], 3, 1],
  ];
  /** Calls `visit` for each block: its place in our tensor and in ONNX's, and its size. */
  const each = (visit) => {
    for (let d = 0; d < directions; d++) {
      for (const [name, input, first, blocks, of, width] of places(d ? "l0_reverse" : "l0")) {
        if (!inputs[input]) continue;
        const size = hiddenSize * width;
        const rows = input === "B" ? 2 * of : of;
        blocks.forEach((block, i) => {
          visit(name, i * size, input, (d * rows + first + block) * size, size);
        });
      }
    }
  };
  const state = module.stateDict();
  each((name, at, input, from, size) => {
    state[name].data.set(inputs[input].data.slice(from, from + size), at);
  });
  module.loadStateDict(state);
  /** The parameters' gradients as those of ONNX's inputs. */
  const gradients = () => {
    const all = {};
    each((name, at, input, to, size) => {
      all[input] ??= new Float32Array(inputs[input].data.length);
      all[input].set(module.parameters()[name].grad.data.subarray(at, at + size), to);
    });
    return all;
  };
  return { module, gradients };
}

function activations({ activations, activation_alpha = [], activation_beta = [] }) {
  const [alphas, betas] = [[...activation_alpha], [...activation_beta]];
  return activations.map((name) => {
    const alpha = WITH_ALPHA.includes(name) ? alphas.shift() : undefined;
    const beta = WITH_BETA.includes(name) ? betas.shift() : undefined;
    const own = name[0].toLowerCase() + name.slice(1);
    return { name: own, ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) };
  });
}

/** Runs the module on ONNX's inputs: tensors X, initial_h, initial_c of ONNX's layout; gives Y, Y_h, Y_c in it. */
export function forwardOnnx({ unrolled, module, attrs, X, initial_h, initial_c, lengths }) {
  const turned = attrs.layout === 1;
  const states = (tensor) => (tensor && turned ? swapFirstAxes(unrolled, tensor) : tensor);
  const { output, state } = module.forward(X, { h0: states(initial_h), c0: states(initial_c), lengths });
  const { hiddenSize: H, directions: D } = module;
  const [first, second] = output.shape;
  // [first, second, D * H], where the two are T, N or N, T -> [T, D, N, H] or [N, T, D, H].
  const split = unrolled.reshape(output, [first * second * D, H]);
  const order = Int32Array.from({ length: first * D * second }, (_, i) => {
    const n = i % second;
    const d = Math.floor(i / second) % D;
    return (Math.floor(i / (D * second)) * second + n) * D + d;
  });
  const Y = turned
    ? unrolled.reshape(split, [first, second, D, H])
    : unrolled.gatherRows(split, order, [first, D, second, H]);
  return { Y, Y_h: states(state.h), ...(state.c && { Y_c: states(state.c) }) };
}

/** [A, B, H] -> [B, A, H] */
function swapFirstAxes(unrolled, tensor) {
  const [A, B, H] = tensor.shape;
  const order = Int32Array.from({ length: A * B }, (_, i) => (i % A) * B + Math.floor(i / A));
  return unrolled.gatherRows(unrolled.reshape(tensor, [A * B, H]), order, [B, A, H]);
}
