import { networkSchema } from "../../network/spec.ts";
import { refuse } from "./export-cells.ts";
import { addLayer } from "./export-layers.ts";
import { addRowsOfStates } from "./export-states.ts";
import { type Exported, type Reader, type Scaling, STEPS } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Index behind the last. */
const END = 2 ** 31 - 1;

/** Returns steps `from` to `to`. */
const sliced = (graph: GraphBuilder, x: string, from: number, to: number) =>
  graph.add("Slice", [x, ...[from, to, 0].map((number) => graph.integers("bound", number))]);

/** Turns token ids into one-hot vectors. */
function oneHot(graph: GraphBuilder, tokens: string, symbols: number): string {
  const column = graph.add("Unsqueeze", [tokens, graph.integers("axes", -1)]);
  const all = graph.integers("symbols", ...Array(symbols).keys());
  return graph.add("Cast", [graph.add("Equal", [column, all])], { to: 1 });
}

/** Adds an input of vectors, and scales them. @param copies number of vectors that are read as one */
export function addFeatures(
  graph: GraphBuilder,
  input: string,
  axes: readonly string[],
  { mean, deviation }: Scaling,
  copies = 1,
): string {
  const repeated = (name: string, numbers: readonly number[]) =>
    graph.numbers(name, Array<readonly number[]>(copies).fill(numbers).flat());
  const x = graph.input(input, "float32", [...axes, copies * mean.length]);
  const centred = graph.add("Sub", [x, repeated("mean", mean)]);
  return graph.add("Div", [centred, repeated("deviation", deviation)]);
}

/**
 * Adds an input of tokens, and turns them into vectors.
 *
 * @param name stands before the name of the embedding
 * @param symbols number of symbols, if there is no embedding
 */
export function addTokens(
  graph: GraphBuilder,
  input: string,
  axes: readonly string[],
  name: string,
  { embedding }: Pick<Reader, "embedding">,
  symbols: number,
): string {
  const tokens = graph.input(input, "int64", axes);
  return embedding
    ? graph.add("Gather", [graph.weight(`${name}embedding.weight`, embedding.weight), tokens])
    : oneHot(graph, tokens, symbols);
}

/** Adds the inputs of words' characters. Returns the vector of the word at each step, [time, batch, 2 * hidden]. */
function addCharacters(graph: GraphBuilder, reader: NonNullable<Exported["characters"]>): string {
  const { rnn } = reader;
  const words = graph.input("words", "int64", STEPS);
  const vectors = addTokens(graph, "characters", ["letters", "words"], "characters.", reader, 0);
  const counts = graph.input("character_counts", "int64", ["words"]);
  const lengths = graph.add("Cast", [counts], { to: 6 });
  const spec = {
    ...networkSchema.defaults,
    cell: "lstm",
    hidden: rnn.hiddenSize,
    bidirectional: true,
  } as const;
  const { states } = addLayer(graph, "characters.rnn", vectors, rnn, 0, spec, { h: "" }, lengths);
  return graph.add("Gather", [addRowsOfStates(graph, [{ h: states.h }]), words]);
}

/** Adds the inputs of tokens or features, and what turns them into vectors. @param states whether states are inputs */
export function addReader(graph: GraphBuilder, model: Exported, states: boolean): string {
  const { spec, tables, rnn, characters } = model;
  if (spec.features) return addFeatures(graph, "features", STEPS, tables.scaling!, spec.stack);
  const symbols = rnn.inputSize - (characters ? 2 * characters.rnn.hiddenSize : 0);
  const x = addTokens(graph, "tokens", STEPS, "", model, symbols);
  if (characters) return graph.add("Concat", [x, addCharacters(graph, characters)], { axis: -1 });
  if (!spec.zeroStart) return x;
  if (states) refuse("zeroStart", true, "begins with a step of its own; export it without states");
  const zeros = graph.add("Mul", [sliced(graph, x, 0, 1), graph.numbers("zero", [0])]);
  return graph.add("Concat", [zeros, sliced(graph, x, 1, END)], { axis: 0 });
}

/** Adds the input of a forecaster's rows. Returns the vectors, and what turns the head's outputs into forecasts. */
export function addRows(graph: GraphBuilder, { spec, tables, coding }: Exported, states: boolean) {
  const { columns } = tables.scaling!;
  const { width, targets, outputs } = coding;
  const scales = (name: "mean" | "deviation" | "step" | "change", of = columns) =>
    graph.numbers(
      name,
      of.map((column) => column[name]),
    );
  const rows = graph.input("rows", "float32", [...STEPS, width]);
  const scaled = graph.add("Div", [graph.add("Sub", [rows, scales("mean")]), scales("deviation")]);
  const places = Array.from({ length: outputs }, (_, i) => targets[i % targets.length]!);
  const predicted = places.map((column) => columns[column]!);
  if (!spec.changes) {
    const decode = (y: string) =>
      graph.add("Add", [graph.add("Mul", [y, scales("deviation", predicted)]), scales("mean", predicted)]);
    return { x: scaled, decode };
  }
  const before = states ? graph.input("row", "float32", [1, "batch", width]) : sliced(graph, rows, 0, 1);
  const previous = graph.add("Concat", [before, sliced(graph, rows, 0, -1)], { axis: 0 });
  const changes = graph.add("Div", [graph.add("Sub", [rows, previous]), scales("step")]);
  if (states) graph.output("row_out", sliced(graph, rows, -1, END), [1, "batch", width]);
  const decode = (y: string) => {
    const origin = graph.add("Gather", [rows, graph.integers("columns", ...places)], { axis: -1 });
    return graph.add("Add", [origin, graph.add("Mul", [y, scales("change", predicted)])]);
  };
  return { x: graph.add("Concat", [scaled, changes], { axis: -1 }), decode };
}
