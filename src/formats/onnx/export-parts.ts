import type { NetworkSpec } from "../../network/spec.ts";
import { addAttention, addKeys, type Memory } from "./export-attention.ts";
import { refuse } from "./export-cells.ts";
import { addHead, addLinear, addTurned } from "./export-head.ts";
import { addLayers } from "./export-layers.ts";
import { addFeatures, addTokens } from "./export-readers.ts";
import { addZeros, sizeOf } from "./export-shapes.ts";
import {
  addRowsOfStates,
  addStateInputs,
  addStateOutputs,
  addStatesOfRows,
  joinStates,
} from "./export-states.ts";
import { type Exported, type Reader, type Scaling, STEPS, type States, type Writer } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** A part of a model that writes a sequence from what it has read. */
export type OnnxPart = "encoder" | "decoder";

/** The parts. */
export const PARTS: readonly OnnxPart[] = ["encoder", "decoder"];

/** The tasks whose models have two parts. */
export const PARTED = ["generator", "encoder-decoder", "autoencoder"];

/** What the encoder gives to the decoder. */
interface Encoded {
  /** The first states of the decoder. */
  readonly states: States;
  /** What the decoder attends to. */
  readonly memory?: Memory | undefined;
  /** The final states of the encoder, [batch, states]. */
  readonly rows?: string;
  /** Number of steps of a decoder that reads no tokens, int64 [1]. */
  readonly steps?: string;
}

const SOURCE = ["source_time", "batch"] as const;

/** Adds recurrent layers that read an input. Returns the input, the outputs of every step, and the final states as rows. */
function addSequence(
  graph: GraphBuilder,
  input: string,
  name: string,
  { embedding, rnn }: Reader,
  spec: NetworkSpec,
  scaling: Scaling | undefined,
  lengths: string,
) {
  const x = scaling
    ? addFeatures(graph, input, SOURCE, scaling)
    : addTokens(graph, input, SOURCE, name, { embedding }, rnn.inputSize);
  const { hiddenSize: hidden, numLayers: layers, bidirectional } = rnn;
  const own = { ...spec, hidden, layers, bidirectional };
  const short = lengths && graph.add("Cast", [lengths], { to: 6 });
  const { output, ends } = addLayers(graph, `${name}rnn`, x, rnn, own, undefined, short);
  return { x, output, rows: addRowsOfStates(graph, ends) };
}

/** Adds the input of conditions, and what turns them into the first states of a generator. */
function addCondition(graph: GraphBuilder, model: Exported, lengths: string): Encoded {
  const { spec, tables, condition, start } = model;
  const rows = () => {
    if (condition) {
      return addSequence(graph, "condition", "condition.", condition, spec, tables.scaling, lengths).rows;
    }
    return spec.features && graph.input("condition", "float32", ["batch", spec.features]);
  };
  const firstStates = () => {
    const x = rows();
    if (x) return addLinear(graph, "start", x, start);
    // The product of a weight and a one-hot vector.
    const names = graph.input("condition", "int64", ["batch"]);
    const turned = addTurned(graph, graph.weight("start.weight", start.weight));
    const bias = graph.weight("start.bias", start.bias!);
    return graph.add("Add", [graph.add("Gather", [turned, names]), bias]);
  };
  return { states: addStatesOfRows(graph, graph.add("Tanh", [firstStates()]), spec) };
}

/** Adds the input of sources, and what reads them. */
function addEncoder(
  graph: GraphBuilder,
  { spec, tables, encoder, decoder }: Exported,
  lengths: string,
): Encoded {
  const { encoderCell = "same" } = spec;
  const half = encoderCell === "same" ? spec : { ...spec, cell: encoderCell };
  const { x, output, rows } = addSequence(
    graph,
    "source",
    "encoder.",
    encoder,
    half,
    tables.scaling,
    lengths,
  );
  const { attention, bridge } = decoder;
  const first = bridge ? addLinear(graph, "decoder.bridge", rows, bridge) : rows;
  return {
    states: addStatesOfRows(graph, first, decoder.spec),
    memory: attention && addKeys(graph, output, attention),
    rows,
    steps: sizeOf(graph, x, 0),
  };
}

const memoryShape = ({ attention }: Writer) => [...SOURCE, attention!.memorySize];
const keysShape = ({ attention }: Writer) => [...SOURCE, attention!.additive!.score.size];

/** Adds the inputs of what an encoder has given. @param reads whether the decoder reads tokens */
function addEncoded(graph: GraphBuilder, writer: Writer, reads: boolean): Encoded {
  const { attention } = writer;
  const steps = reads ? {} : { steps: graph.input("steps", "int64", [1]) };
  const memory = attention && graph.input("memory", "float32", memoryShape(writer));
  const keys = attention?.additive ? graph.input("keys", "float32", keysShape(writer)) : memory;
  return {
    states: addStateInputs(graph, writer.spec),
    ...(memory && { memory: { memory, keys: keys! } }),
    ...steps,
  };
}

/** Adds a model that writes a sequence from what it has read, or a part of it. */
export function addParts(
  graph: GraphBuilder,
  model: Exported,
  part: OnnxPart | undefined,
  hasLengths: boolean,
): void {
  const { spec, tables, encoder } = model;
  const generates = spec.task === "generator";
  const writer: Writer = generates ? model : model.decoder;
  const reads = generates || !(spec.task === "autoencoder" && spec.features);
  if (hasLengths && generates && !model.condition) {
    refuse("lengths", hasLengths, "a single condition does not have");
  }
  const { attention, mix, rnn, head } = writer;
  const lengths =
    hasLengths && (part !== "decoder" || attention) ? graph.input("lengths", "int64", ["batch"]) : "";
  const encode = generates ? addCondition : addEncoder;
  const { states, memory, rows, steps } =
    part === "decoder" ? addEncoded(graph, writer, reads) : encode(graph, model, lengths);
  if (rows && spec.task === "autoencoder") {
    const { numLayers, directions, hiddenSize, cells } = encoder.rnn;
    const size = numLayers * directions * hiddenSize * (cells[0]!.memory ? 2 : 1);
    graph.output("vector", rows, ["batch", size]);
  }
  if (part === "encoder") {
    addStateOutputs(graph, writer.spec, states);
    if (memory) graph.output("memory", memory.memory, memoryShape(writer));
    if (attention?.additive) graph.output("keys", memory!.keys, keysShape(writer));
    return;
  }

  const x = reads
    ? addTokens(graph, "tokens", STEPS, "decoder.", writer, rnn.inputSize)
    : addZeros(graph, [steps!, sizeOf(graph, states.h, 1), 1]);
  const { output, ends } = addLayers(graph, "decoder.rnn", x, rnn, writer.spec, states, "");
  const attend = () => {
    if (!attention || !memory) return output;
    const { context, weights } = addAttention(graph, attention, output, memory, lengths);
    graph.output("attention", weights, ["batch", "time", "source_time"]);
    const both = graph.add("Concat", [context, output], { axis: -1 });
    return graph.add("Tanh", [addLinear(graph, "decoder.mix", both, mix!)]);
  };
  const y = addHead(graph, attend(), head, writer.spec);
  const result = [...STEPS, head.weight.shape[0]!];
  if (reads) graph.output("logits", y, result);
  else {
    const { mean, deviation } = tables.scaling!;
    const scaled = graph.add("Mul", [y, graph.numbers("deviation", deviation)]);
    const [time] = part ? STEPS : SOURCE;
    graph.output("reconstruction", graph.add("Add", [scaled, graph.numbers("mean", mean)]), [
      time,
      ...result.slice(1),
    ]);
  }
  if (part) addStateOutputs(graph, writer.spec, joinStates(graph, ends), "_out");
}
