import { checkOptions, checkThat } from "../../checks.ts";
import type { TaskModel } from "../../network/model.ts";
import { hasCellState } from "../../network/spec.ts";
import { refuse } from "./export-cells.ts";
import { addHead, addLayers } from "./export-layers.ts";
import { addPooling } from "./export-pooling.ts";
import { addReader, addRows } from "./export-readers.ts";
import { type Exported, STEPS } from "./exported.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { writeOnnx } from "./write.ts";

/** The lowest opset whose operators a model needs: 17 has LayerNormalization, in 18 the axes of ReduceMean are an input. */
const OPSET = 18;

/** The names of the outputs of each task's head. */
const OUTPUTS: Readonly<Record<string, string>> = {
  "language-model": "logits",
  classifier: "logits",
  tagger: "logits",
  transcriber: "logits",
  embedder: "vectors",
  forecaster: "forecasts",
};

/** Options of {@link exportOnnx}. */
export interface OnnxExportOptions {
  /**
   * Whether the states before the first step are inputs, `h` and, with a cell state, `c`, and those after the last step are outputs,
   * `h_out` and `c_out`: [layers, batch, hidden]. Default false: each call begins with zeros.
   */
  states?: boolean;
  /**
   * Whether the number of steps of each sequence is an input, `lengths`, int64 [batch], so that a call can have sequences of different
   * lengths. Outputs past the end of a sequence have no meaning. Default false: all have the same length.
   */
  lengths?: boolean;
}

/** Adds the output of each row divided by its Euclidean norm. */
function addNormalized(graph: GraphBuilder, y: string): string {
  const norm = graph.add("ReduceL2", [y, graph.integers("axes", -1)], { keepdims: 1 });
  return graph.add("Div", [y, graph.add("Max", [norm, graph.numbers("least", [1e-12])])]);
}

/**
 * Writes a model as an ONNX file of opset 18. The numbers of steps (time) and sequences (batch) are free.
 *
 * | task | inputs | outputs |
 * |---|---|---|
 * | language-model | ids of the vocabulary, `tokens`, int64 [time, batch] | `logits` [time, batch, symbols] |
 * | classifier | `tokens`, or `features`, float32 [time, batch, features], not scaled | `logits` and `probabilities` [batch, labels] |
 * | tagger | as a classifier | `logits` and `probabilities` [time, batch, labels] |
 * | transcriber | `features`: with `stack`, that many vectors one behind the other | `logits` [time, batch, symbols + 1] |
 * | embedder | as a classifier | `vectors` [batch, size], of length 1 |
 * | forecaster | `rows`, float32 [time, batch, columns], in their units | `forecasts` [time, batch, leads * targets], in their units |
 *
 * A model with `characters` also reads the distinct words of a call: `characters` [letters, words], `character_counts` [words], the
 * number of letters of each, and `words` [time, batch], the index of the word at each step; all int64. A forecaster that reads changes
 * also has, if `states` is true, the input `row` [1, batch, columns] and the output `row_out`: the row before. In the first call, it is
 * the first row itself. The metadata of the file have `spec` and `tables`, such as vocabularies, as JSON.
 *
 * @throws ERR_VALUE if ONNX cannot say it: another task, `gateNorm` true, an LSTM with `gateClip` or with `peepholes` `previous`, the
 *   activations `exp` and `logSigmoid`, a gate that is always open and not a sigmoid, an adaptive softmax, `states` of a network that
 *   reads in both directions, or that has `zeroStart`; also if an option is unknown
 */
export function exportOnnx(model: TaskModel, options: OnnxExportOptions = {}): Uint8Array<ArrayBuffer> {
  const { states = false, lengths = false } = checkOptions("exportOnnx", options, "states lengths");
  for (const [name, value] of Object.entries({ states, lengths })) {
    checkThat(`exportOnnx: ${name}`, value, typeof value === "boolean", "true or false");
  }
  const exported = model as unknown as Exported;
  checkThat(
    "exportOnnx: the model",
    model,
    exported?.spec?.task !== undefined,
    "a model, such as a Classifier",
  );
  const { spec, tables, rnn, head } = exported;
  const { task = "" } = spec;
  if (!Object.hasOwn(OUTPUTS, task)) {
    refuse("task", task, `is not exported; expected ${Object.keys(OUTPUTS).join(", ")}`);
  }
  if (spec.softmax === "adaptive") refuse("softmax", spec.softmax, "has no logits of all symbols");
  if (states && spec.bidirectional) refuse("bidirectional", true, "leaves no state to continue from");

  const graph = new GraphBuilder();
  const rows = task === "forecaster" ? addRows(graph, exported, states) : undefined;
  const x = rows ? rows.x : addReader(graph, exported, states);
  const steps = lengths ? graph.input("lengths", "int64", ["batch"]) : "";
  const shape = [spec.layers, "batch", spec.hidden];
  const start = states
    ? {
        h: graph.input("h", "float32", shape),
        ...(hasCellState(spec) && { c: graph.input("c", "float32", shape) }),
      }
    : undefined;
  const short = lengths ? graph.add("Cast", [steps], { to: 6 }) : "";
  const { output, states: end } = addLayers(graph, x, rnn, spec, start, short);
  const pools = task === "classifier" || task === "embedder";
  const y = addHead(graph, pools ? addPooling(graph, output, exported, steps) : output, head, spec);

  const result = [...(pools ? ["batch"] : STEPS), head.weight.shape[0]!];
  const decoded = task === "embedder" ? addNormalized(graph, y) : (rows?.decode(y) ?? y);
  graph.output(OUTPUTS[task]!, decoded, result);
  if (task === "classifier" || task === "tagger") {
    const probabilities = spec.multiLabel
      ? graph.add("Sigmoid", [y])
      : graph.add("Softmax", [y], { axis: -1 });
    graph.output("probabilities", probabilities, result);
  }
  if (states) graph.output("h_out", end.h, shape);
  if (end.c) graph.output("c_out", end.c, shape);
  const metadata = { spec: JSON.stringify(spec), tables: JSON.stringify(tables) };
  return writeOnnx(graph.build(), { opset: OPSET, metadata });
}
