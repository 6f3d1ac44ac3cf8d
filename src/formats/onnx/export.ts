import { checkChoice, checkOptions, checkThat } from "../../checks.ts";
import type { TaskModel } from "../../network/model.ts";
import type { AdaptiveSoftmax } from "../../nn/adaptive-softmax.ts";
import { refuse } from "./export-cells.ts";
import { addAdaptiveSoftmax, addHead } from "./export-head.ts";
import { addLayers } from "./export-layers.ts";
import { addParts, type OnnxPart, PARTED, PARTS } from "./export-parts.ts";
import { addPooling } from "./export-pooling.ts";
import { addReader, addRows } from "./export-readers.ts";
import { addStateInputs, addStateOutputs, joinStates } from "./export-states.ts";
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
   * `h_out` and `c_out`: [layers, batch, hidden]. Default false: each call begins with zeros. A decoder always has them.
   */
  states?: boolean;
  /**
   * Whether the number of steps of each sequence is an input, `lengths`, int64 [batch], so that a call can have sequences of different
   * lengths: of sources and of conditions, if a model has them. Outputs past the end of a sequence have no meaning. Default false: all
   * have the same length.
   */
  lengths?: boolean;
  /**
   * Of a generator, encoder-decoder or autoencoder: the part to write, `encoder` or `decoder`, so that a program can write a sequence
   * token by token. By default, the file has both, and all tokens are inputs.
   */
  part?: OnnxPart;
}

/** Adds the output of each row divided by its Euclidean norm. */
function addNormalized(graph: GraphBuilder, y: string): string {
  const norm = graph.add("ReduceL2", [y, graph.integers("axes", -1)], { keepdims: 1 });
  return graph.add("Div", [y, graph.add("Max", [norm, graph.numbers("least", [1e-12])])]);
}

/** Adds a model that has one output for each step, or for all. */
function addWhole(graph: GraphBuilder, model: Exported, states: boolean, lengths: boolean): void {
  const { spec, rnn, head } = model;
  const task = spec.task!;
  if (states && spec.bidirectional) refuse("bidirectional", true, "leaves no state to continue from");
  const rows = task === "forecaster" ? addRows(graph, model, states) : undefined;
  const x = rows ? rows.x : addReader(graph, model, states);
  const steps = lengths ? graph.input("lengths", "int64", ["batch"]) : "";
  const start = states ? addStateInputs(graph, spec) : undefined;
  const short = lengths ? graph.add("Cast", [steps], { to: 6 }) : "";
  const { output, ends } = addLayers(graph, "rnn", x, rnn, spec, start, short);
  const pools = task === "classifier" || task === "embedder";
  const features = pools ? addPooling(graph, output, model, steps) : output;
  const adaptive = spec.softmax === "adaptive" ? (head as object as AdaptiveSoftmax) : undefined;
  const y = adaptive ? addAdaptiveSoftmax(graph, features, adaptive) : addHead(graph, features, head, spec);

  const result = [...(pools ? ["batch"] : STEPS), adaptive?.classes ?? head.weight.shape[0]!];
  const decoded = task === "embedder" ? addNormalized(graph, y) : (rows?.decode(y) ?? y);
  graph.output(OUTPUTS[task]!, decoded, result);
  if (task === "classifier" || task === "tagger") {
    const probabilities = spec.multiLabel
      ? graph.add("Sigmoid", [y])
      : graph.add("Softmax", [y], { axis: -1 });
    graph.output("probabilities", probabilities, result);
  }
  if (states) addStateOutputs(graph, spec, joinStates(graph, ends), "_out");
}

/**
 * Writes a model as an ONNX file of opset 18. The numbers of steps (time) and sequences (batch) are free.
 *
 * | task | inputs | outputs |
 * |---|---|---|
 * | language-model | ids of the vocabulary, `tokens`, int64 [time, batch] | `logits` [time, batch, symbols]; of an adaptive softmax log-probabilities |
 * | classifier | `tokens`, or `features`, float32 [time, batch, features], not scaled | `logits` and `probabilities` [batch, labels] |
 * | tagger | as a classifier | `logits` and `probabilities` [time, batch, labels] |
 * | transcriber | `features`: with `stack`, that many vectors one behind the other | `logits` [time, batch, symbols + 1] |
 * | embedder | as a classifier | `vectors` [batch, size], of length 1 |
 * | forecaster | `rows`, float32 [time, batch, columns], in their units | `forecasts` [time, batch, leads * targets], in their units |
 * | generator | `condition`: ids of names [batch] or of words [source_time, batch], or vectors with an axis more; `tokens` | `logits` [time, batch, symbols] |
 * | encoder-decoder | `source`: ids [source_time, batch], or vectors with an axis more, not scaled; `tokens` | `logits`; with attention its weights, `attention` [batch, time, source_time] |
 * | autoencoder | as an encoder-decoder; of vectors `source` alone | `vector` [batch, size]; `logits`, or of vectors `reconstruction` [source_time, batch, features], in their units |
 *
 * A model with `characters` also reads the distinct words of a call: `characters` [letters, words], `character_counts` [words], the
 * number of letters of each, and `words` [time, batch], the index of the word at each step; all int64. A forecaster that reads changes
 * also has, if `states` is true, the input `row` [1, batch, columns] and the output `row_out`: the row before. In the first call, it is
 * the first row itself. The metadata of the file have `spec` and `tables`, such as vocabularies, as JSON.
 *
 * The last three tasks write a sequence that begins with the id of `<EOS>`: `tokens` are the symbols before those that `logits` predict.
 * `part` divides such a model into two files. The encoder reads `condition` or `source` once. Its outputs are inputs of the decoder: the
 * first states `h` and `c`, and with attention `memory`, and `keys` if its scores are additive. The decoder reads `tokens`, any number of
 * them, or of vectors the number of `steps` to write, int64 [1], and returns `h_out` and `c_out`, which are the states of its next call.
 *
 * A cell that ONNX's operators LSTM, GRU and RNN cannot say, such as one with `gateNorm` true, is a Scan over its formulas.
 *
 * @throws ERR_VALUE if the model has `zeroStart` or reads in both directions and `states` is true, since no call can continue another; if
 *   an option is unknown or does not fit the task
 */
export function exportOnnx(model: TaskModel, options: OnnxExportOptions = {}): Uint8Array<ArrayBuffer> {
  const {
    states = false,
    lengths = false,
    part,
  } = checkOptions("exportOnnx", options, "states lengths part");
  for (const [name, value] of Object.entries({ states, lengths })) {
    checkThat(`exportOnnx: ${name}`, value, typeof value === "boolean", "true or false");
  }
  if (part !== undefined) checkChoice("exportOnnx: part", part, PARTS);
  const exported = model as unknown as Exported;
  checkThat(
    "exportOnnx: the model",
    model,
    exported?.spec?.task !== undefined,
    "a model, such as a Classifier",
  );
  const { spec, tables } = exported;
  const { task = "" } = spec;
  const graph = new GraphBuilder();
  if (PARTED.includes(task)) {
    if (states && !part) refuse("states", states, "the decoder alone has; use part decoder");
    addParts(graph, exported, part, lengths);
  } else {
    if (!Object.hasOwn(OUTPUTS, task)) {
      refuse("task", task, `is not exported; expected ${[...Object.keys(OUTPUTS), ...PARTED].join(", ")}`);
    }
    if (part) refuse("part", part, `only models of ${PARTED.join(", ")} have`);
    addWhole(graph, exported, states, lengths);
  }
  const metadata = { spec: JSON.stringify(spec), tables: JSON.stringify(tables) };
  return writeOnnx(graph.build(), { opset: OPSET, metadata });
}
