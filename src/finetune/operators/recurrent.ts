import type { CellWeights } from "../../autograd/cell-weights.ts";
import { rearrange } from "../../autograd/rearrange.ts";
import { recurrent } from "../../autograd/recurrent.ts";
import { reshape } from "../../autograd/shape.ts";
import type { Call } from "../../graph/call.ts";
import { type Layer, layerOf, MASK } from "../../graph/operators/recurrent.ts";
import { sequenceOrder } from "../../nn/sequence-order.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { type Derivation, rowPlaces } from "./derivation.ts";

const BLOCKS = { LSTM: 4, GRU: 3, RNN: 1 };

/** Returns rows of a tensor that is read as [rows, width]. @param rows numbers from 1, or 0 for zeros */
const takeRows = (x: Tensor, rows: ArrayLike<number>, width: number, shape: readonly number[]) =>
  rearrange([x], rowPlaces(rows, width), shape);

/**
 * Whether the recurrent half of a bias is there only because ONNX has two, as in models of Keras: it is 0. Then it stays 0, since two
 * halves that are trained move twice as far as one bias. A GRU whose reset gate lies between them has two in Keras too.
 */
const hasOneBias = ({ data }: Tensor, from: number, half: number): boolean =>
  data.subarray(from + half, from + 2 * half).every((x) => x === 0);

/** Returns the weights of direction d in PyTorch's order, from those in ONNX's. @param resetAfter whether it is a GRU with two biases */
function weightsOf(
  layer: Layer,
  resetAfter: boolean,
  d: number,
  [w, r, b, p]: readonly (Tensor | undefined)[],
): CellWeights {
  const { kind, order, I, H } = layer;
  const blocks = BLOCKS[kind];
  /** Rows of the blocks of a direction, behind `skipped` blocks. */
  const rows = (first: number, of: readonly number[]) =>
    of.flatMap((block) => Array.from({ length: H }, (_, i) => (first + block) * H + i + 1));
  const own = rows(d * blocks, order);
  const one = b && !resetAfter && hasOneBias(b, 2 * d * blocks * H, blocks * H);
  const bias = (half: number) => takeRows(b!, rows((2 * d + half) * blocks, order), 1, [own.length]);
  const peepholes = order.length === 4 ? [0, 2, 1] : [0, 1]; // ours: i, f, o; ONNX's: i, o, f
  return {
    weightIh: takeRows(w!, own, I, [own.length, I]),
    weightHh: takeRows(r!, own, H, [own.length, H]),
    ...(b && { biasIh: bias(0) }),
    ...(b && !one && { biasHh: bias(1) }),
    ...(p && { peephole: takeRows(p, rows(d * 3, peepholes), 1, [peepholes.length * H]) }),
  };
}

/** Returns for each sequence the steps that count. Undefined if all do. */
function countedSteps(call: Call, { kind, T, N }: Layer): number[][] | undefined {
  const given = call.inputs[MASK[kind]]?.constant?.data;
  const lengths = call.inputs[4]?.constant?.data;
  if (!given && !lengths) return undefined;
  const counts = (t: number, n: number) => (given ? given[t * N + n] !== 0 : t < lengths![n]!);
  const steps = Array.from({ length: N }, (_, n) =>
    Array.from({ length: T }, (_, t) => t).filter((t) => counts(t, n)),
  );
  return steps.some(({ length }) => length < T) ? steps : undefined;
}

const layer: Derivation = (call, inputs) => {
  const form = layerOf(call);
  const { kind, cells, T, N, I, H } = form;
  const [x, w, r, b, , h0, c0, p] = inputs;
  const lstm = kind === "LSTM";
  const D = cells.length;
  const steps = countedSteps(call, form);
  const resetAfter = kind === "GRU" && call.flag("linear_before_reset");
  const repeat = call.text("masked", "zero") === "repeat";
  // Steps that do not count are left out, and sequences are sorted, longest first.
  const longest = steps ? Math.max(1, ...steps.map(({ length }) => length)) : T;
  const order =
    steps &&
    sequenceOrder(
      steps.map(({ length }) => length),
      longest,
      N,
    );
  const inOrder = (tensor: Tensor, rows: ArrayLike<number>, count: number, width: number) =>
    takeRows(tensor, rows, width, count > 1 ? [count, N, width] : [N, width]);
  const packed = steps
    ? takeRows(
        x!,
        Array.from({ length: longest }, (_, i) =>
          Array.from(order!.rows, (n) => (i < steps[n]!.length ? steps[n]![i]! * N + n + 1 : 0)),
        ).flat(),
        I,
        [longest, N, I],
      )
    : x!;
  const position = new Int32Array(N);
  order?.rows.forEach((n, k) => {
    position[n] = k;
  });
  const state = (of: Tensor | undefined, d: number) =>
    of &&
    inOrder(
      of,
      Array.from({ length: N }, (_, k) => d * N + (order?.rows[k] ?? k) + 1),
      1,
      H,
    );
  const outputs: Tensor[] = [];
  const states: [Tensor[], Tensor[]] = [[], []];
  for (const [d, cell] of cells.entries()) {
    const reverse = d === 1 || form.reverse;
    const [h, c] = [state(h0, d), lstm ? state(c0, d) : undefined];
    const result = recurrent(cell, packed, weightsOf(form, resetAfter, d, [w, r, b, lstm ? p : undefined]), {
      ...(h && { h0: h }),
      ...(c && { c0: c }),
      ...(order && { batchSizes: order.batchSizes }),
      reverse,
    });
    const last = (tensor: Tensor) =>
      order
        ? inOrder(
            tensor,
            Array.from({ length: N }, (_, n) => position[n]! + 1),
            1,
            H,
          )
        : tensor;
    states[0].push(last(result.h));
    if (result.c) states[1].push(last(result.c));
    if (!steps) {
      outputs.push(result.output);
      continue;
    }
    /** The row of the output that step t of sequence n has. */
    const rowAt = (t: number, n: number): number => {
      const list = steps[n]!;
      let i = list.indexOf(t);
      if (i < 0) {
        if (!repeat) return 0;
        i = reverse ? list.findIndex((step) => step > t) : list.findLastIndex((step) => step < t);
        if (i < 0) return 0;
      }
      return i * N + position[n]! + 1;
    };
    const rows = Array.from({ length: T * N }, (_, i) => rowAt(Math.floor(i / N), i % N));
    outputs.push(takeRows(result.output, rows, H, [T, N, H]));
  }
  const joined = (parts: readonly Tensor[], shape: readonly number[], row: (i: number) => number) =>
    parts.length === 1
      ? reshape(parts[0]!, shape)
      : rearrange(
          parts,
          rowPlaces(
            Array.from({ length: shape.slice(0, -1).reduce((a, b) => a * b) }, (_, i) => row(i)),
            H,
          ),
          shape,
        );
  // row (t, d, n) of the outputs is row (t, n) of direction d
  const y = joined(outputs, [T, D, N, H], (i) => {
    const [t, d, n] = [Math.floor(i / (D * N)), Math.floor(i / N) % D, i % N];
    return d * T * N + t * N + n + 1;
  });
  const ends = (parts: readonly Tensor[]) => joined(parts, [D, N, H], (i) => i + 1);
  return [y, ends(states[0]), ...(lstm ? [ends(states[1])] : [])];
};

/** Cells over whole sequences. */
export const RECURRENT: Readonly<Record<string, Derivation>> = { LSTM: layer, GRU: layer, RNN: layer };
