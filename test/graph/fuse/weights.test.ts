import { describe, expect, it } from "vitest";
import { fuse } from "../../../src/graph/fuse/index.ts";
import type { GraphNode, Value } from "../../../src/graph/graph.ts";
import { check, floats, graphOf, ints, node, random } from "./graphs.ts";

const positive = (value: Value): Value => ({
  ...value,
  data: (value.data as Float32Array).map((x) => 1.5 + x),
});

/** Constants of a batch norm of some channels. */
const norm = (channels: number) => ({
  ...{
    s: random(20, channels),
    t: random(21, channels),
    m: random(22, channels),
    v: positive(random(23, channels)),
  },
});
const normed = node("BatchNormalization(y s t m v) -> z", { epsilon: 0.01 });

describe("batch norm", () => {
  const x = random(1, 2, 4, 5, 7);

  it("goes into a convolution", () => {
    const constants = {
      W: random(2, 6, 2, 3, 3),
      b: random(3, 6),
      ...norm(6),
      f: random(4, 6, 1, 1),
      k: floats([], 3),
    };
    const conv = (inputs: string) => node(`Conv(${inputs}) -> y`, { group: 2, pads: [1, 1, 1, 1] });
    for (const inputs of ["x W b", "x W"]) {
      expect(check(graphOf("x", "z", constants, [conv(inputs), normed]), { x }).ops).toEqual(["Conv"]);
    }
  });

  it("goes into a transposed convolution", () => {
    const constants = { W: random(2, 4, 3, 3, 2), b: random(3, 6), ...norm(6) };
    for (const inputs of ["x W b", "x W"]) {
      const conv = node(`ConvTranspose(${inputs}) -> y`, { group: 2, strides: [2, 1] });
      expect(check(graphOf("x", "z", constants, [conv, normed]), { x }).ops).toEqual(["ConvTranspose"]);
    }
  });

  it("goes into a dense layer", () => {
    const given = { x: random(1, 2, 4) };
    const constants = { W: random(2, 4, 6), V: random(3, 6, 4), b: random(4, 6), ...norm(6) };
    for (const dense of [node("Gemm(x W b) -> y"), node("Gemm(x V) -> y", { transB: 1 })]) {
      expect(check(graphOf("x", "z", constants, [dense, normed]), given).ops).toEqual(["Gemm"]);
    }
  });

  it("stays if the product is read elsewhere, its weights are shared or not constant, or it learns", () => {
    const constants = { W: random(2, 6, 4, 3, 3), ...norm(6) };
    const conv = node("Conv(x W) -> y");
    const stays = (
      nodes: (string | GraphNode)[],
      outputs: string,
      known: Record<string, Value> = constants,
    ) => {
      const { W: _, ...rest } = known;
      const open = nodes.includes("open");
      const list = nodes.filter((one) => one !== "open");
      const graph = graphOf(open ? "x W" : "x", outputs, open ? rest : known, list);
      const { ops } = check(graph, open ? { x, W: constants.W } : { x });
      expect(ops.length).toBe(list.length);
    };
    stays([conv, normed, "Neg(y) -> n"], "z n");
    stays([conv, normed], "y z");
    stays(["open", conv, normed], "z");
    stays([conv, normed, "Conv(z U) -> u", "Conv(x W) -> w"], "u w", {
      ...constants,
      U: random(8, 1, 6, 1, 1),
    });
    const learns = node("BatchNormalization(y s t m v) -> z mean var", { training_mode: 1 });
    expect(fuse(graphOf("x", "z", constants, [conv, learns])).nodes.length).toBe(2);
  });
});

describe("constants", () => {
  it("are computed once, and those that nobody reads are left out", () => {
    const constants = { a: random(1, 2, 3), b: random(2, 3), n: ints([1], 0), unused: random(3, 9) };
    const nodes = [
      "Unsqueeze(b n) -> u",
      node("Concat(a u) -> k", { axis: 0 }),
      "Neg(k) -> l",
      "Mul(x l) -> y",
    ];
    const graph = graphOf("x", "y", constants, nodes);
    expect(check(graph, { x: random(4, 3, 3) }).ops).toEqual(["Mul"]);
    expect([...fuse(graph).constants.keys()]).toEqual(["l"]);
  });

  it("are left if they are invalid or large", () => {
    const constants = { a: random(1, 2, 3), b: random(2, 4) };
    const graph = graphOf("x", "y", constants, ["Add(a b) -> c", "Mul(x c) -> y"]);
    expect(fuse(graph).nodes.length).toBe(2);
    const big = Array.from({ length: 40 }, (_, i) => node(`Concat(a${i} a${i}) -> a${i + 1}`, { axis: 0 }));
    const nodes = [...big, "Mul(x a40) -> y"];
    const { nodes: left } = fuse(graphOf("x", "y", { a0: random(1, 8) }, nodes));
    expect(left.length).toBeGreaterThan(15);
  });
});
