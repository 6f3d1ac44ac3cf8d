import { expect, it } from "vitest";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { curve, type NamedCurve } from "./curves.ts";
import { elman, type Formula, gru, lstm } from "./formulas.ts";
import { Graph, type Scalar } from "./graph.ts";

// Compares the formulas and their automatic gradients with PyTorch's numbers, so that the formulas can test the kernels.

const TANH: NamedCurve = { name: "tanh" };
const CELLS: Record<string, { formula: Formula; blocks: string; curves: NamedCurve[] }> = {
  LSTMCell: { formula: lstm("own"), blocks: "ifgo", curves: [{ name: "sigmoid" }, TANH, TANH] },
  GRUCell: { formula: gru("after"), blocks: "rzn", curves: [{ name: "sigmoid" }, TANH, TANH] },
  RNNCell: { formula: elman, blocks: "a", curves: [TANH, TANH, TANH] },
};

/** Runs one step for row b; adds the gradients of all except the weights to `found`. */
function step(fixture: Fixture<"cell">, b: number, found: Record<string, number[]>): void {
  const { module, nonlinearity, input_size: I, hidden_size: H } = fixture.config;
  const { formula, blocks, curves } = CELLS[module]!;
  const graph = new Graph();
  const data = (name: string) => (fixture.has(name) ? [...fixture.float(name).data] : []);
  const inputs = (values: number[]) => values.map((value) => graph.input(value));
  const row = (values: number[], i: number, width: number) => values.slice(i * width, (i + 1) * width);
  const [x, h, c] = [
    inputs(row(data("in.x"), b, I)),
    inputs(row(data("in.h0"), b, H)),
    inputs(row(data("in.c0"), b, H)),
  ];
  const product = (weights: string, name: string, width: number, v: readonly Scalar[]) =>
    Array.from({ length: H }, (_, j) =>
      graph.dot(row(data(weights), blocks.indexOf(name) * H + j, width), v),
    );
  const bias = (key: string, name: string) =>
    Array.from({ length: H }, (_, j) => data(`param.${key}`)[blocks.indexOf(name) * H + j] ?? 0);
  const share = Object.fromEntries(
    [...blocks].map((name) => {
      const [own, other] = [bias("bias_ih", name), bias("bias_hh", name)];
      const apart = module === "GRUCell" && name === "n"; // the bias of the state belongs to q
      const sums = product("param.weight_ih", name, I, x).map((value, j) =>
        graph.add(value, graph.input(own[j]! + (apart ? 0 : other[j]!))),
      );
      return [name, sums];
    }),
  );
  const [f, g, hidden] = curves.map((named) => curve(nonlinearity ? { name: nonlinearity } : named));
  const { next, memory } = formula({
    graph,
    curves: [f!, g!, hidden!],
    share: { ...share, q: inputs(bias("bias_hh", "n")) },
    product: (name, v) => product("param.weight_hh", name, H, v),
    peephole: {},
    h,
    c,
  });
  for (const [name, scalars, weights] of [
    ["out.h1", next!, "loss.w_h"],
    ["out.c1", memory ?? [], "loss.w_c"],
  ] as const) {
    scalars.forEach((scalar, j) => {
      scalar.gradient += row(data(weights), b, H)[j]!;
    });
    found[name]!.push(...scalars.map(({ value }) => value));
  }
  graph.backward();
  for (const [name, scalars] of [["grad.x", x] as const, ["grad.h0", h] as const, ["grad.c0", c] as const]) {
    found[name]!.push(...scalars.map(({ gradient }) => gradient));
  }
}

it.each(fixtures("cell"))("$name: the formulas give PyTorch's numbers", (fixture) => {
  const names = ["out.h1", "out.c1", "grad.x", "grad.h0", "grad.c0"];
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (let b = 0; b < fixture.config.batch; b++) step(fixture, b, found);
  for (const name of names) {
    if (fixture.has(name)) fixture.check(name, found[name]!);
    else expect(found[name]).toEqual([]);
  }
});
