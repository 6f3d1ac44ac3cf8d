import type { Activation } from "../../autograd/activation.ts";
import type { CellWeights } from "../../autograd/cell-weights.ts";
import { CELLS, type Cell } from "../../autograd/cells.ts";
import { freeLayer, type PackedLayer, packLayer } from "../../nn/stream/layer.ts";
import { FLOATS } from "../../nn/stream/packing.ts";
import type { Weight } from "../../runtime/weight.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import type { Call, Type } from "../call.ts";
import type { Lowering } from "../lowering.ts";
import type { Operator } from "../operator.ts";
import type { Slot } from "../slot.ts";

type Kind = "LSTM" | "GRU" | "RNN";

/** Places of the inputs. */
const X = 0;
const W = 1;
const R = 2;
const B = 3;
const LENGTHS = 4;
const H0 = 5;
const C0 = 6;
const P = 7;

/** Place of the mask, behind ONNX's inputs. */
export const MASK = { LSTM: 8, GRU: 6, RNN: 6 };

/** For each block of rows in our weights, which are in PyTorch's order: the block in ONNX's. */
export const ORDER = { LSTM: [0, 2, 3, 1], COUPLED: [0, 3, 1], GRU: [1, 0, 2], RNN: [0] };

/** ONNX's activations: our name, and whether it takes alpha and beta. */
export const FUNCTIONS: Readonly<Record<string, readonly [Exclude<Activation, object>, number]>> = {
  Relu: ["relu", 0],
  Tanh: ["tanh", 0],
  Sigmoid: ["sigmoid", 0],
  Affine: ["affine", 2],
  LeakyRelu: ["leakyRelu", 1],
  ThresholdedRelu: ["thresholdedRelu", 1],
  ScaledTanh: ["scaledTanh", 2],
  HardSigmoid: ["hardSigmoid", 2],
  Elu: ["elu", 1],
  Softsign: ["softsign", 0],
  Softplus: ["softplus", 0],
};

export const COUNT = { LSTM: 3, GRU: 2, RNN: 1 };

/** What a node computes. */
export interface Layer {
  readonly kind: Kind;
  readonly cells: readonly Cell[];
  /** Whether the first direction reads from the last step to the first. */
  readonly reverse: boolean;
  readonly order: readonly number[];
  readonly T: number;
  readonly N: number;
  readonly I: number;
  readonly H: number;
}

function activations(call: Call, kind: Kind, directions: number): Activation[] {
  const usual = { LSTM: ["Sigmoid", "Tanh", "Tanh"], GRU: ["Sigmoid", "Tanh"], RNN: ["Tanh"] }[kind];
  const names = call.textsOf("activations", Array.from({ length: directions }, () => usual).flat());
  if (names.length !== directions * COUNT[kind]) {
    call.fail(`${names.length} activations, expected ${directions * COUNT[kind]}`);
  }
  const [alphas, betas] = [
    [...call.numbersOf("activation_alpha", [])],
    [...call.numbersOf("activation_beta", [])],
  ];
  return names.map((name) => {
    const found = Object.entries(FUNCTIONS).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
    const [own, parameters] = found ?? call.fail(`activation ${name} is unknown`);
    const [alpha, beta] = [
      parameters > 0 ? alphas.shift() : undefined,
      parameters > 1 ? betas.shift() : undefined,
    ];
    return { name: own, ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) };
  });
}

/** Reads and checks a node. */
export function layerOf(call: Call): Layer {
  const kind = call.node.op as Kind;
  const direction = call.text("direction", "forward");
  const known = { forward: 1, reverse: 1, bidirectional: 2 } as Record<string, number>;
  const directions = known[direction] ?? call.fail(`direction ${direction} is unknown`);
  if (call.flag("layout")) call.fail("layout 1 is not known here; export it with layout 0");
  const [x, r] = [call.input(X).shape, call.input(R).shape];
  if (x.length !== 3) call.fail(`the input is [${x}], expected [T, B, I]`, "ERR_SHAPE");
  const [T = 0, N = 0, I = 0] = x;
  const H = r[2] ?? 0;
  if (call.number("hidden_size", H) !== H || H < 1) {
    call.fail(`hidden_size is ${call.number("hidden_size", H)}, R is [${r}]`, "ERR_SHAPE");
  }
  const blocks = { LSTM: 4, GRU: 3, RNN: 1 }[kind];
  call.checkShape(W, "W is", [directions, blocks * H, I]);
  call.checkShape(R, "R is", [directions, blocks * H, H]);
  call.checkShape(B, "B is", [directions, 2 * blocks * H]);
  call.checkShape(LENGTHS, "sequence_lens is", [N]);
  call.checkShape(H0, "initial_h is", [directions, N, H]);
  const lstm = kind === "LSTM";
  if (lstm) {
    call.checkShape(C0, "initial_c is", [directions, N, H]);
    call.checkShape(P, "P is", [directions, 3 * H]);
  }
  call.checkShape(MASK[kind], "mask is", [T, N]);
  const common = { clip: call.number("clip", 0), activations: activations(call, kind, directions) };
  const coupled = lstm && call.flag("input_forget");
  const cells =
    kind === "LSTM"
      ? CELLS.lstm(directions, { ...common, forgetGate: coupled ? "coupled" : "own", peepholes: call.has(P) })
      : kind === "GRU"
        ? CELLS.gru(directions, { ...common, resetAfter: call.flag("linear_before_reset") })
        : CELLS.rnn(directions, common);
  const order = coupled ? ORDER.COUPLED : ORDER[kind];
  return { kind, cells, reverse: direction === "reverse", order, T, N, I, H };
}

/** Returns the weights of one direction in PyTorch's order, as arrays that are copied to memory when they are packed. */
function weightsOf(
  rt: Workspace,
  call: Call,
  layer: Layer,
  d: number,
  read: (slot: Slot) => Float32Array,
): CellWeights<Weight> {
  const { kind, order, I, H } = layer;
  const blocks = { LSTM: 4, GRU: 3, RNN: 1 }[kind];
  const ordered = (numbers: Float32Array, width: number): Float32Array => {
    const to = new Float32Array(order.length * H * width);
    for (const [i, block] of order.entries()) {
      to.set(numbers.subarray(block * H * width, (block + 1) * H * width), i * H * width);
    }
    return to;
  };
  const part = (i: number, size: number, from = d * size) => read(call.input(i)).subarray(from, from + size);
  const weight = (numbers: Float32Array, ...shape: number[]): Weight => ({
    shape,
    size: numbers.length,
    get ptr() {
      const at = rt.scratch(numbers.length);
      rt.floats(at, numbers.length).set(numbers);
      return at;
    },
  });
  const peepholes = (given: Float32Array): Weight => {
    const own = order.length === 4 ? [0, 2, 1] : [0, 1]; // ours: i, f, o; ONNX's: i, o, f
    const to = new Float32Array(own.length * H);
    for (const [i, block] of own.entries()) to.set(given.subarray(block * H, (block + 1) * H), i * H);
    return weight(to, to.length);
  };
  const bias = (half: number) =>
    weight(ordered(part(B, blocks * H, (2 * d + half) * blocks * H), 1), order.length * H);
  return {
    weightIh: weight(ordered(part(W, blocks * H * I), I), order.length * H, I),
    weightHh: weight(ordered(part(R, blocks * H * H), H), order.length * H, H),
    ...(call.has(B) && { biasIh: bias(0), biasHh: bias(1) }),
    ...(call.inputs[P] && kind === "LSTM" && { peephole: peepholes(part(P, 3 * H)) }),
  };
}

/** Memory of one direction. */
interface Direction {
  readonly cell: Cell;
  readonly reverse: boolean;
  /** Hidden states, [T + 1, N, H]. A layer that reads backwards begins at the last. */
  readonly h: number;
  /** Cell states; 0 if there are none. */
  readonly c: number;
  readonly gates: number;
}

/** Computes the pre-activations of all steps from the input. */
function project(
  rt: Workspace,
  { T, N, I, H }: Layer,
  { cell, gates }: Direction,
  x: number,
  packed: PackedLayer,
) {
  const ld = cell.columns * H;
  rt.kernels.fill_rows(gates, ld, packed.bias, T * N, ld);
  rt.kernels.gemm(gates, ld, x, I, packed.input, T * N, cell.gates * H, I);
}

/** Runs `count` steps, of which step t is the first. Returns how far the states before and after it lie in their memory. */
function runSteps(
  rt: Workspace,
  { N, H }: Layer,
  at: Direction,
  packed: PackedLayer,
  t: number,
  count: number,
) {
  const { cell, reverse, h, c, gates } = at;
  const slab = N * H * 4;
  const [before, after] = reverse ? [(t + 1) * slab, t * slab] : [t * slab, (t + 1) * slab];
  const [cNext, cPrev] = c ? [c + after, c + before] : [0, 0];
  rt.kernels.recurrent_forward(
    cell.id,
    packed.options,
    gates + t * N * cell.columns * H * 4,
    h + after,
    h + before,
    cNext,
    cPrev,
    packed.hidden,
    count,
    N,
    H,
    reverse ? -1 : 1,
    0,
  );
  return { before, after };
}

/** Runs the steps one by one. A sequence keeps its states in steps that do not count. */
function runMasked(
  rt: Workspace,
  layer: Layer,
  at: Direction,
  packed: PackedLayer,
  counts: (t: number, n: number) => boolean,
): void {
  const { kernels: k } = rt;
  const { T, N, H } = layer;
  const { reverse, h, c } = at;
  for (let i = 0; i < T; i++) {
    const t = reverse ? T - 1 - i : i;
    const { before, after } = runSteps(rt, layer, at, packed, t, 1);
    for (let n = 0; n < N; n++) {
      if (counts(t, n)) continue;
      const row = n * H * 4;
      k.copy_rows(h + after + row, H, h + before + row, H, 1, H);
      if (c) k.copy_rows(c + after + row, H, c + before + row, H, 1, H);
    }
  }
}

function lower(call: Call, planner: Lowering, [y, yh, yc]: readonly Slot[]): void {
  const layer = layerOf(call);
  const { kind, cells, T, N, H } = layer;
  const { runtime: rt } = planner;
  const { kernels: k } = rt;
  const slab = N * H;
  const x = planner.at(call.input(X));
  const mask = call.inputs[MASK[kind]];
  const lengths = call.inputs[LENGTHS];
  const read = mask ?? lengths;
  const from = read && planner.at(read);
  const repeat = call.text("masked", "zero") === "repeat";
  const constant = [W, R, B, ...(kind === "LSTM" ? [P] : [])].every(
    (i) => !call.has(i) || call.input(i).constant,
  );
  if (!constant)
    for (const i of [W, R, B, P]) if (call.has(i) && (i !== P || kind === "LSTM")) planner.at(call.input(i));
  for (const [d, cell] of cells.entries()) {
    const reverse = d === 1 || layer.reverse;
    const at: Direction = {
      cell,
      reverse,
      h: planner.temporary((T + 1) * slab),
      c: cell.memory ? planner.temporary((T + 1) * slab) : 0,
      gates: planner.temporary(T * N * cell.columns * H),
    };
    const first = reverse ? T * slab * 4 : 0;
    const last = T * slab * 4 - first;
    const begin = (to: number, i: number) => {
      const start = call.inputs[i] ? planner.at(call.inputs[i]) + d * slab * 4 : 0;
      planner.step(() => k.fill_rows(to + first, slab, start, 1, slab));
    };
    begin(at.h, H0);
    if (at.c) begin(at.c, C0);
    /** Sequences without a step end with zeros, as in ONNX Runtime, not with their initial states. */
    const clearEmpty = (numbers: Int32Array, { h, c }: Direction) => {
      for (const [n, length] of numbers.entries()) {
        if (length) continue;
        for (const states of c ? [h, c] : [h]) k.fill_rows(states + last + n * H * 4, H, 0, 1, H);
      }
    };
    const packNow = (numbers: (slot: Slot) => Float32Array) =>
      packLayer(rt, cell, weightsOf(rt, call, layer, d, numbers), H, false, FLOATS);
    const packed = constant
      ? planner.packedLayer(call, `${kind}${d}`, () => packNow((slot) => slot.constant!.data as Float32Array))
      : undefined;
    const run = (packed: PackedLayer) => {
      const numbers = read && rt.ints(from!, read.size);
      const counts = mask
        ? (t: number, n: number) => numbers![t * N + n] !== 0
        : (t: number, n: number) => t < numbers![n]!;
      if (lengths && numbers!.some((n) => n < 0 || n > T))
        call.fail(`sequence_lens is [${numbers}] of ${T} steps`, "ERR_DATA");
      const partial = numbers && (mask ? numbers.includes(0) : numbers.some((n) => n < T));
      project(rt, layer, at, x, packed);
      if (partial) {
        runMasked(rt, layer, at, packed, counts);
        if (!mask) clearEmpty(numbers!, at);
      } else if (T) runSteps(rt, layer, at, packed, reverse ? T - 1 : 0, T);
      if (!y) return;
      const D = cells.length;
      const output = planner.at(y) + d * slab * 4;
      k.copy_rows(output, D * slab, at.h + (reverse ? 0 : slab * 4), slab, T, slab);
      if (!partial || repeat) return;
      for (let t = 0; t < T; t++) {
        for (let n = 0; n < N; n++)
          if (!counts(t, n)) k.fill_rows(output + (t * D * slab + n * H) * 4, H, 0, 1, H);
      }
    };
    planner.step(
      packed
        ? () => run(packed)
        : () =>
            rt.frame(() => {
              const own = packNow((slot) => rt.floats(planner.at(slot), slot.size));
              run(own);
              freeLayer(rt, own);
            }),
    );
    const state = (to: Slot | undefined, states: number) => {
      if (!to) return;
      const end = planner.at(to) + d * slab * 4;
      planner.step(() => k.copy_rows(end, slab, states + last, slab, 1, slab));
    };
    state(yh, at.h);
    state(yc, at.c);
  }
}

const recurrent: Operator = {
  infer(call): Type[] {
    const { kind, cells, T, N, H } = layerOf(call);
    const { dtype } = call.input(X);
    const state = { dtype, shape: [cells.length, N, H] };
    return [{ dtype, shape: [T, cells.length, N, H] }, state, ...(kind === "LSTM" ? [state] : [])];
  },
  lower,
};

/** Cells over whole sequences, on the kernels that the modules use. */
export const RECURRENT: Record<string, Operator> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
