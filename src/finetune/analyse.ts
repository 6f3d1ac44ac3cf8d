import { UnrolledError } from "../errors.ts";
import { type Graph, type GraphNode, isFloat } from "../graph/graph.ts";
import { capturedNames } from "../graph/names.ts";
import { show } from "../schema.ts";
import { derivationOf, isConstant, isWeight, PASSES } from "./operators/index.ts";

/** How a graph is computed if some of its constants are parameters. */
export interface Analysis {
  /** The parameters: names of constants, in the graph's order. */
  readonly parameters: readonly string[];
  /** What does not depend on parameters; runs as a whole. */
  readonly before: Graph;
  /** The other nodes, in order, and whether each has a gradient. */
  readonly nodes: readonly { readonly node: GraphNode; readonly derived: boolean }[];
}

const PRODUCTS = new Set(["MatMul", "Gemm", "Conv", "Einsum"]);

const readsOf = (node: GraphNode): string[] => [...node.inputs.filter(Boolean), ...capturedNames(node)];

/** Returns the nodes that outputs depend on, in order. */
function neededNodes(graph: Graph, outputs: readonly string[]): GraphNode[] {
  const needed = new Set(outputs);
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => name && needed.has(name))) continue;
    nodes.push(node);
    for (const name of readsOf(node)) needed.add(name);
  }
  return nodes.reverse();
}

/** Returns the names of all constants that operators read as weights, in the graph's order. */
function weightsOf(graph: Graph, nodes: readonly GraphNode[]): string[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const found = new Set<string>();
  const mark = (name: string, accepts: (size: number) => boolean): void => {
    const constant = graph.constants.get(name);
    if (constant) {
      const { dtype, data } = constant;
      if (isFloat(dtype) && accepts(data.length) && data.every(Number.isFinite)) found.add(name);
      return;
    }
    const maker = makers.get(name);
    if (!maker || !PASSES.has(maker.op)) return;
    const parts = maker.op === "Concat" ? maker.inputs : maker.inputs.slice(0, 1);
    for (const part of parts) mark(part, accepts);
  };
  for (const node of nodes) {
    const afterProduct = node.inputs.some((name) => PRODUCTS.has(makers.get(name)?.op ?? ""));
    for (const [i, name] of node.inputs.entries())
      mark(name, (size) => isWeight(node, i, size, afterProduct));
  }
  for (const { name } of graph.inputs) found.delete(name); // an input that is the same in every call
  return [...graph.constants.keys()].filter((name) => found.has(name));
}

/**
 * Finds the parameters of a graph, and the nodes that depend on them.
 *
 * @param outputs the values that are to be computed
 * @param frozen tells which constants stay as they are
 * @throws ERR_FORMAT if operators without a gradient lie between a parameter and an output, with all of them
 */
export function analyse(
  graph: Graph,
  outputs: readonly string[],
  frozen: (names: readonly string[]) => ReadonlySet<string>,
): Analysis {
  const nodes = neededNodes(graph, outputs);
  const weights = weightsOf(graph, nodes);
  const kept = frozen(weights);
  const trained = weights.filter((name) => !kept.has(name));
  /** Values that have a gradient, and those that are computed from them without one. */
  const [carrying, late] = [new Set(trained), new Set<string>()];
  const kinds = new Map<GraphNode, "before" | "derived" | "missing" | "side">();
  for (const node of nodes) {
    const reads = readsOf(node);
    const carries = reads.some((name) => carrying.has(name)) && !isConstant(node);
    const after = reads.some((name) => carrying.has(name) || late.has(name));
    kinds.set(node, carries ? (derivationOf(node) ? "derived" : "missing") : after ? "side" : "before");
    for (const name of node.outputs) {
      if (carries) carrying.add(name);
      else if (after) late.add(name);
    }
  }
  const live = new Set(outputs);
  const missing: GraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    const kind = kinds.get(node)!;
    if (kind !== "derived" && kind !== "missing") continue;
    if (!node.outputs.some((name) => live.has(name))) kinds.set(node, "side");
    else {
      if (kind === "missing") missing.unshift(node);
      for (const name of readsOf(node)) live.add(name);
    }
  }
  if (missing.length) {
    const list = missing.map(({ op, name }) => `${op} (${show(name)})`).join(", ");
    throw new UnrolledError(
      "ERR_FORMAT",
      `operators without a gradient between weights and the output: ${list}; freeze the weights before them, or train a head on the values they read`,
    );
  }
  const rest = nodes.filter((node) => kinds.get(node) !== "before");
  const made = nodes.filter((node) => kinds.get(node) === "before");
  const wanted = new Set([...rest.flatMap(readsOf), ...outputs]);
  const states = new Map(graph.states?.map(({ input, initial }) => [input, initial]));
  return {
    parameters: trained.filter((name) => live.has(name)),
    before: {
      inputs: graph.inputs,
      outputs: made
        .flatMap((node) => node.outputs)
        .filter((name) => name && wanted.has(name))
        .map((name) => ({ name, dtype: "float32", shape: undefined })),
      constants: new Map([...graph.constants, ...states]),
      nodes: made,
    },
    nodes: rest.map((node) => ({ node, derived: kinds.get(node) === "derived" })),
  };
}
