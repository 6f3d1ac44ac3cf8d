import { describe, expect, it } from "vitest";
import type { GraphInput } from "../../src/graph/arrays.ts";
import type { ElementType, Graph, ValueInfo } from "../../src/graph/graph.ts";
import { GraphModel } from "../../src/graph/model.ts";
import { createRuntime } from "../../src/index.ts";
import { runtimes } from "./run.ts";
import "./operators.ts";

const rt = runtimes[0]!;

const info = (name: string, shape: ValueInfo["shape"], dtype: ElementType = "float32"): ValueInfo => ({
  ...{ name, dtype, shape },
});

/** Adds x to the state h. Also returns k's shape and h as integers. */
const graph: Graph = {
  inputs: [info("x", ["batch", 2]), info("h", ["batch", 2]), info("k", [null, null])],
  outputs: [info("y", ["batch", 2]), info("size", [2], "int64"), info("whole", ["batch", 2], "int64")],
  constants: new Map(),
  nodes: [
    { op: "Add", name: "add", inputs: ["x", "h"], outputs: ["y"], attributes: {} },
    { op: "Shape", name: "shape", inputs: ["k"], outputs: ["size"], attributes: {} },
    { op: "Cast", name: "cast", inputs: ["h"], outputs: ["whole"], attributes: { to: "int64" } },
  ],
};
const k = { data: [1, 2], shape: [1, 2] };
const options = { state: { y: "h" }, constants: { k } };

/** A model that returns its input. */
const same = (dtype: ElementType) =>
  new GraphModel(rt, {
    inputs: [info("x", [2], dtype)],
    outputs: [info("y", [2], dtype)],
    constants: new Map(),
    nodes: [{ op: "Identity", name: "same", inputs: ["x"], outputs: ["y"], attributes: {} }],
  });

function code(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
  return "none";
}

describe("inputs", () => {
  it.each([null, undefined, "ab", true, Symbol("a"), () => 1])("refuses %s", (given) => {
    const model = same("float32");
    expect(code(() => model.run({ x: given as unknown as GraphInput }))).toBe("ERR_VALUE");
    model.dispose();
  });

  it.each([
    ["int8", [-128, 127], [128, -129]],
    ["uint8", [0, 255], [256, -1]],
    ["int16", [-32768, 32767], [32768]],
    ["uint16", [0, 65535], [65536, -1]],
    ["int64", [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, 2n ** 40n, 1.5, Number.NaN, null, "1", Symbol("a")]],
  ] as const)("of %s have its range", (dtype, fits, others) => {
    const model = same(dtype);
    expect(Array.from(model.run({ x: [...fits] }).y!.data, Number)).toEqual(fits);
    for (const other of others)
      expect(code(() => model.run({ x: [0, other] as number[] }))).toBe("ERR_VALUE");
    model.dispose();
  });
});

describe("streams", () => {
  it("with constants of the same numbers and other shapes are not mixed up", () => {
    const model = new GraphModel(rt, graph);
    const shapes = [
      [1, 2],
      [2, 1],
    ].map((shape) => {
      const stream = model.stream({ ...options, constants: { k: { data: [1, 2], shape } } });
      return Array.from(stream.step({ x: [1, 2] }).size!, Number);
    });
    expect(shapes).toEqual([
      [1, 2],
      [2, 1],
    ]);
    model.dispose();
  });

  it("go on from the state of a stream with more sequences", () => {
    const model = new GraphModel(rt, graph);
    const [one, two, three] = [model.stream(options), model.stream(options), model.stream(options)];
    const x = { data: [1, 2, 3, 4], shape: [2, 2] };
    one.step({ x });
    two.state = one.state;
    three.state = { h: { data: one.state.h!, shape: [2, 2] } };
    expect([...two.step({ x }).y!]).toEqual([2, 4, 6, 8]);
    expect([...three.step({ x }).y!]).toEqual([2, 4, 6, 8]);
    expect(code(() => (two.state = { ...one.state, c: [1] }))).toBe("ERR_VALUE");
    model.dispose();
  });

  it("make another plan for a state of more sequences, though the inputs are the same", () => {
    const model = new GraphModel(rt, graph);
    const stream = model.stream(options);
    const step = () => [...stream.step({ x: { data: [1, 10], shape: [1, 2] } }).y!];
    expect(step()).toEqual([1, 10]);
    stream.state = { h: { data: [1, 2, 3, 4], shape: [2, 2] } };
    expect(step()).toEqual([2, 12, 4, 14]);
    model.dispose();
  });

  it("have the states that a model keeps by itself, each its own", () => {
    const initial = { dtype: "float32", shape: [2], data: Float32Array.of(5, 6) } as const;
    const model = new GraphModel(rt, {
      inputs: [info("x", [2])],
      outputs: [info("y", [2])],
      constants: new Map(),
      nodes: [{ op: "Add", name: "add", inputs: ["x", "h"], outputs: ["y"], attributes: {} }],
      states: [{ input: "h", output: "y", initial }],
    });
    const [one, other] = [model.stream(), model.stream()];
    const y = (stream = one) => [...stream.step({ x: [1, 1] }).y!];
    expect([y(), y(), y(other)]).toEqual([
      [6, 7],
      [7, 8],
      [6, 7],
    ]);
    other.state = one.state;
    expect(y(other)).toEqual([8, 9]);
    one.reset();
    expect([y(), [...model.run({ x: [1, 1] }).y!.data]]).toEqual([
      [6, 7],
      [6, 7],
    ]);
    model.dispose();
  });

  it("have states of the same type", () => {
    const model = new GraphModel(rt, graph);
    expect(code(() => model.stream({ ...options, state: { whole: "h" } }))).toBe("ERR_VALUE");
    model.dispose();
  });
});

describe("dispose", () => {
  it("ends the model and its streams, and frees all memory", () => {
    const before = rt.memory.used;
    const model = new GraphModel(rt, graph);
    const stream = model.stream(options);
    const inputs = { x: [1, 2], h: [0, 0], k };
    model.run(inputs);
    stream.step({ x: [1, 2] });
    model.dispose();
    model.dispose();
    const calls = [() => model.run(inputs), () => stream.step({ x: [1, 2] }), () => model.stream(options)];
    expect(calls.map(code)).toEqual(["ERR_DISPOSED", "ERR_DISPOSED", "ERR_DISPOSED"]);
    expect(rt.memory.used).toBe(before);
  });

  it("of the runtime ends its models", async () => {
    const own = await createRuntime();
    const model = new GraphModel(own, graph);
    const stream = model.stream(options);
    stream.step({ x: [1, 2] });
    own.dispose();
    const calls = [() => model.run({ x: [1, 2], h: [0, 0], k }), () => stream.step({ x: [1, 2] })];
    expect(calls.map(code)).toEqual(["ERR_DISPOSED", "ERR_DISPOSED"]);
    model.dispose();
  });
});

it.each([undefined, null, 5, {}])("needs a runtime, not %s", (given) => {
  expect(code(() => new GraphModel(given as never, graph))).toBe("ERR_VALUE");
});
