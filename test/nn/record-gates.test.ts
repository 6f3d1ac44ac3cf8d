import { expect, it } from "vitest";
import type { GateValues } from "../../src/autograd/gates.ts";
import * as nn from "../../src/nn/index.ts";
import { type LayerGates, recordGates } from "../../src/nn/record-gates.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";
import { CELLS } from "./cells.ts";

const [T, B, I, H] = [5, 3, 2, 5];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

type Values = Record<string, number[]>;
type Row = readonly number[];

/** The blocks of a weight, [rows, columns], each times a vector. */
function product(weight: ArrayLike<number>, block: number, v: Row, rows: number): number[] {
  return Array.from({ length: rows }, (_, j) =>
    v.reduce((sum, x, i) => sum + weight[(block * rows + j) * v.length + i]! * x, 0),
  );
}

interface Weights {
  readonly ih: ArrayLike<number>;
  readonly hh: ArrayLike<number>;
  readonly bih: ArrayLike<number>;
  readonly bhh: ArrayLike<number>;
  readonly p: ArrayLike<number>;
}

type Step = (w: Weights, x: Row, before: Values, H: number) => Values;

/** PyTorch's equations of an LSTM in float64, with the options of `nn.LSTM`. */
function lstm(forgetGate: "own" | "coupled" | "none", peepholes: boolean | "previous"): Step {
  const names = forgetGate === "own" ? "ifgo" : "igo";
  return (w, x, { h, c }, H) => {
    const before = (name: string) => {
      const k = names.indexOf(name);
      const [a, b] = [product(w.ih, k, x, H), product(w.hh, k, h!, H)];
      return a.map((value, j) => value + b[j]! + w.bih[k * H + j]! + w.bhh[k * H + j]!);
    };
    const seen = (name: string, state: Row) => {
      const k = names.replace("g", "").indexOf(name);
      return before(name).map((a, j) => sigmoid(a + (peepholes ? w.p[k * H + j]! * state[j]! : 0)));
    };
    const i = seen("i", c!);
    const g = before("g").map(Math.tanh);
    const f = forgetGate === "own" ? seen("f", c!) : i.map((i) => (forgetGate === "coupled" ? 1 - i : 1));
    const next = f.map((f, j) => f * c![j]! + i[j]! * g[j]!);
    const o = seen("o", peepholes === "previous" ? c! : next);
    return {
      i,
      ...(forgetGate === "own" && { f }),
      g,
      o,
      h: o.map((o, j) => o * Math.tanh(next[j]!)),
      c: next,
    };
  };
}

/** PyTorch's equations of a GRU in float64, and those of its variants. */
function gru(reset: "after" | "before" | "none"): Step {
  const names = reset === "none" ? "zn" : "rzn";
  return (w, x, { h }, H) => {
    const share = (name: string) => {
      const k = names.indexOf(name);
      return product(w.ih, k, x, H).map((a, j) => a + w.bih[k * H + j]!);
    };
    const state = (name: string, v: Row) => {
      const k = names.indexOf(name);
      return product(w.hh, k, v, H).map((a, j) => a + w.bhh[k * H + j]!);
    };
    const gate = (name: string) => {
      const b = state(name, h!);
      return share(name).map((a, j) => sigmoid(a + b[j]!));
    };
    const z = gate("z");
    const r = reset === "none" ? undefined : gate("r");
    const b = state("n", reset === "before" ? h!.map((h, j) => h * r![j]!) : h!);
    const n = share("n").map((a, j) => Math.tanh(a + (reset === "after" ? r![j]! : 1) * b[j]!));
    return { n, ...(r && { r }), z, h: z.map((z, j) => (1 - z) * n[j]! + z * h![j]!) };
  };
}

const REFERENCE: Record<string, [(rt: Runtime, options: nn.RecurrentModuleOptions) => nn.Recurrent, Step]> = {
  RNN: [
    (rt, options) => new nn.RNN(rt, options),
    (w, x, { h }, H) => {
      const [a, b] = [product(w.ih, 0, x, H), product(w.hh, 0, h!, H)];
      return { h: a.map((a, j) => Math.tanh(a + b[j]! + w.bih[j]! + w.bhh[j]!)) };
    },
  ],
  ...Object.fromEntries(
    (["after", "before", "none"] as const).map((reset) => [
      `GRU, reset ${reset}`,
      [
        (rt: Runtime, options: nn.RecurrentModuleOptions) =>
          new nn.GRU(rt, { ...options, resetAfter: reset !== "before", resetGate: reset !== "none" }),
        gru(reset),
      ],
    ]),
  ),
  ...Object.fromEntries(
    (["own", "coupled", "none"] as const).flatMap((forgetGate) =>
      ([false, true, "previous"] as const).map((peepholes) => [
        `LSTM, forget gate ${forgetGate}, peepholes ${peepholes}`,
        [
          (rt: Runtime, options: nn.RecurrentModuleOptions) =>
            new nn.LSTM(rt, { ...options, forgetGate, peepholes }),
          lstm(forgetGate, peepholes),
        ],
      ]),
    ),
  ),
};

const LENGTHS = [2, 5, 4];

/** The value of unit j at step t of sequence b. */
const at = (values: Float32Array, t: number, b: number, j: number) => values[(t * B + b) * H + j]!;

const layerOf = (all: readonly LayerGates[], layer: number, direction: number) =>
  all.find((one) => one.layer === layer && one.direction === direction)!;

describeRuntimes("recordGates", (rt) => {
  const input = () => rt().tensor(random(7).array(T * B * I), [T, B, I]);

  it.each(Object.keys(REFERENCE))("%s: the equations in float64, in both directions and layers", (name) => {
    const [make, step] = REFERENCE[name]!;
    const net = make(rt(), { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional: true });
    const x = input();
    const found = recordGates(net, () => net.forward(x, { lengths: LENGTHS }));
    expect(found.map(({ layer, direction }) => [layer, direction])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    LENGTHS.forEach((length, b) => {
      let below: number[][] = Array.from({ length }, (_, t) => {
        const from = (t * B + b) * I;
        return Array.from(x.data.subarray(from, from + I));
      });
      for (const layer of [0, 1]) {
        const outputs = [0, 1].map((direction) => {
          const { weightIh, weightHh, biasIh, biasHh, peephole } = net.layers[2 * layer + direction]!;
          const [ih, hh, bih, bhh] = [weightIh, weightHh, biasIh!, biasHh!].map(({ data }) => data);
          const w = { ih: ih!, hh: hh!, bih: bih!, bhh: bhh!, p: peephole?.data ?? [] };
          const zeros = Array<number>(H).fill(0);
          let state: Values = { h: zeros, c: zeros };
          const { values } = layerOf(found, layer, direction);
          const all: number[][] = [];
          const order = Array.from({ length }, (_, i) => (direction ? length - 1 - i : i));
          for (const t of order) {
            state = step(w, below[t]!, state, H);
            all[t] = state.h!;
            expect(Object.keys(values).sort()).toEqual(Object.keys(state).sort());
            for (const [gate, expected] of Object.entries(state)) {
              const got = expected.map((_, j) => at(values[gate]!, t, b, j));
              expectClose(got, expected, [1, 1e-6], `${gate} of step ${t}`);
            }
          }
          return all;
        });
        below = below.map((_, t) => outputs.flatMap((all) => all[t]!));
      }
    });
  });

  it.each(Object.keys(CELLS))(
    "%s: equal to the bit to those of streams, and the output stays as it is",
    (name) => {
      const net = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 });
      const x = input();
      const plain = net.forward(x).output.toArray();
      let output: Float32Array | undefined;
      const found = recordGates(net, () => {
        output = net.forward(x).output.toArray() as Float32Array;
      });
      expect(output).toEqual(plain);
      const stream = net.pack().stream({ batch: B });
      for (let t = 0; t < T; t++) {
        const h = stream.step(x.data.slice(t * B * I, (t + 1) * B * I)).slice();
        for (const [layer, { values }] of found.entries()) {
          const row = (all: Float32Array) => all.slice(t * B * H, (t + 1) * B * H);
          const { h: states, ...gates } = values;
          const expected = Object.fromEntries(Object.entries(gates).map(([gate, all]) => [gate, row(all)]));
          if (layer === 1) expect(h).toEqual(row(states!));
          expect(stream.gates[layer]).toEqual(expected);
        }
      }
    },
  );

  it("names the gates that each cell has, and 0 past the end of a sequence", () => {
    const names = (net: nn.Recurrent): [string, string] => {
      const [layer] = recordGates(net, () => net.forward(input(), { lengths: LENGTHS }));
      expect(layer!.lengths).toEqual(LENGTHS);
      for (const all of Object.values(layer!.values)) {
        expect(all).toHaveLength(T * B * H);
        for (let t = 2; t < T; t++) for (let j = 0; j < H; j++) expect(at(all, t, 0, j)).toBe(0);
      }
      const stream = net.pack().stream();
      stream.step([1, 2]);
      const of = (values: GateValues) => Object.keys(values).join("");
      return [of(layer!.values), of(stream.gates[0]!)];
    };
    const options = { inputSize: I, hiddenSize: H };
    expect(names(new nn.RNN(rt(), options))).toEqual(["h", ""]);
    expect(names(new nn.GRU(rt(), options))).toEqual(["nrzh", "nrz"]);
    expect(names(new nn.GRU(rt(), { ...options, resetGate: false }))).toEqual(["znh", "zn"]);
    expect(names(new nn.LSTM(rt(), options))).toEqual(["ifgohc", "ifgoc"]);
    expect(names(new nn.LSTM(rt(), { ...options, forgetGate: "coupled" }))).toEqual(["igohc", "igoc"]);
  });

  it("finds the recurrent parts of any module, and each pass of them", () => {
    class Two extends nn.Module {
      readonly reader = this.child("reader", new nn.GRU(this.runtime, { inputSize: I, hiddenSize: H }));
      readonly writer = this.child("writer", new nn.LSTM(this.runtime, { inputSize: H, hiddenSize: 2 }));
    }
    const two = new Two(rt());
    const found = recordGates(two, () => {
      const { output } = two.reader.forward(input());
      two.writer.forward(output);
      two.writer.forward(output);
    });
    expect(found.map(({ part, hidden }) => [part, hidden])).toEqual([
      ["reader", H],
      ["writer", 2],
      ["writer", 2],
    ]);
    expect(two.reader.onForward).toBeUndefined();
  });

  it("copies: a later pass or step leaves them as they are, and so does a write to them", () => {
    const net = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H });
    const stream = net.pack().stream();
    stream.step([1, 2]);
    const [first] = stream.gates;
    const before = first!.f!.slice();
    stream.step([-3, 4]);
    expect(first!.f).toEqual(before);
    expect(stream.gates[0]!.f).not.toEqual(before);
    const { h } = stream.state;
    stream.gates[0]!.c!.fill(9);
    expect(stream.state.h).toEqual(h);
    expect(stream.gates[0]!.c).toEqual(stream.state.c);
  });

  it("a stream that has not stepped from its state has no gates", () => {
    const stream = new nn.GRU(rt(), { inputSize: I, hiddenSize: H }).pack().stream();
    const refused = () => expectError(() => stream.gates, "ERR_STATE", "run a step first");
    refused();
    stream.step([1, 2]);
    expect(stream.gates).toHaveLength(1);
    stream.reset();
    refused();
    stream.step([1, 2]);
    stream.state = { ...stream.state };
    refused();
    stream.dispose();
    expectError(() => stream.gates, "ERR_DISPOSED", "disposed");
  });

  it("what is no module, has no recurrent part or does not run is refused", () => {
    const net = new nn.GRU(rt(), { inputSize: I, hiddenSize: H });
    const linear = new nn.Linear(rt(), { inFeatures: 2, outFeatures: 2 });
    expectError(() => recordGates({} as nn.Module, () => {}), "ERR_VALUE", "recordGates: module");
    expectError(() => recordGates(linear, () => {}), "ERR_VALUE", "no RNN, GRU or LSTM");
    expectError(() => recordGates(net, () => {}), "ERR_STATE", "forward");
    expectError(() => recordGates(net, 5 as never), "ERR_VALUE", "run");
    expectError(() => recordGates(net, async () => {}), "ERR_VALUE", "asynchronous");
    expect(net.onForward).toBeUndefined();
  });
});
