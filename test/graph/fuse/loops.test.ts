import { describe, expect, it } from "vitest";
import type { Graph, GraphNode, Value } from "../../../src/graph/graph.ts";
import { check, floats, graphOf, ints, node, RECURRENT, random } from "./graphs.ts";

const [T, N, I, H] = [3, 2, 4, 5];
const yes: Value = { dtype: "bool", shape: [], data: Int32Array.of(1) };

const weights = { W: random(4, I, 4 * H), R: random(5, H, 4 * H), b: random(6, 4 * H) };
const numbers = { zero: ints([], 0), one: ints([], 1), two: ints([], 2), T: ints([], T), yes };
const constants = { ...weights, ...numbers };

/** A step of an LSTM in a body. */
const step = [
  ...["MatMul(xt W) -> xW", "MatMul(h R) -> hR", "Add(xW hR) -> xh", "Add(xh b) -> s"],
  node("Split(s) -> i f g o", { axis: 1, num_outputs: 4 }),
  ...["Sigmoid(i) -> si", "Sigmoid(f) -> sf", "Relu(g) -> tg", "Sigmoid(o) -> so"],
  ...["Mul(sf c) -> fc", "Mul(si tg) -> ig", "Add(fc ig) -> cN", "Relu(cN) -> tc", "Mul(so tc) -> hN"],
];

const read = (index: string, axis = 0) => node(`Gather(x ${index}) -> xt`, { axis });
const body = (inputs: string, outputs: string, nodes: readonly (string | GraphNode)[], own = {}): Graph =>
  graphOf(inputs, outputs, own, nodes);
const loop = (text: string, graph: Graph) => node(text, { body: graph });

const inputs = { x: random(1, T, N, I), h: random(2, N, H), c: random(3, N, H) };
const one = { ops: [RECURRENT], planned: ["LSTM"] };

/** A Loop over T steps with the states and the outputs. */
const plain = (nodes: readonly (string | GraphNode)[], outputs = "more hN cN hN") =>
  loop("Loop(T yes h c) -> hE cE Y", body("t more h c", outputs, nodes));

describe("Loop", () => {
  it("is one node if it is a step of a cell for each slice", () => {
    expect(check(graphOf("x h c", "hE cE Y", constants, [plain([read("t"), ...step])]), inputs)).toEqual(one);
    expect(check(graphOf("x h c", "cE", constants, [plain([read("t"), ...step])]), inputs)).toEqual(one);
    const batchFirst = [plain([read("t", 1), ...step])];
    const given = { ...inputs, x: random(1, N, T, I) };
    expect(check(graphOf("x h c", "hE Y", constants, batchFirst), given)).toEqual(one);
  });

  it("may stack a view of the state, and see constants of its own", () => {
    const nodes = [read("t"), ...step, "Identity(hN) -> same", "Unsqueeze(same axis) -> up"];
    const own = { axis: ints([1], 1) };
    const graph = body("t more h c", "more hN cN up", nodes, own);
    const all = graphOf("x h c", "Y", constants, [loop("Loop(T yes h c) -> _ _ Y", graph)]);
    expect(check(all, inputs)).toEqual(one);
  });

  it("may count its rounds by itself, and end by a condition", () => {
    const nodes = [
      ...[read("k"), ...step],
      ...["Add(k one) -> kN", "Less(kN T) -> less", "Add(t one) -> tN", "Less(tN limit) -> few"],
      "And(less few) -> both",
      "And(both more) -> going",
    ];
    const graph = body("t more k h c", "going kN hN cN", nodes);
    const all = [loop("Loop(_ yes zero h c) -> kE hE cE", graph)];
    const known = { ...constants, limit: ints([], 9) };
    expect(check(graphOf("x h c", "hE cE", known, all), inputs)).toEqual(one);
    const fewer = { ...known, limit: numbers.two };
    expect(check(graphOf("x h c", "hE cE", fewer, all), inputs).planned).toEqual(["slow"]);
    const later = [loop("Loop(_ yes one h c) -> kE hE cE", graph)];
    const { x, ...states } = inputs;
    const longer = { ...states, x: random(1, T + 1, N, I) };
    expect(check(graphOf("x h c", "hE cE", known, later), longer).ops).toEqual(["Loop"]);
  });

  it("gets its number of rounds from the shape of the sequence", () => {
    const nodes = [
      "Shape(x) -> s",
      "Gather(s zero) -> n",
      loop("Loop(n _ h c) -> hE cE Y", body("t more h c", "more hN cN hN", [read("t"), ...step])),
    ];
    expect(check(graphOf("x h c", "Y", constants, nodes), inputs).planned).toEqual(["LSTM"]);
  });

  it("may join a row of a dense layer in each round", () => {
    const known = {
      ...constants,
      V: random(8, H, 6),
      v: random(9, 6),
      axis: ints([1], 1),
      front: ints([1], 0),
    };
    const run = (axis: number, given: Value, dense = "hN") => {
      const rows = [`Gemm(${dense} V v) -> d`, `Unsqueeze(d ${axis ? "axis" : "front"}) -> u`];
      const nodes = [read("t"), ...step, ...rows, node("Concat(all u) -> allN", { axis })];
      const graph = body("t more h c all", "more hN cN allN", nodes);
      const loops = [loop("Loop(T yes h c a) -> hE cE A", graph)];
      return check(graphOf("x h c a", "hE A", known, loops), { ...inputs, a: given }).ops;
    };
    expect(run(1, random(7, N, 2, 6))).toEqual([RECURRENT]);
    expect(run(0, random(7, 2, N, 6))).toEqual([RECURRENT]);
    expect(run(1, random(7, N, 0, 6))).toEqual([RECURRENT]);
    expect(run(1, random(7, N, 2, 6), "c")).toEqual(["Loop"]);
  });

  it("is computed by its body if it has other rounds, or states of other shapes", () => {
    const few = [
      loop("Loop(two yes h c) -> hE cE Y", body("t more h c", "more hN cN hN", [read("t"), ...step])),
    ];
    expect(check(graphOf("x h c", "Y cE", constants, few), inputs).planned).toEqual(["slow"]);
    const graph = graphOf("x h c", "Y", constants, [plain([read("t"), ...step])]);
    expect(check(graph, { ...inputs, c: random(3, 1, H) }).planned).toEqual(["slow"]);
    const { T: _, ...known } = constants;
    const open = graphOf("x h c T", "Y", known, [plain([read("t"), ...step])]);
    expect(check(open, { ...inputs, T: ints([], T) }).planned).toEqual(["slow"]);
  });

  it("stays as it is if its body does more", () => {
    const others: [string, (string | GraphNode)[]][] = [
      ["more hN cN so", [read("t"), ...step]],
      ["more hN fc hN", [read("t"), ...step]],
      ["more cN hN hN", [read("t"), ...step]],
      ["more hN cN hN", [read("t"), ...step.slice(0, -1), "Mul(so tg) -> hN"]],
      ["more hN cN hN", [read("back"), ...step].toSpliced(0, 0, "Sub(two t) -> back")],
    ];
    for (const [outputs, nodes] of others) {
      const { ops } = check(graphOf("x h c", "hE Y", constants, [plain(nodes, outputs)]), inputs);
      expect(ops, outputs).toEqual(["Loop"]);
    }
    const until = [
      read("t"),
      ...step,
      "ReduceMax(hN) -> top",
      "Less(top limit) -> going",
      "Reshape(going none) -> on",
    ];
    const known = { ...constants, limit: floats([], 9), none: ints([0]) };
    const graph = graphOf("x h c", "hE Y", known, [plain(until, "on hN cN hN")]);
    expect(check(graph, inputs).ops).toEqual(["Loop"]);
  });
});

describe("Scan", () => {
  const graph = body("h c xt", "hN cN y", [...step, "Identity(hN) -> y"]);
  const scan = (attributes: Record<string, number | number[]>) =>
    node("Scan(h c x) -> hE cE Y", { body: graph, num_scan_inputs: 1, ...attributes });

  it("is one node, also backwards and along another axis", () => {
    const run = (attributes: Record<string, number | number[]>, x = inputs.x) =>
      check(graphOf("x h c", "hE cE Y", constants, [scan(attributes)]), { ...inputs, x });
    expect(run({})).toEqual(one);
    expect(run({ scan_input_directions: [1], scan_output_directions: [1] })).toEqual(one);
    expect(run({ scan_input_axes: [1] }, random(1, N, T, I))).toEqual(one);
    expect(run({ scan_output_directions: [1] }).ops).toEqual(["Scan"]);
    expect(run({ scan_output_axes: [1] }).ops).toEqual(["Scan"]);
  });

  it("stays as it is if it reads two sequences", () => {
    const two = body("h c xt v", "hN cN y", [...step, "Add(hN v) -> y"]);
    const nodes = [node("Scan(h c x z) -> hE cE Y", { body: two, num_scan_inputs: 2 })];
    const { ops } = check(graphOf("x z h c", "Y", constants, nodes), { ...inputs, z: random(7, T, N, H) });
    expect(ops).toEqual(["Scan"]);
  });
});
