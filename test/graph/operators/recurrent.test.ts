import { describe, expect, it } from "vitest";
import { random } from "../../random.ts";
import { expectClose, expectRefused, floats, runNode, tensor } from "../run.ts";

const source = random(10);
const draw = (...shape: number[]) => floats(shape, source.array(shape.reduce((a, b) => a * b, 1)));
const [T, N, I, H] = [4, 3, 2, 5];
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** One step of a cell by ONNX's formulas. @param x W x + Wb of each gate @param r R h + Rb of each gate, for h that may be another */
type Step = (
  x: (gate: number) => number,
  r: (gate: number, h?: (j: number) => number) => number,
  state: { h: number; c: number },
  peephole: (k: number) => number,
) => { h: number; c: number };

const CELLS: Record<string, { gates: number; step: Step }> = {
  LSTM: {
    gates: 4,
    step(x, r, { c }, peephole) {
      const input = sigmoid(x(0) + r(0) + peephole(0) * c);
      const forget = sigmoid(x(2) + r(2) + peephole(2) * c);
      const cell = forget * c + input * Math.tanh(x(3) + r(3));
      return { h: sigmoid(x(1) + r(1) + peephole(1) * cell) * Math.tanh(cell), c: cell };
    },
  },
  RNN: { gates: 1, step: (x, r) => ({ h: Math.tanh(x(0) + r(0)), c: 0 }) },
  GRU: {
    gates: 3,
    step(x, r, { h }) {
      const [update, reset] = [sigmoid(x(0) + r(0)), sigmoid(x(1) + r(1))];
      return { h: (1 - update) * Math.tanh(x(2) + reset * r(2)) + update * h, c: 0 };
    },
  },
};

describe.each(Object.entries(CELLS))("%s", (op, { gates, step }) => {
  const attributes: Record<string, number> = op === "GRU" ? { linear_before_reset: 1 } : {};
  const lstm = op === "LSTM";

  it.each(["forward", "reverse", "bidirectional"])("computes by its formulas, %s", (direction) => {
    const reverse = { forward: [false], reverse: [true], bidirectional: [false, true] }[direction]!;
    const D = reverse.length;
    const [x, w, r, b] = [
      draw(T, N, I),
      draw(D, gates * H, I),
      draw(D, gates * H, H),
      draw(D, 2 * gates * H),
    ];
    const lengths = tensor("int32", [N], [4, 2, 1]);
    const [h0, c0, p] = [draw(D, N, H), draw(D, N, H), draw(D, 3 * H)];
    const y = new Array<number>(T * D * N * H).fill(0);
    const [last, cells]: [number[], number[]] = [[], []];
    for (let d = 0; d < D; d++) {
      for (let n = 0; n < N; n++) {
        let h = Array.from({ length: H }, (_, j) => h0.data[(d * N + n) * H + j]!);
        let c = Array.from({ length: H }, (_, j) => c0.data[(d * N + n) * H + j]!);
        for (let s = 0; s < lengths.data[n]!; s++) {
          const t = reverse[d] ? lengths.data[n]! - 1 - s : s;
          const next = h.map((_, j) => {
            const row = (gate: number) => d * gates * H + gate * H + j;
            const bias = (half: number, gate: number) => b.data[(2 * d + half) * gates * H + gate * H + j]!;
            const dot = (weights: ArrayLike<number>, at: number, size: number, of: (k: number) => number) =>
              Array.from({ length: size }, (_, k) => weights[at * size + k]! * of(k)).reduce(
                (a, v) => a + v,
                0,
              );
            return step(
              (gate) => dot(w.data, row(gate), I, (k) => x.data[(t * N + n) * I + k]!) + bias(0, gate),
              (gate) => dot(r.data, row(gate), H, (k) => h[k]!) + bias(1, gate),
              { h: h[j]!, c: c[j]! },
              (k) => p.data[d * 3 * H + k * H + j]!,
            );
          });
          h = next.map((state) => state.h);
          c = next.map((state) => state.c);
          for (let j = 0; j < H; j++) y[((t * D + d) * N + n) * H + j] = h[j]!;
        }
        last.push(...h);
        cells.push(...c);
      }
    }
    const inputs = [x, w, r, b, lengths, h0, ...(lstm ? [c0, p] : [])];
    const results = runNode(op, inputs, { ...attributes, direction, hidden_size: H }, lstm ? 3 : 2);
    expect(results.map(({ shape }) => shape)).toEqual(
      [
        [T, D, N, H],
        [D, N, H],
        [D, N, H],
      ].slice(0, lstm ? 3 : 2),
    );
    expectClose(results[0]!.data, y, 1e-5);
    expectClose(results[1]!.data, last, 1e-5);
    if (lstm) expectClose(results[2]!.data, cells, 1e-5);
  });

  it("takes no steps, no sequences, and one of one number", () => {
    const weights = [draw(1, gates * H, I), draw(1, gates * H, H)];
    const [y, h] = runNode(op, [draw(0, N, I), ...weights], attributes, 2);
    expect(y!.shape).toEqual([0, 1, N, H]);
    expect([...h!.data]).toEqual(new Array(N * H).fill(0));
    expect(runNode(op, [draw(T, 0, I), ...weights], attributes)[0]!.shape).toEqual([T, 1, 0, H]);
    expect(runNode(op, [draw(1, 1, 1), draw(1, gates, 1), draw(1, gates, 1)], attributes)[0]!.shape).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it("ends with zeros if a sequence has no step, as ONNX Runtime does", () => {
    const weights = [draw(2, gates * H, I), draw(2, gates * H, H), undefined];
    const states = [draw(2, N, H), ...(lstm ? [draw(2, N, H)] : [])];
    const inputs = [draw(T, N, I), ...weights, tensor("int32", [N], [0, T, 2]), ...states];
    const direction = { ...attributes, direction: "bidirectional" };
    const [y, ...ends] = runNode(op, inputs, direction, lstm ? 3 : 2);
    for (let at = 0; at < y!.data.length; at += N * H) {
      expect([...y!.data.slice(at, at + H)]).toEqual(new Array(H).fill(0));
    }
    for (const { data } of ends) {
      for (const at of [0, N * H]) {
        expect([...data.slice(at, at + H)]).toEqual(new Array(H).fill(0));
        expect([...data.slice(at + H, at + N * H)]).not.toContain(0);
      }
    }
  });

  it("skips steps by a mask, and repeats the output before", () => {
    const inputs = [draw(T, 1, I), draw(1, gates * H, I), draw(1, gates * H, H)];
    const absent = new Array(lstm ? 5 : 3).fill(undefined);
    const mask = tensor("bool", [T, 1], [0, 1, 0, 1]);
    const kept = floats(
      [2, 1, I],
      [1, 3].flatMap((t) => [...inputs[0]!.data.slice(t * I, (t + 1) * I)]),
    );
    const [two, end] = runNode(op, [kept, ...inputs.slice(1)], attributes, 2);
    const [first, second] = [[...two!.data.slice(0, H)], [...two!.data.slice(H)]];
    const zeros = new Array(H).fill(0);
    const [y, h] = runNode(op, [...inputs, ...absent, mask], attributes, 2);
    expectClose(y!.data, [...zeros, ...first, ...zeros, ...second]);
    expectClose(h!.data, end!.data);
    const [repeated] = runNode(op, [...inputs, ...absent, mask], { ...attributes, masked: "repeat" });
    expectClose(repeated!.data, [...zeros, ...first, ...first, ...second]);
  });

  it("refuses what does not fit", () => {
    const inputs = [draw(T, N, I), draw(1, gates * H, I), draw(1, gates * H, H)];
    const long = tensor("int32", [N], [1, 2, 5]);
    expectRefused(op, [...inputs, undefined, long], {}, "ERR_DATA", "sequence_lens is [1,2,5] of 4 steps");
    expectRefused(op, inputs, { direction: "bidirectional" }, "ERR_SHAPE", "W is");
    expectRefused(op, inputs, { hidden_size: 4 }, "ERR_SHAPE", "hidden_size is 4");
    expectRefused(
      op,
      inputs,
      { activations: ["Cosh"] },
      "ERR_FORMAT",
      lstm || op === "GRU" ? "1 activations" : "Cosh",
    );
    expectRefused(op, inputs.slice(0, 2), {}, "ERR_FORMAT", "input 2 is missing");
  });
});
