import type { Graph, GraphNode, Value } from "../graph.ts";
import { capturedNames } from "../names.ts";

/** The end of an axis, as readers write it. */
const TO_THE_END = 2 ** 31 - 1;

/** The values of a graph: who makes and who reads them. */
export class Scope {
  readonly graph: Graph;
  readonly #outer: Scope | undefined;
  /** The place of each node in the graph. */
  readonly places: ReadonlyMap<GraphNode, number>;
  readonly #makers = new Map<string, GraphNode>();
  readonly #readers = new Map<string, GraphNode[]>();
  readonly #inputs: ReadonlySet<string>;
  readonly #results: ReadonlySet<string>;

  constructor(graph: Graph, outer?: Scope) {
    this.graph = graph;
    this.#outer = outer;
    this.places = new Map(graph.nodes.map((node, i) => [node, i]));
    this.#inputs = new Set(graph.inputs.map(({ name }) => name));
    const { outputs, states = [] } = graph;
    this.#results = new Set([...outputs.map(({ name }) => name), ...states.map(({ output }) => output)]);
    for (const node of graph.nodes) {
      for (const name of node.outputs) if (name) this.#makers.set(name, node);
      for (const name of [...node.inputs, ...capturedNames(node)]) {
        const list = this.#readers.get(name);
        if (list) list.push(node);
        else this.#readers.set(name, [node]);
      }
    }
  }

  /** Returns a constant of the graph or of those around it. */
  constant(name: string): Value | undefined {
    if (this.#inputs.has(name) || this.#makers.has(name)) return undefined;
    return this.graph.constants.get(name) ?? this.#outer?.constant(name);
  }

  /** Returns the numbers of a constant. */
  numbers(name: string | undefined): number[] | undefined {
    const value = name ? this.constant(name) : undefined;
    return value && value.data.length < 64 ? [...value.data] : undefined;
  }

  /** Returns the node that makes a value, if it is one of some operators. */
  maker(name: string, ...operators: string[]): GraphNode | undefined {
    const node = this.#makers.get(name);
    return node && (!operators.length || operators.includes(node.op)) ? node : undefined;
  }

  /** Whether a value comes from a graph around this one. */
  isOuter(name: string): boolean {
    return !this.#makers.has(name) && !this.#inputs.has(name) && !this.graph.constants.has(name);
  }

  /** Whether nodes other than `nodes` read a value, or it is a result. */
  isRead(name: string, nodes: ReadonlySet<GraphNode> = new Set()): boolean {
    return this.#results.has(name) || (this.#readers.get(name) ?? []).some((node) => !nodes.has(node));
  }

  /** Returns the name of a value before nodes that change nothing. */
  root(name: string): string {
    for (let at = name; ; ) {
      const node = this.maker(at, "Identity", "Slice");
      if (!node || (node.op === "Slice" && !this.#takesAll(node))) return at;
      at = node.inputs[0]!;
    }
  }

  #takesAll({ inputs: [, starts, ends, , steps] }: GraphNode): boolean {
    return (
      this.numbers(starts)?.every((n) => n === 0) === true &&
      this.numbers(ends)?.every((n) => n >= TO_THE_END) === true &&
      (!steps || this.numbers(steps)?.every((n) => n === 1) === true)
    );
  }

  /** Returns the two factors or terms of a node in both orders. */
  pairs(name: string, op: "Add" | "Mul"): [string, string][] {
    const [a, b] = this.maker(this.root(name), op)?.inputs ?? [];
    return a && b
      ? [
          [this.root(a), this.root(b)],
          [this.root(b), this.root(a)],
        ]
      : [];
  }

  /** Returns the nodes that make some values from others. */
  between(to: readonly string[], from: readonly string[]): Set<GraphNode> {
    const found = new Set<GraphNode>();
    const open = [...to];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const node = from.includes(name) ? undefined : this.#makers.get(name);
      if (!node || found.has(node)) continue;
      found.add(node);
      open.push(...node.inputs);
    }
    return found;
  }
}
