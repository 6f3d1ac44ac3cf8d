import { UnrolledError } from "../errors.ts";
import type { Graph, GraphInput, GraphOutput } from "../formats/index.ts";
import type { TaskModel } from "../network/model.ts";
import { loadModel, serializeModel } from "../network/model-file.ts";
import type { Converted, ConvertFlags, OwnOutputs, Target } from "./converted.ts";
import { refuseFixed } from "./fix-flags.ts";
import { type Formats, loadFormats } from "./foreign-file.ts";
import { withModelBytes } from "./open-model.ts";
import { ownOutputs, probabilitiesOf, swapped } from "./own-outputs.ts";
import { largestError, oneHot } from "./sample-inputs.ts";
import { KINDS } from "./tasks/index.ts";
import { torchCode } from "./torch-code.ts";

type Write = (model: TaskModel, flags: ConvertFlags, formats: Formats) => Converted;

/** Converts a model file. */
export async function convertOwn(
  file: string,
  before: Uint8Array,
  target: Target,
  flags: ConvertFlags,
): Promise<Converted> {
  refuseFixed(file, flags);
  const foreign = (["task", "vocabulary", "labels"] as const).find((name) => flags[name] !== undefined);
  if (foreign) {
    const problem = `--${foreign} is for models of other frameworks, and ${file} is none`;
    throw new UnrolledError("ERR_VALUE", `${problem}; leave it out`);
  }
  const formats = await loadFormats();
  return withModelBytes(file, before, (model: TaskModel) => writeOwn(model, target, flags, formats));
}

/** Writes a model of ours. */
export const writeOwn = (
  model: TaskModel,
  target: Target,
  flags: ConvertFlags,
  formats: Formats,
): Converted => WRITERS[target](model, flags, formats);

/** What is said of models that read the characters of words. */
const SPELLED = "It reads the characters of words, which are not compared.";

const WRITERS: Readonly<Record<Target, Write>> = {
  onnx(model, { states = false, part }, formats) {
    const { exportOnnx, readOnnx } = formats;
    const write = (own?: typeof part) =>
      exportOnnx(model as unknown as Parameters<typeof exportOnnx>[0], { states, ...(own && { part: own }) });
    const bytes = write(part);
    const own = ownOutputs(model);
    if (!own) return { bytes, notes: [SPELLED] };
    const given = { ...own.others, [own.input]: { data: own.data, shape: own.shape } };
    const run = (graph: Graph, outputs: Record<string, GraphInput> = {}) =>
      runGraph(model, graph, { ...zeroStates(graph, own), ...outputs, ...given }, formats);
    const graph = readOnnx(part ? write("encoder") : bytes);
    const outputs = part ? run(readOnnx(write("decoder")), run(graph)) : run(graph);
    const found = outputs[own.output]!.data as Float32Array;
    return { bytes, largestError: largestError(own.values, lastForecasts(found, own)), notes: [] };
  },

  keras(model, { out }, formats) {
    const { exportKeras, readKeras } = formats;
    const { tied } = model.spec;
    const { weights: bytes } = exportKeras(model, { untie: tied });
    const notes = [
      ...(tied
        ? ["The output layer has a copy of the embedding, since layers of Keras share no weights."]
        : []),
      `In Python: keras.models.load_model(${JSON.stringify(out)}, compile=False)`,
    ];
    const own = ownOutputs(model);
    if (!own) return { bytes, notes: [SPELLED, ...notes] };
    const graph = readKeras(bytes);
    const [T = 1, B = 1, ...rest] = own.shape;
    const data = swapped(own.data, own.shape);
    const [input, output] = [graph.inputs[0]!.name, graph.outputs[0]!.name];
    const found = runOnce(model, graph, { [input]: { data, shape: [B, T, ...rest] } }, output, formats);
    if (own.input === "rows") {
      return { bytes, largestError: largestError(own.values, lastForecasts(found, own)), notes };
    }
    const { multiLabel = false } = model.spec as { multiLabel?: boolean };
    const width = own.values.length / (own.pooled ? B : T * B);
    const values = probabilitiesOf(own.values, width, multiLabel);
    const expected = own.pooled ? values : swapped(values, own.shape);
    return { bytes, largestError: largestError(expected, found), notes };
  },

  pytorch(model, { out }, formats) {
    const { exportTorch, openTorch, torchGraph } = formats;
    const bytes = exportTorch(model);
    const notes = [`In Python:\n${torchCode(model, out)}`];
    const { spec } = model;
    const { cell, hidden, layers, bidirectional, nonlinearity, embedding, head, task } = spec;
    const isPlain = !head.length && ["language-model", "tagger"].includes(task);
    const own = isPlain ? ownOutputs(model) : undefined;
    if (own?.input !== "tokens") return { bytes, notes };
    const { weights } = openTorch(bytes);
    const graph = torchGraph(weights, {
      cell: cell.toUpperCase() as "LSTM" | "GRU" | "RNN",
      ...{ hidden, layers, bidirectional, nonlinearity, batchFirst: false },
      ...(embedding && { embedding: weights["embedding.weight"]!.shape as [number, number] }),
      out: weights["head.weight"]!.shape[0]!,
      names: { embedding: "embedding", rnn: "rnn", out: "head" },
    });
    const features = weights["rnn.weight_ih_l0"]!.shape[1]!;
    const x = embedding ? own : { data: oneHot(own.data, features), shape: [...own.shape, features] };
    const input = { data: x.data, shape: x.shape };
    const found = runOnce(model, graph, { [graph.inputs[0]!.name]: input }, "y", formats);
    return { bytes, largestError: largestError(own.values, found), notes };
  },

  safetensors(model) {
    const bytes = serializeModel(model);
    const [own, again] = [model, loadModel(model.runtime, bytes, KINDS)].map(ownOutputs);
    return { bytes, largestError: own && largestError(own.values, again!.values), notes: [] };
  },
};

/** Returns the states before the first step: zeros, and the first row of a forecaster that reads changes. */
function zeroStates(
  { inputs }: Graph,
  { input, shape: [, B = 1], data }: OwnOutputs,
): Record<string, GraphInput> {
  const states = inputs.filter(({ name }) => name !== input);
  return Object.fromEntries(
    states.map((info) => {
      const shape = info.shape!.map((size) => (typeof size === "number" ? size : B));
      const size = shape.reduce((product, n) => product * n, 1);
      return [info.name, { shape, data: info.name === "row" ? data.slice(0, size) : new Float32Array(size) }];
    }),
  );
}

/** Runs a graph once with those of the inputs that it has. */
function runGraph(
  { runtime }: TaskModel,
  graph: Graph,
  given: Record<string, GraphInput>,
  { GraphModel }: Formats,
): Record<string, GraphOutput> {
  const model = new GraphModel(runtime, graph);
  try {
    return model.run(Object.fromEntries(graph.inputs.map(({ name }) => [name, given[name]!])));
  } finally {
    model.dispose();
  }
}

/** Runs a graph once. @returns the numbers of one output */
const runOnce = (
  model: TaskModel,
  graph: Graph,
  inputs: Record<string, GraphInput>,
  output: string,
  formats: Formats,
) => runGraph(model, graph, inputs, formats)[output]!.data as Float32Array;

/** Returns the forecasts after the last row, as many as a model of ours gave; for other tasks, all numbers. */
function lastForecasts(found: Float32Array, { output, shape: [T = 1], values }: OwnOutputs): Float32Array {
  if (output !== "forecasts") return found;
  const start = found.length - found.length / T;
  return found.subarray(start, start + values.length);
}
