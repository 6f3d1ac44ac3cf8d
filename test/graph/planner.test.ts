import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attribute, Graph, GraphNode, Value, ValueInfo } from "../../src/graph/graph.ts";
import { Runner } from "../../src/graph/runner.ts";
import { Session } from "../../src/graph/session.ts";
import { MAX_PLANS } from "../../src/graph/stage.ts";
import { expectClose, floats, int64, runGraph, runtimes, tensor } from "./run.ts";
import "./operators.ts";

const rt = runtimes[0]!;

/** Makes a node. Names are separated by spaces; "-" is an absent input. */
const node = (
  op: string,
  inputs: string,
  outputs: string,
  attributes: Record<string, Attribute> = {},
): GraphNode => ({
  ...{ op, name: outputs, attributes },
  inputs: inputs ? inputs.split(" ").map((name) => (name === "-" ? "" : name)) : [],
  outputs: outputs.split(" "),
});

const infos = (names: string, dtype: ValueInfo["dtype"] = "float32"): ValueInfo[] =>
  names ? names.split(" ").map((name) => ({ name, dtype, shape: undefined })) : [];

const graphOf = (
  inputs: string,
  outputs: string,
  nodes: GraphNode[],
  constants: Record<string, Value> = {},
): Graph => ({
  ...{ inputs: infos(inputs), outputs: infos(outputs), nodes },
  constants: new Map(Object.entries(constants)),
});

const feeds = (values: Record<string, Value>) => new Map(Object.entries(values));
const code = (expected: string) => expect.objectContaining({ code: expected });

/** Runs a graph for inputs one after the other, and checks that nothing is left in memory. */
function runAll(graph: Graph, calls: Record<string, Value>[]): Value[][] {
  const before = rt.memory.used;
  const runner = new Runner(new Session(rt), graph);
  const results = calls.map((values) => runner.run(feeds(values)));
  runner.dispose();
  expect(rt.memory.used).toBe(before);
  return results;
}

describe("a plan", () => {
  it("computes what depends on constants alone once", () => {
    const graph = graphOf(
      "x",
      "y z",
      [
        node("Shape", "x", "shape"),
        node("Gather", "shape one", "length"),
        node("Add", "w w", "double"),
        node("MatMul", "double w", "z"),
        node("Add", "x z", "y"),
      ],
      { w: floats([2, 2], [1, 2, 3, 4]), one: int64([], [1]) },
    );
    const runner = new Runner(new Session(rt), graph);
    const { stage } = runner.plan(feeds({ x: floats([2, 2], [0, 0, 0, 0]) }));
    expect(stage.steps.length).toBe(1);
    expect([...stage.outputs![1]!.constant!.data]).toEqual([14, 20, 30, 44]);
    const [y] = runner.run(feeds({ x: floats([2, 2], [1, 1, 1, 1]) }));
    expect([...y!.data]).toEqual([15, 21, 31, 45]);
    runner.dispose();
  });

  it("has views in the memory of what they see", () => {
    const nodes = [node("Reshape", "x shape", "a"), node("Unsqueeze", "a zero", "b"), node("Neg", "b", "y")];
    const graph = graphOf("x", "b y", nodes, { shape: int64([1], [-1]), zero: int64([1], [0]) });
    const runner = new Runner(new Session(rt), graph);
    const { stage, inputs } = runner.plan(feeds({ x: floats([2, 3], new Float32Array(6)) }));
    expect(stage.outputs![0]!.start).toBe(inputs[0]!.start);
    expect(stage.outputs![0]!.shape).toEqual([1, 6]);
    expect(stage.outputs![1]!.start).not.toBe(inputs[0]!.start);
    runner.dispose();
  });

  it("uses the memory of values that are no longer read", () => {
    const count = 50;
    const nodes = Array.from({ length: count }, (_, i) => node("Neg", i ? `v${i - 1}` : "x", `v${i}`));
    const runner = new Runner(new Session(rt), graphOf("x", `v${count - 1}`, nodes));
    const { stage } = runner.plan(feeds({ x: floats([1000], new Float32Array(1000)) }));
    expect(stage.blocks.length).toBeLessThanOrEqual(4);
    runner.dispose();
  });

  it("is kept for each shape; the oldest are forgotten, and dispose frees all", () => {
    const graph = graphOf("x", "y", [node("MatMul", "x w", "h"), node("Neg", "h", "y")], {
      w: floats([2, 2], [1, 0, 0, 1]),
    });
    const before = rt.memory.used;
    const runner = new Runner(new Session(rt), graph);
    const run = (rows: number) =>
      runner.run(feeds({ x: floats([rows, 2], new Float32Array(rows * 2).fill(3)) }))[0]!;
    const plan = (rows: number) =>
      runner.plan(feeds({ x: floats([rows, 2], new Float32Array(rows * 2)) })).stage;
    const first = plan(1);
    expect(plan(1)).toBe(first);
    for (let round = 0; round < 3; round++) {
      for (let rows = 1; rows <= 4; rows++) expect([...run(rows).data]).toEqual(new Array(rows * 2).fill(-3));
    }
    expect(plan(1)).toBe(first);
    for (let rows = 100; rows < 100 + MAX_PLANS; rows++) run(rows);
    const used = rt.memory.used;
    for (let rows = 100; rows < 100 + 4 * MAX_PLANS; rows++) run(100 + (rows % MAX_PLANS));
    expect(rt.memory.used).toBe(used);
    expect(plan(1)).not.toBe(first);
    runner.dispose();
    expect(rt.memory.used).toBe(before);
  });

  it("that fails leaves those before and behind it right", () => {
    const nodes = [node("MatMul", "x w", "a"), node("Add", "a k", "y")];
    const graph = graphOf("x", "y", nodes, { w: floats([2, 2], [1, 2, 3, 4]), k: floats([2, 1], [10, 20]) });
    const before = rt.memory.used;
    const runner = new Runner(new Session(rt), graph);
    const run = (rows: number) => [
      ...runner.run(feeds({ x: floats([rows, 2], new Array(rows * 2).fill(1)) }))[0]!.data,
    ];
    expect(() => run(3)).toThrow(code("ERR_SHAPE")); // after the weights are packed
    const others = Array.from({ length: 10 }, () => rt.allocate(1000));
    for (const at of others) rt.floats(at, 1000).fill(9);
    expect(run(2)).toEqual([14, 16, 24, 26]);
    expect(() => run(3)).toThrow(code("ERR_SHAPE"));
    expect(run(2)).toEqual([14, 16, 24, 26]);
    for (const at of others) rt.free(at);
    runner.dispose();
    expect(rt.memory.used).toBe(before);
  });

  it("refuses more memory than a model of this size can need", () => {
    const nodes = Array.from({ length: 40 }, (_, i) =>
      node("Concat", `v${i} v${i}`, `v${i + 1}`, { axis: 0 }),
    );
    const used = rt.memory.used;
    for (const constant of [true, false]) {
      const v0 = floats([2], [1, 2]);
      const graph = graphOf(constant ? "" : "v0", "v40", nodes, constant ? { v0 } : {});
      expect(() => runGraph(rt, graph, constant ? new Map() : feeds({ v0 }))).toThrow(code("ERR_MEMORY"));
    }
    expect(rt.memory.used).toBe(used);
    expect(rt.memory.total).toBeLessThan(100 * 2 ** 20);
  });

  it("refuses outputs that an operator does not have, and names that nothing makes", () => {
    const x = floats([1], [1]);
    const run = (...nodes: GraphNode[]) => runGraph(rt, graphOf("x", "y", nodes), feeds({ x }));
    expect(() => run(node("Neg", "x", "y z"))).toThrow("it has no output 1");
    expect(() => run(node("NonZero", "x", "y z"))).toThrow("it has no output 1");
    expect(() => run(node("Neg", "w", "y"))).toThrow("reads w, which nothing makes");
    expect(() => run(node("Neg", "x", "z"))).toThrow("the graph reads y, which nothing makes");
  });
});

/** An operation on matrices [2, 3]: nodes, and the same in plain JavaScript. Values are chosen by their number. */
const OPERATIONS: Record<
  string,
  { plain: (a: number[], b: number[]) => number[]; nodes: (a: string, b: string, y: string) => GraphNode[] }
> = {
  add: { plain: (a, b) => a.map((v, i) => v + b[i]!), nodes: (a, b, y) => [node("Add", `${a} ${b}`, y)] },
  max: {
    plain: (a, b) => a.map((v, i) => Math.max(v, b[i]!)),
    nodes: (a, b, y) => [node("Max", `${a} ${b}`, y)],
  },
  negate: { plain: (a) => a.map((v) => -v), nodes: (a, _, y) => [node("Neg", a, y)] },
  same: { plain: (a) => a, nodes: (a, _, y) => [node("Identity", a, y)] },
  turn: {
    plain: (a) => [0, 3, 1, 4, 2, 5].map((i) => a[i]!),
    nodes: (a, _, y) => [node("Transpose", a, `${y}t`, { perm: [1, 0] }), node("Reshape", `${y}t shape`, y)],
  },
  rows: {
    plain: (a, b) => [...b.slice(3), ...a.slice(0, 3)],
    nodes: (a, b, y) => [
      node("Split", a, `${y}a ${y}b`, { axis: 0 }),
      node("Split", b, `${y}c ${y}d`, { axis: 0 }),
      node("Concat", `${y}d ${y}a`, y, { axis: 0 }),
    ],
  },
  flat: {
    plain: (a) => a.map((v) => v + 1),
    nodes: (a, _, y) => [
      node("Flatten", a, `${y}f`, { axis: 0 }),
      node("Add", `${y}f one`, `${y}g`),
      node("Reshape", `${y}g shape`, y),
    ],
  },
  product: {
    plain: (a) => [0, 1].flatMap((r) => [0, 1, 2].map((c) => a[r * 3 + ((c + 1) % 3)]!)),
    nodes: (a, _, y) => [node("MatMul", `${a} shift`, y)],
  },
  byNumbers: {
    plain: (a) => a,
    nodes: (a, _, y) => [
      ...[node("Mul", `${a} zero`, `${y}z`), node("Cast", `${y}z`, `${y}i`, { to: 7 })],
      ...[node("ReduceSum", `${y}i`, `${y}s`, { keepdims: 0 }), node("Add", `${y}s shape`, `${y}n`)],
      node("Reshape", `${a} ${y}n`, y),
    ],
  },
};

describe("random graphs", () => {
  const operation = fc.record({
    name: fc.constantFrom(...Object.keys(OPERATIONS)),
    a: fc.nat(),
    b: fc.nat(),
  });
  const constants = {
    ...{ shape: int64([2], [2, 3]), one: floats([], [1]), zero: floats([], [0]) },
    shift: floats([3, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0]),
    k: floats([2, 3], [1, -2, 3, -4, 5, -6]),
  };

  it("give the same as plain JavaScript, for two calls", () => {
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 14 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        (list, chosen) => {
          const names = ["x", "k"];
          const nodes: GraphNode[] = [];
          for (const [i, { name, a, b }] of list.entries()) {
            const y = `y${i}`;
            nodes.push(...OPERATIONS[name]!.nodes(names[a % names.length]!, names[b % names.length]!, y));
            names.push(y);
          }
          const outputs = [
            ...new Set([names.at(-1)!, ...chosen.map((n) => names[2 + (n % (names.length - 2))]!)]),
          ];
          const graph = graphOf("x", outputs.join(" "), nodes, constants);
          const inputs = [
            [1, 2, 3, 4, 5, 6],
            [-3, 0, 7, 0.5, 2, -1],
          ];
          const results = runAll(
            graph,
            inputs.map((x) => ({ x: floats([2, 3], x) })),
          );
          for (const [call, x] of inputs.entries()) {
            const values = [x, [...constants.k.data]];
            for (const { name, a, b } of list)
              values.push(OPERATIONS[name]!.plain(values[a % values.length]!, values[b % values.length]!));
            for (const [i, output] of outputs.entries())
              expectClose(results[call]![i]!.data, values[names.indexOf(output)]!);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("stages", () => {
  it("go on by the numbers of a shape", () => {
    const graph: Graph = {
      ...graphOf("x", "y", [node("Reshape", "x shape", "a"), node("ReduceSum", "a axes", "y")], {
        axes: int64([1], [1]),
      }),
      inputs: [...infos("x"), ...infos("shape", "int64")],
    };
    const x = floats([6], [1, 2, 3, 4, 5, 6]);
    const shapes = [
      [2, 3],
      [3, 2],
      [6, 1],
      [2, 3],
    ];
    const results = runAll(
      graph,
      shapes.map((shape) => ({ x, shape: int64([2], shape) })),
    );
    expect(results.map(([y]) => [...y!.data])).toEqual([
      [6, 15],
      [3, 7, 11],
      [1, 2, 3, 4, 5, 6],
      [6, 15],
    ]);
    expect(() => runAll(graph, [{ x, shape: int64([2], [4, 4]) }])).toThrow(code("ERR_SHAPE"));
  });

  it("go on by the shape of what NonZero finds", () => {
    const nodes = [
      node("NonZero", "x", "places"),
      node("GatherND", "x turned", "found"),
      node("Neg", "found", "y"),
    ];
    nodes.splice(1, 0, node("Transpose", "places", "turned"));
    const results = runAll(graphOf("x", "y", nodes), [
      { x: floats([3], [0, 5, 6]) },
      { x: floats([3], [0, 0, 0]) },
      { x: floats([3], [7, 0, 8]) },
    ]);
    expect(results.map(([y]) => [...y!.data])).toEqual([[-5, -6], [], [-7, -8]]);
  });

  it("are forgotten if there are many", () => {
    const nodes = [node("NonZero", "x", "places"), node("Cast", "places", "y", { to: 1 })];
    const before = rt.memory.used;
    const runner = new Runner(new Session(rt), graphOf("x", "y", nodes));
    const x = (n: number) =>
      floats(
        [20],
        Array.from({ length: 20 }, (_, i) => Number(i < n)),
      );
    for (let n = 0; n < 2 * MAX_PLANS; n++) expect(runner.run(feeds({ x: x(n) }))[0]!.data.length).toBe(n);
    expect(runner.plan(feeds({ x: x(0) })).stage.stages.size).toBe(MAX_PLANS);
    runner.dispose();
    expect(rt.memory.used).toBe(before);
  });

  it("take one branch of If", () => {
    const branch = (op: string): Graph => graphOf("", "b", [node(op, "x w", "b")], { w: floats([1], [10]) });
    const attributes = { then_branch: branch("Add"), else_branch: branch("Mul") };
    const graph: Graph = {
      ...graphOf("x", "y", [node("If", "c", "h", attributes), node("Neg", "h", "y")]),
      inputs: [...infos("x"), ...infos("c", "bool")],
    };
    const x = floats([2], [1, 2]);
    const calls = [1, 0, 1].map((c) => ({ x, c: tensor("bool", [], [c]) }));
    expect(runAll(graph, calls).map(([y]) => [...y!.data])).toEqual([
      [-11, -12],
      [-10, -20],
      [-11, -12],
    ]);
  });

  const loop = (nodes: GraphNode[], outputs: string, constants: Record<string, Value> = {}): Graph => ({
    ...graphOf("", outputs, nodes, constants),
    inputs: [...infos("i", "int64"), ...infos("going", "bool"), ...infos("state")],
  });

  it("run a Loop until its condition is false, and stack what its rounds give", () => {
    const body = loop(
      [node("Add", "state x", "next"), node("Less", "next limit", "more"), node("Identity", "next", "part")],
      "more next part",
      { limit: floats([], [10]) },
    );
    const graph = graphOf("x s", "end parts", [node("Loop", "rounds - s", "end parts", { body })], {
      rounds: int64([], [100]),
    });
    const call = (x: number) => ({ x: floats([], [x]), s: floats([], [1]) });
    const results = runAll(graph, [call(4), call(20), call(3)]);
    expect(results.map(([end, parts]) => [[...end!.data], [...parts!.data]])).toEqual([
      [[13], [5, 9, 13]],
      [[21], [21]],
      [[10], [4, 7, 10]],
    ]);
  });

  it("run a Loop with states that grow, and one without rounds", () => {
    const body = loop([node("Concat", "state state", "next", { axis: 0 })], "going next");
    const graph: Graph = {
      ...graphOf("s", "y", [node("Loop", "n - s", "y", { body })]),
      inputs: [...infos("s"), ...infos("n", "int64")],
    };
    const call = (n: number) => ({ s: floats([1], [7]), n: int64([], [n]) });
    expect(runAll(graph, [call(3), call(0)]).map(([y]) => y!.shape)).toEqual([[8], [1]]);
    expect(() => runAll(graph, [call(60)])).toThrow(code("ERR_MEMORY"));
  });

  it("end a Loop that does not end, also one in another", () => {
    const body = loop([node("Neg", "state", "next")], "going next");
    const inner = graphOf("s", "y", [node("Loop", "- - s", "y", { body })]);
    expect(() => runAll(inner, [{ s: floats([], [1]) }])).toThrow(code("ERR_VALUE"));
    const outer = loop([node("Loop", "n - state", "next", { body })], "going next", { n: int64([], [5000]) });
    const nested = graphOf("s", "y", [node("Loop", "n - s", "y", { body: outer })], { n: int64([], [5000]) });
    expect(() => runAll(nested, [{ s: floats([], [1]) }])).toThrow(code("ERR_VALUE"));
  });

  it("refuse bodies with other inputs or outputs than the node", () => {
    const body = loop([node("Neg", "state", "next")], "going");
    const graph = graphOf("s", "y", [node("Loop", "n - s", "y", { body })], { n: int64([], [2]) });
    expect(() => runAll(graph, [{ s: floats([], [1]) }])).toThrow(
      "its body has 1 outputs, expected 2 or more",
    );
    const branch = graphOf("", "", []);
    const condition = { c: tensor("bool", [], [1]) };
    const attributes = { then_branch: branch, else_branch: branch };
    const choice = graphOf("", "y", [node("If", "c", "y", attributes)], condition);
    expect(() => runAll(choice, [{}])).toThrow("it has 1 outputs, its body 0");
  });

  it("run a Scan over sequences, forwards and backwards", () => {
    const body: Graph = {
      ...graphOf("state x", "sum part", [node("Add", "state x", "sum"), node("Mul", "sum w", "part")]),
    };
    const scan = (attributes: Record<string, Attribute>) =>
      graphOf("s x w", "end parts", [
        node("Scan", "s x", "end parts", { body, num_scan_inputs: 1, ...attributes }),
      ]);
    const call = { s: floats([], [0]), x: floats([3], [1, 2, 3]), w: floats([], [2]) };
    const [forwards] = runAll(scan({}), [call]);
    expect(forwards!.map(({ data }) => [...data])).toEqual([[6], [2, 6, 12]]);
    const [backwards] = runAll(scan({ scan_input_directions: [1], scan_output_directions: [1] }), [call]);
    expect(backwards!.map(({ data }) => [...data])).toEqual([[6], [12, 10, 6]]);
    expect(() => runAll(scan({ num_scan_inputs: 3 }), [call])).toThrow("num_scan_inputs is 3 of 2 inputs");
  });
});
