import type { Attribute, ElementType, Graph, GraphNode, Value, ValueInfo } from "../../graph/graph.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { Unique } from "./names.ts";

/** Puts a graph together, node by node. Values are known by their names. */
export class GraphBuilder {
  readonly #names: Unique;
  readonly #weights = new Map<Tensor, string>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #nodes: GraphNode[] = [];

  /** @param names the names that are taken: for a body, those of the graph around it */
  constructor(names = new Unique()) {
    this.#names = names;
  }

  /** Returns a builder of a body, which may read the values of this graph. */
  body(): GraphBuilder {
    return new GraphBuilder(this.#names);
  }

  /** Adds an input of the graph. Returns its name. */
  input(name: string, dtype: ElementType, shape: ValueInfo["shape"]): string {
    const free = this.#names.take(name);
    this.#inputs.push({ name: free, dtype, shape });
    return free;
  }

  /** Adds an output of the graph, float32. */
  output(name: string, value: string, shape: ValueInfo["shape"]): void {
    const [free] = this.node("Identity", [value], [name]);
    this.#outputs.push({ name: free!, dtype: "float32", shape });
  }

  /** Adds a constant of float32. Returns its name. @param shape default [length] */
  numbers(name: string, numbers: ArrayLike<number>, shape: readonly number[] = [numbers.length]): string {
    const data = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    return this.#constant(name, { dtype: "float32", shape, data });
  }

  /** Adds a constant of int64 [length]. Returns its name. */
  integers(name: string, ...numbers: readonly number[]): string {
    return this.#constant(name, { dtype: "int64", shape: [numbers.length], data: Int32Array.from(numbers) });
  }

  /** Adds a constant of float32 []. Returns its name. */
  number(name: string, number: number): string {
    return this.numbers(name, [number], []);
  }

  /** Adds a constant of int64 []. Returns its name. */
  integer(name: string, number: number): string {
    return this.#constant(name, { dtype: "int64", shape: [], data: Int32Array.of(number) });
  }

  /** Adds a constant of bool [length]. Returns its name. */
  flags(name: string, flags: readonly boolean[]): string {
    return this.#constant(name, {
      dtype: "bool",
      shape: [flags.length],
      data: Int32Array.from(flags, Number),
    });
  }

  /** Adds a weight, once. Returns its name. */
  weight(name: string, tensor: Tensor): string {
    const known = this.#weights.get(tensor) ?? this.numbers(name, tensor.data as Float32Array, tensor.shape);
    this.#weights.set(tensor, known);
    return known;
  }

  /** Adds a node with one output. Returns the output's name. */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.node(op, inputs, [op.toLowerCase()], attributes)[0]!;
  }

  /** Adds a node. Returns the names of its outputs, which are those that are given if they are free. */
  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly string[] {
    const names = outputs.map((name) => this.#names.take(name));
    this.#nodes.push({ op, name: names[0]!, inputs, outputs: names, attributes });
    return names;
  }

  /** Returns the graph. */
  build(): Graph {
    return { inputs: this.#inputs, outputs: this.#outputs, constants: this.#constants, nodes: this.#nodes };
  }

  #constant(name: string, value: Value): string {
    const free = this.#names.take(name);
    this.#constants.set(free, value);
    return free;
  }
}
