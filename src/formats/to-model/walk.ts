import { UnrolledError } from "../../errors.ts";
import type { Attribute, Graph, GraphNode, Value } from "../../graph/graph.ts";
import { type GraphInput, GraphModel, type GraphOutput } from "../../graph/index.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { show } from "../../schema.ts";

/** Refuses a node. @throws ERR_FORMAT, always */
export function refuseNode({ op, name }: GraphNode, problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `toModel: node ${show(name)} (${op}): ${problem}`);
}

/** Refuses a graph as a whole. @throws ERR_FORMAT, always */
export function refuseGraph(problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `toModel: ${problem}`);
}

/** Finds the nodes that make values, and computes values. */
export class Walk {
  readonly graph: Graph;
  readonly #runtime: Workspace;
  readonly #inputs: ReadonlySet<string>;
  readonly #makers = new Map<string, GraphNode>();
  /** Values that depend on the inputs. */
  readonly #open = new Set<string>();
  readonly #known = new Map<string, Value | undefined>();

  constructor(runtime: Workspace, graph: Graph) {
    this.#runtime = runtime;
    this.graph = graph;
    const { inputs, states = [] } = graph;
    this.#inputs = new Set([...inputs.map(({ name }) => name), ...states.map(({ input }) => input)]);
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#makers.set(output, node);
      if (this.#isOpen(node)) for (const output of node.outputs) this.#open.add(output);
    }
  }

  /** Returns the node that makes a value; undefined if it is an input or a constant. */
  maker(name: string): GraphNode | undefined {
    return this.#makers.get(name);
  }

  /** Tells whether a value is an input of the graph, or a state that it keeps from call to call. */
  isInput(name: string): boolean {
    return this.#inputs.has(name) && !this.graph.constants.has(name);
  }

  /** Tells whether a node depends on the inputs. Bodies may read values around them, which `inputs` do not list. */
  #isOpen({ inputs, attributes }: GraphNode): boolean {
    const isBody = (value: Attribute) => typeof value === "object" && "nodes" in value;
    return (
      inputs.some((input) => this.#open.has(input) || this.isInput(input)) ||
      Object.values(attributes).some(isBody)
    );
  }

  /** Returns the nodes that a value is made by, in order. */
  #ancestors(name: string): GraphNode[] {
    const found = new Set<GraphNode>();
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const node = this.#makers.get(next);
      if (!node || found.has(node)) continue;
      found.add(node);
      open.push(...node.inputs);
    }
    return this.graph.nodes.filter((node) => found.has(node));
  }

  /** Returns a value that is the same in every call; undefined if it depends on the inputs. */
  constant(name: string): Value | undefined {
    const own = this.graph.constants.get(name);
    if (own) return own;
    if (!this.#known.has(name)) this.#known.set(name, this.#computed(name));
    return this.#known.get(name);
  }

  #computed(name: string): Value | undefined {
    if (this.#open.has(name) || !this.#makers.has(name)) return undefined;
    const { data, shape } = this.run([name], {})[name]!;
    return { dtype: "float32", shape, data: Float32Array.from(data as ArrayLike<number>, Number) };
  }

  /** Computes values for inputs. States that the graph keeps have their initial values. */
  run(names: readonly string[], inputs: Readonly<Record<string, GraphInput>>): Record<string, GraphOutput> {
    const { graph } = this;
    const needed = new Set(names.flatMap((name) => this.#ancestors(name)));
    const nodes = graph.nodes.filter((node) => needed.has(node));
    const states = (graph.states ?? []).map(({ input, initial }): [string, Value] => [input, initial]);
    const constants = new Map([...graph.constants, ...states]);
    const read = new Set([...nodes.flatMap((node) => node.inputs), ...names]);
    const own = graph.inputs.filter(({ name }) => read.has(name) && !constants.has(name));
    const part: Graph = {
      inputs: own,
      outputs: names.map((name) => ({ name, dtype: "float32", shape: undefined })),
      ...{ constants, nodes },
    };
    const model = new GraphModel(this.#runtime, part);
    try {
      return model.run(Object.fromEntries(own.map(({ name }) => [name, inputs[name]!])));
    } finally {
      model.dispose();
    }
  }
}
