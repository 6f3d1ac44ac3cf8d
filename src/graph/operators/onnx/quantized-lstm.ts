import type { Call } from "../../call.ts";
import { isFloat, type Value } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { round } from "./functions.ts";
import { dynamicScale } from "./quantize.ts";

/** Places of the inputs. */
const X = 0;
const W = 1;
const R = 2;
const B = 3;
const LENGTHS = 4;
const H0 = 5;
const C0 = 6;
const P = 7;
const W_SCALE = 8;
const W_ZERO = 9;
const R_SCALE = 10;
const R_ZERO = 11;

/** What a node computes. */
interface Layer {
  readonly T: number;
  readonly N: number;
  readonly I: number;
  readonly H: number;
  /** For each direction, whether it reads from the last step to the first. */
  readonly reverse: readonly boolean[];
  readonly clip: number;
}

const DIRECTIONS: Readonly<Record<string, readonly boolean[]>> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};

/** Reads and checks a node. */
function layerOf(call: Call): Layer {
  const direction = call.text("direction", "forward");
  if (!Object.hasOwn(DIRECTIONS, direction)) call.fail(`direction ${direction} is unknown`);
  const reverse = DIRECTIONS[direction]!;
  const D = reverse.length;
  const usual = reverse.flatMap(() => ["Sigmoid", "Tanh", "Tanh"]);
  const activations = call.textsOf("activations", usual);
  if (activations.join() !== usual.join())
    call.fail(`activations are ${activations.join(", ")}, expected ${usual.join(", ")}`);
  if (call.flag("input_forget") || call.flag("layout")) call.fail("input_forget or layout is 1, expected 0");
  const { shape, dtype } = call.input(X);
  if (shape.length !== 3) call.fail(`the input is [${shape}], expected [T, B, I]`, "ERR_SHAPE");
  if (!isFloat(dtype)) call.fail(`the input is ${dtype}, expected floats`, "ERR_DTYPE");
  const [T = 0, N = 0, I = 0] = shape;
  const H = call.input(R).shape[1] ?? 0;
  if (call.number("hidden_size", H) !== H || H < 1)
    call.fail(`hidden_size is ${call.number("hidden_size", H)}, R is [${call.input(R).shape}]`, "ERR_SHAPE");
  call.checkShape(W, "W is", [D, I, 4 * H]);
  call.checkShape(R, "R is", [D, H, 4 * H]);
  call.checkShape(B, "B is", [D, 8 * H]);
  call.checkShape(LENGTHS, "sequence_lens is", [N]);
  call.checkShape(H0, "initial_h is", [D, N, H]);
  call.checkShape(C0, "initial_c is", [D, N, H]);
  call.checkShape(P, "P is", [D, 3 * H]);
  for (const [scale, zero, what] of [
    [W_SCALE, W_ZERO, "W"],
    [R_SCALE, R_ZERO, "R"],
  ] as const) {
    const { shape } = call.input(scale);
    call.checkShape(scale, `${what}_scale is`, [D], [D, 4 * H]);
    call.checkShape(zero, `${what}_zero_point is`, shape);
  }
  return { T, N, I, H, reverse, clip: call.number("clip", 0) || Number.POSITIVE_INFINITY };
}

/** A quantized matrix [K, N] of one direction. */
interface Weight {
  readonly numbers: ArrayLike<number>;
  readonly K: number;
  readonly N: number;
  readonly scale: (column: number) => number;
  readonly zero: (column: number) => number;
}

function weightOf(d: number, K: number, N: number, [w, scale, zero]: readonly (Value | undefined)[]): Weight {
  const perColumn = scale!.shape.length > 1;
  const place = (column: number) => (perColumn ? d * N + column : d);
  return {
    numbers: w!.data.subarray(d * K * N, (d + 1) * K * N),
    K,
    N,
    scale: (column) => scale!.data[place(column)]!,
    zero: (column) => zero?.data[place(column)] ?? 0,
  };
}

/** Adds a product to `y`, for numbers `x` that are quantized to 8 bits together. */
function addProduct(
  y: Float32Array,
  x: ArrayLike<number>,
  rows: number,
  { numbers, K, N, scale, zero }: Weight,
): void {
  const { step, offset } = dynamicScale(x, rows * K);
  const sums = new Int32Array(N);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    let total = 0;
    for (let k = 0; k < K; k++) {
      const quantized = round(Math.fround(x[row * K + k]! / step)) + offset;
      const factor = Math.min(Math.max(quantized, 0), 255) - offset;
      if (!factor) continue;
      total += factor;
      for (let j = 0; j < N; j++) sums[j]! += factor * numbers[k * N + j]!;
    }
    for (let j = 0; j < N; j++) y[row * N + j]! += step * scale(j) * (sums[j]! - zero(j) * total);
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** LSTM with weights of 8 bits, as ONNX Runtime computes it: x and, in each step, h are rounded to 8 bits. */
export const QUANTIZED_LSTM: Record<string, Operator> = {
  "com.microsoft.DynamicQuantizeLSTM": {
    infer(call) {
      const { T, N, H, reverse } = layerOf(call);
      const { dtype } = call.input(X);
      const state = { dtype, shape: [reverse.length, N, H] };
      return [{ dtype, shape: [T, reverse.length, N, H] }, state, state];
    },
    evaluate(call, inputs, [y, yh, yc]) {
      const { T, N, I, H, reverse, clip } = layerOf(call);
      const [x, w, r, b, lengths, h0, c0, p, wScale, wZero, rScale, rZero] = inputs;
      if (lengths?.data.some((n: number) => n < 0 || n > T))
        call.fail(`sequence_lens is [${lengths.data}] of ${T} steps`, "ERR_DATA");
      y!.data.fill(0);
      const limit = (z: number) => Math.min(Math.max(z, -clip), clip);
      const gates = new Float32Array(T * N * 4 * H);
      for (const [d, backwards] of reverse.entries()) {
        const h = yh!.data.subarray(d * N * H, (d + 1) * N * H) as Float32Array;
        const c = yc!.data.subarray(d * N * H, (d + 1) * N * H);
        for (const [state, initial] of [
          [h, h0],
          [c, c0],
        ] as const) {
          if (initial) state.set(initial.data.subarray(d * N * H, (d + 1) * N * H));
          else state.fill(0);
        }
        for (let i = 0; i < gates.length; i++) {
          const j = i % (4 * H);
          gates[i] = b ? b.data[d * 8 * H + j]! + b.data[d * 8 * H + 4 * H + j]! : 0;
        }
        const lengthOf = (n: number) => lengths?.data[n] ?? T;
        const steps = Array.from({ length: N }, (_, n) => lengthOf(n)).reduce((a, b) => Math.max(a, b), 0);
        addProduct(gates, x!.data, steps * N, weightOf(d, I, 4 * H, [w, wScale, wZero]));
        const hidden = weightOf(d, H, 4 * H, [r, rScale, rZero]);
        const peephole = (k: number, j: number) => p?.data[d * 3 * H + k * H + j] ?? 0;
        for (let s = 0; s < steps; s++) {
          // Sequences that have ended count as 0 when the scale is chosen.
          const running = h.map((value, i) => (s < lengthOf(Math.floor(i / H)) ? value : 0));
          const z = new Float32Array(N * 4 * H);
          addProduct(z, running, N, hidden);
          for (let n = 0; n < N; n++) {
            if (s >= lengthOf(n)) continue;
            const t = backwards ? lengthOf(n) - 1 - s : s;
            for (let j = 0; j < H; j++) {
              const at = n * H + j;
              const gate = (k: number, more: number) => {
                const place = n * 4 * H + k * H + j;
                return limit(gates[t * N * 4 * H + place]! + z[place]! + more);
              };
              const before = c[at]!;
              const i = sigmoid(gate(0, peephole(0, j) * before));
              const f = sigmoid(gate(2, peephole(2, j) * before));
              c[at] = f * before + i * Math.tanh(gate(3, 0));
              const o = sigmoid(gate(1, peephole(1, j) * c[at]!));
              h[at] = o * Math.tanh(c[at]!);
              y!.data[((t * reverse.length + d) * N + n) * H + j] = h[at]!;
            }
          }
        }
      }
    },
  },
};
