import { expect } from "vitest";
import { type Attribute, type ElementType, type Graph, isFloat, type Value } from "../../src/graph/graph.ts";
import { Runner } from "../../src/graph/runner.ts";
import { Session } from "../../src/graph/session.ts";
import { createRuntime } from "../../src/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { supportsRelaxed } from "../../src/runtime/variant.ts";
import "./operators.ts";

const variants = ["strict", ...(supportsRelaxed() ? ["relaxed" as const] : [])] as const;

/** A runtime of each build that this engine can run. */
export const runtimes: readonly Runtime[] = await Promise.all(
  variants.map((variant) => createRuntime({ variant: variant as "strict" })),
);

/** Makes a value. */
export function tensor(dtype: ElementType, shape: readonly number[], numbers: ArrayLike<number>): Value {
  return { dtype, shape, data: isFloat(dtype) ? Float32Array.from(numbers) : Int32Array.from(numbers) };
}

export const floats = (shape: readonly number[], numbers: ArrayLike<number>): Value =>
  tensor("float32", shape, numbers);

export const int64 = (shape: readonly number[], numbers: ArrayLike<number>): Value =>
  tensor("int64", shape, numbers);

/** Returns the types of values without their numbers, in a form that is easy to compare. */
export const typesOf = (values: readonly Value[]) => values.map(({ dtype, shape }) => `${dtype}[${shape}]`);

/** Makes a graph of one node with inputs "0", "1", ... @param constant which of them are constants */
function graphOf(
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Record<string, Attribute>,
  outputs: number,
  constant: (i: number) => boolean,
): Graph {
  const names = inputs.map((value, i) => (value ? String(i) : ""));
  const open = names.filter((name, i) => name && !constant(i));
  const results = Array.from({ length: outputs }, (_, i) => `result ${i}`);
  return {
    inputs: open.map((name) => ({ name, dtype: inputs[Number(name)]!.dtype, shape: undefined })),
    outputs: results.map((name) => ({ name, dtype: "float32", shape: undefined })),
    constants: new Map(
      names.filter((name, i) => name && constant(i)).map((name) => [name, inputs[Number(name)]!]),
    ),
    nodes: [{ op, name: "node", inputs: names, outputs: results, attributes }],
  };
}

/** Runs a graph once, and checks that it leaves no memory behind. */
export function runGraph(rt: Runtime, graph: Graph, inputs: ReadonlyMap<string, Value>): Value[] {
  const before = rt.memory.used;
  const runner = new Runner(new Session(rt), graph);
  try {
    return runner.run(inputs);
  } finally {
    runner.dispose();
    expect(rt.memory.used).toBe(before);
  }
}

/** Which inputs are known when a node is planned: all, none, all but the first. */
const KNOWN = [() => true, () => false, (i: number) => i > 0];

/**
 * Runs a node in each build: with inputs that are all known, with inputs of which none is, and with the first one not known. All
 * must give the same, up to rounding.
 *
 * @param outputs how many outputs it has
 */
export function runNode(
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Record<string, Attribute> = {},
  outputs = 1,
): Value[] {
  const [first, ...others] = runtimes.map((rt) => {
    const [result, ...same] = KNOWN.map((constant) => {
      const graph = graphOf(op, inputs, attributes, outputs, constant);
      const open = graph.inputs.map(({ name }) => [name, inputs[Number(name)]!] as const);
      return runGraph(rt, graph, new Map(open));
    });
    for (const other of same) expectSame(other, result!);
    return result!;
  });
  for (const other of others) expectSame(other, first!);
  return first!;
}

/** Kernels and JavaScript may round differently, as the builds may. */
function expectSame(given: readonly Value[], expected: readonly Value[]): void {
  expect(typesOf(given)).toEqual(typesOf(expected));
  for (const [i, { data }] of given.entries()) expectClose(data, expected[i]!.data);
}

/** Runs a node with one output and returns its numbers. */
export const numbersOf = (
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Record<string, Attribute> = {},
): number[] => [...runNode(op, inputs, attributes)[0]!.data];

/** Checks that numbers are close, relative to 1 and to their size; NaN and infinities must be the same. */
export function expectClose(given: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(given.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [given[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    expect(Math.abs(a - b), `${a} at ${i}, expected ${b}`).toBeLessThanOrEqual(tolerance * (1 + Math.abs(b)));
  }
}

/** Checks that a node is refused. */
export function expectRefused(
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Record<string, Attribute>,
  code: string,
  part: string,
): void {
  expect(() => runNode(op, inputs, attributes)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(part) }),
  );
}
