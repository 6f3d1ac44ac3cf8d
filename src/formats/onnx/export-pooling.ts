import { addInside } from "./export-shapes.ts";
import type { Exported } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Adds the pooling of steps: [time, batch, width] -> [batch, width]. @param lengths int64 [batch]; "" if all have all steps */
export function addPooling(graph: GraphBuilder, x: string, model: Exported, lengths: string): string {
  const { pooling } = model.spec;
  const reduce = lengths ? maskedPooling(graph, x, lengths) : plainPooling(graph, x);
  if (pooling === "mean+max") return graph.add("Concat", [reduce.mean(), reduce.max()], { axis: -1 });
  if (pooling !== "last") return reduce[pooling as "mean" | "max"]();
  const last = reduce.last();
  if (!model.rnn.bidirectional) return last;
  const { outputSize, hiddenSize } = model.rnn;
  const backward = Array.from({ length: outputSize }, (_, i) => Math.floor(i / hiddenSize) % 2 === 1);
  return graph.add("Where", [graph.flags("backward", backward), stepAt(graph, x, 0), last]);
}

const stepAt = (graph: GraphBuilder, x: string, t: number) =>
  graph.add("Gather", [x, graph.integer("step", t)]);

const reduced = (graph: GraphBuilder, op: string, x: string) =>
  graph.add(op, [x, graph.integers("axes", 0)], { keepdims: 0 });

const plainPooling = (graph: GraphBuilder, x: string) => ({
  mean: () => reduced(graph, "ReduceMean", x),
  max: () => reduced(graph, "ReduceMax", x),
  last: () => stepAt(graph, x, -1),
});

/** Pools the steps before the end of each sequence. */
function maskedPooling(graph: GraphBuilder, x: string, lengths: string) {
  const { times, inside } = addInside(graph, x, lengths);
  const unsqueezed = (value: string) => graph.add("Unsqueeze", [value, graph.integers("axes", -1)]);
  const where = (mask: string, filler: number) =>
    graph.add("Where", [unsqueezed(mask), x, graph.numbers("filler", [filler])]);
  return {
    mean() {
      const counts = unsqueezed(graph.add("Cast", [lengths], { to: 1 }));
      return graph.add("Div", [reduced(graph, "ReduceSum", where(inside, 0)), counts]);
    },
    max: () => reduced(graph, "ReduceMax", where(inside, Number.NEGATIVE_INFINITY)),
    last() {
      const end = graph.add("Sub", [lengths, graph.integers("one", 1)]);
      return reduced(graph, "ReduceSum", where(graph.add("Equal", [times, end]), 0));
    },
  };
}
