import type { NetworkSpec } from "../../network/spec.ts";
import type { AdaptiveSoftmax } from "../../nn/adaptive-softmax.ts";
import type { FeedForward } from "../../nn/feed-forward.ts";
import type { Linear } from "../../nn/linear.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Adds a weight [out, in] as [in, out]. */
export const addTurned = (graph: GraphBuilder, weight: string): string =>
  graph.add("Transpose", [weight], { perm: [1, 0] });

/** Adds x W^T + b. @param name stands before the names of its weights */
export function addLinear(
  graph: GraphBuilder,
  name: string,
  x: string,
  { weight, bias }: Pick<Linear, "weight" | "bias">,
): string {
  const product = graph.add("MatMul", [x, addTurned(graph, graph.weight(`${name}.weight`, weight))]);
  return bias ? graph.add("Add", [product, graph.weight(`${name}.bias`, bias)]) : product;
}

/** Adds the head of a network. */
export function addHead(
  graph: GraphBuilder,
  x: string,
  head: FeedForward,
  { headActivation }: NetworkSpec,
): string {
  const op = headActivation === "relu" ? "Relu" : "Tanh";
  const hidden = head.hidden.reduce(
    (value, layer, i) => graph.add(op, [addLinear(graph, `head.hidden_l${i}`, value, layer)]),
    x,
  );
  return addLinear(graph, "head", hidden, head);
}

/** Adds an adaptive softmax. Returns the log-probabilities of all classes. */
export function addAdaptiveSoftmax(graph: GraphBuilder, x: string, head: AdaptiveSoftmax): string {
  const { weight, clusters, bias, shortlist, tails } = head;
  const all = graph.weight("head.weight", weight);
  const rows = (from: number, to: number) =>
    graph.add("Slice", [all, ...[from, to, 0].map((bound) => graph.integers("bound", bound))]);
  const times = (rows: string) => graph.add("MatMul", [x, addTurned(graph, rows)]);
  const chances = (logits: string) => graph.add("LogSoftmax", [logits], { axis: -1 });
  const own = clusters && [rows(0, shortlist), graph.weight("head.clusters.weight", clusters)];
  const product = times(own ? graph.add("Concat", own, { axis: 0 }) : all);
  const first = chances(bias ? graph.add("Add", [product, graph.weight("head.bias", bias)]) : product);
  const names = ["shortlist", ...tails.map((_, k) => `cluster_${k}`)];
  const sizes = graph.integers("sizes", shortlist, ...tails.map(() => 1));
  const [shorter, ...chosen] = graph.node("Split", [first, sizes], names, { axis: -1 });
  const parts = tails.map(({ first, size, layers }, k) => {
    const logits = layers.length
      ? layers.reduce((y, layer, i) => addLinear(graph, `head.tail.${k}.${i}`, y, layer), x)
      : times(rows(first, first + size));
    return graph.add("Add", [chances(logits), chosen[k]!]);
  });
  return graph.add("Concat", [shorter!, ...parts], { axis: -1 });
}
