import { expect, vi } from "vitest";
import { fuse } from "../../../src/graph/fuse/index.ts";
import { type Attribute, type Graph, type GraphNode, isFloat, type Value } from "../../../src/graph/graph.ts";
import { Planner } from "../../../src/graph/planner.ts";
import { Runner } from "../../../src/graph/runner.ts";
import { Session } from "../../../src/graph/session.ts";
import { createRuntime } from "../../../src/index.ts";
import { supportsRelaxed } from "../../../src/runtime/variant.ts";
import "../operators.ts";

const variants = ["strict", ...(supportsRelaxed() ? (["relaxed"] as const) : [])] as const;
const runtimes = await Promise.all(
  variants.map((variant) => createRuntime({ variant: variant as "strict" })),
);

/** Makes numbers between -1 and 1. */
export function random(seed: number, ...shape: number[]): Value {
  let state = seed * 7919 + 1;
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
  return { dtype: "float32", shape, data };
}

export const ints = (shape: number[], ...data: number[]): Value => ({
  dtype: "int64",
  shape,
  data: Int32Array.from(data),
});

export const floats = (shape: number[], ...data: number[]): Value => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});

/** Reads "Split(a sizes) -> i f": a node with inputs and outputs. */
export function node(text: string, attributes: Record<string, Attribute> = {}): GraphNode {
  const [, op = "", inputs = "", outputs = ""] = /^([\w.]+)\((.*)\) -> (.*)$/.exec(text) ?? [];
  const names = (list: string) => list.split(" ").map((name) => (name === "_" ? "" : name));
  return { op, name: text, inputs: names(inputs), outputs: names(outputs), attributes };
}

const info = (name: string) => ({ name, dtype: "float32" as const, shape: undefined });

/** Makes a graph of nodes as text, or with attributes. */
export function graphOf(
  inputs: string,
  outputs: string,
  constants: Record<string, Value>,
  nodes: readonly (string | GraphNode)[],
): Graph {
  return {
    inputs: inputs.split(" ").filter(Boolean).map(info),
    outputs: outputs.split(" ").map(info),
    constants: new Map(Object.entries(constants)),
    nodes: nodes.map((given) => (typeof given === "string" ? node(given) : given)),
  };
}

/** What became of a graph. */
export interface Fusion {
  /** The operators of the fused graph, in order. */
  readonly ops: string[];
  /** The recurrent nodes that were planned: LSTM, GRU, RNN; "slow" for the nodes that they replace. */
  readonly planned: string[];
}

/** Fuses a graph, and checks that it computes the same in both builds. */
export function check(graph: Graph, inputs: Record<string, Value>, tolerance = 1e-5): Fusion {
  const fused = fuse(graph);
  const planned: string[] = [];
  const spy = vi.spyOn(Planner.prototype, "inline");
  for (const rt of runtimes) {
    const before = rt.memory.used;
    const run = (given: Graph) => {
      const session = new Session(rt);
      const runner = new Runner(session, given);
      try {
        return runner.run(new Map(Object.entries(inputs)));
      } finally {
        runner.dispose();
        session.dispose();
        expect(rt.memory.used).toBe(before);
      }
    };
    const expected = run(graph);
    spy.mockClear();
    const results = run(fused);
    planned.splice(0);
    for (const [, body] of spy.mock.calls) {
      planned.push(body.nodes.find(({ op }) => /^(LSTM|GRU|RNN)$/.test(op))?.op ?? "slow");
    }
    for (const [i, { shape, data, dtype }] of expected.entries()) {
      expect(results[i]!.shape).toEqual(shape);
      if (!isFloat(dtype)) expect(results[i]!.data).toEqual(data);
      for (const [k, x] of data.entries()) expect(Math.abs(results[i]!.data[k]! - x)).toBeLessThan(tolerance);
    }
  }
  spy.mockRestore();
  return { ops: fused.nodes.map(({ op }) => op), planned };
}

export const RECURRENT = "unrolled.Recurrent";
