import type { Graph, GraphNode, Value } from "../graph.ts";
import { Scope } from "./scope.ts";

type Numbers = Value["data"];

/** Returns a product with the factors and shifts of a batch norm in its weights; undefined if they are not constants of its own. */
function scaled(
  scope: Scope,
  end: GraphNode,
): { product: GraphNode; weights: Value; bias: Value } | undefined {
  const product = scope.maker(end.inputs[0]!, "Conv", "ConvTranspose", "Gemm");
  const [, from = "", add] = product?.inputs ?? [];
  const given = scope.constant(from);
  const [scale, shift, mean, variance] = end.inputs.slice(1).map((name) => scope.constant(name)?.data);
  const own = add ? scope.constant(add)?.data : [];
  const isShared = !product || scope.isOuter(from) || scope.isRead(from, new Set([product]));
  if (isShared || !given || !scale || !shift || !mean || !variance || !own) return undefined;
  const { attributes } = product;
  const { group = 1, transB = 0, alpha = 1, beta = 1 } = attributes as Record<string, number>;
  const trains = end.attributes.training_mode || end.outputs.slice(1).some((name) => name);
  if (trains || alpha !== 1 || beta !== 1 || scope.isRead(end.inputs[0]!, new Set([end]))) return undefined;

  const [rows = 0, columns = 0] = given.shape;
  const inner = given.data.length / rows / columns;
  const byRow = product.op === "Conv" || transB === 1;
  const perGroup = rows / (product.op === "Gemm" ? 1 : group);
  const channels = byRow ? rows : (rows / perGroup) * columns;
  const fits = (numbers: ArrayLike<number>) => numbers.length === channels;
  if (given.dtype !== "float32" || ![scale, shift, mean, variance].every(fits) || (add && !fits(own)))
    return undefined;
  const epsilon = (end.attributes.epsilon as number | undefined) ?? 1e-5;
  const factors = (scale as Numbers).map((x, i) => x / Math.sqrt(variance[i]! + epsilon));
  const factorOf = (i: number) => {
    const row = Math.floor(i / inner / columns);
    return factors[byRow ? row : Math.floor(row / perGroup) * columns + (Math.floor(i / inner) % columns)]!;
  };
  const biases = (shift as Numbers).map((x, i) => x + ((own[i] ?? 0) - mean[i]!) * factors[i]!);
  return {
    product,
    weights: { ...given, data: (given.data as Numbers).map((w, i) => w * factorOf(i)) },
    bias: { dtype: "float32", shape: [channels], data: biases },
  };
}

/** Takes batch norms behind convolutions and dense layers into their weights. */
export function fuseNorms(graph: Graph, outer?: Scope): Graph {
  const scope = new Scope(graph, outer);
  const constants = new Map(graph.constants);
  const changed = new Map<GraphNode, GraphNode[]>();
  for (const end of graph.nodes) {
    const found = end.op === "BatchNormalization" ? scaled(scope, end) : undefined;
    if (!found) continue;
    const { product, weights, bias } = found;
    const outputs = end.outputs.slice(0, 1);
    const names = [`unrolled:weights ${outputs}`, `unrolled:bias ${outputs}`] as const;
    constants.set(names[0], weights).set(names[1], bias);
    changed.set(product, []);
    changed.set(end, [{ ...product, inputs: [product.inputs[0]!, ...names], outputs }]);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => changed.get(node) ?? node), constants };
}
