import type { Attention } from "../../nn/attention.ts";
import { addLinear } from "./export-head.ts";
import { addInside } from "./export-shapes.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** What a decoder attends to. */
export interface Memory {
  /** The outputs of the encoder, [source_time, batch, width]. */
  readonly memory: string;
  /** What queries are compared with, [source_time, batch, size]. */
  readonly keys: string;
}

/** Adds the keys of a memory: of additive scores a linear layer of it, else the memory itself. */
export const addKeys = (graph: GraphBuilder, memory: string, { additive }: Attention): Memory => ({
  memory,
  keys: additive ? addLinear(graph, "attention.key", memory, additive.key) : memory,
});

/**
 * Adds the attention of each query over the steps of its source.
 *
 * @param queries [time, batch, width]
 * @param lengths number of steps of each source, int64 [batch]; "" if all have all
 * @returns the contexts [time, batch, width of the memory], and the weights [batch, time, source_time]
 */
export function addAttention(
  graph: GraphBuilder,
  { additive }: Attention,
  queries: string,
  { memory, keys }: Memory,
  lengths: string,
): { context: string; weights: string } {
  const turned = (value: string, ...perm: number[]) => graph.add("Transpose", [value], { perm });
  const along = (value: string, axis: number) =>
    graph.add("Unsqueeze", [value, graph.integers("axes", axis)]);
  const scores = () => {
    if (!additive) return graph.add("MatMul", [turned(queries, 1, 0, 2), turned(keys, 1, 2, 0)]);
    const { query, score } = additive;
    const asked = turned(addLinear(graph, "attention.query", queries, query), 1, 0, 2);
    const pairs = graph.add("Add", [along(asked, 2), along(turned(keys, 1, 0, 2), 1)]);
    const column = graph.numbers("attention.score", score.data as Float32Array, [score.size, 1]);
    const product = graph.add("MatMul", [graph.add("Tanh", [pairs]), column]);
    return graph.add("Squeeze", [product, graph.integers("axes", -1)]);
  };
  const masked = () => {
    if (!lengths) return scores();
    const inside = turned(addInside(graph, keys, lengths).inside, 1, 0);
    return graph.add("Where", [along(inside, 1), scores(), graph.number("filler", Number.NEGATIVE_INFINITY)]);
  };
  const weights = graph.add("Softmax", [masked()], { axis: -1 });
  const context = graph.add("MatMul", [weights, turned(memory, 1, 0, 2)]);
  return { context: turned(context, 1, 0, 2), weights };
}
