import { type GraphInput, inputOf } from "../graph/arrays.ts";
import { type Graph, isFloat, type Value } from "../graph/graph.ts";

/** Whether examples can be laid one after the other along the first axis: a free axis with the same name, batch or N, in all inputs and the output. */
export function batchesFirst(graph: Graph, output: string): boolean {
  const inputs = graph.inputs.filter(({ name }) => !graph.constants.has(name));
  const infos = [...inputs, ...graph.outputs.filter(({ name }) => name === output)];
  const names = infos.map(({ shape }) => shape?.[0]);
  const [name] = names;
  return (
    typeof name === "string" &&
    /^(n|b|batch.*)$/i.test(name) &&
    names.every((other, i) => other === name || (i >= inputs.length && other === null))
  );
}

/** Returns the inputs of an example as values. */
export function valuesOf(graph: Graph, inputs: Readonly<Record<string, GraphInput>>): Record<string, Value> {
  const infos = new Map(graph.inputs.map((info) => [info.name, info]));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => {
      const info = infos.get(name);
      // names that no input has are refused by the module
      return [name, info ? inputOf(info, given) : { dtype: "float32", shape: [], data: new Float32Array(1) }];
    }),
  );
}

/** Tells examples apart that cannot be laid one after the other. */
export const formOf = (inputs: Readonly<Record<string, Value>>): string =>
  Object.entries(inputs)
    .map(([name, { shape }]) => `${name}[${shape}]`)
    .join();

/** Lays the inputs of examples of the same form one after the other along the first axis. */
export function joined(all: readonly Readonly<Record<string, Value>>[]): Record<string, Value> {
  const [first] = all as [Record<string, Value>];
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape }]) => {
      const parts = all.map((inputs) => inputs[name]!.data);
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      const data = isFloat(dtype) ? new Float32Array(size) : new Int32Array(size);
      let at = 0;
      for (const part of parts) {
        data.set(part, at);
        at += part.length;
      }
      return [name, { dtype, shape: [shape[0]! * all.length, ...shape.slice(1)], data }];
    }),
  );
}
