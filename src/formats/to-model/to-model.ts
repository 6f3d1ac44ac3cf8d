import { softmax } from "../../autograd/softmax.ts";
import { checkChoice, checkOptions, checkTexts } from "../../checks.ts";
import { FeatureScaling } from "../../data/feature-scaling.ts";
import type { Level } from "../../data/labelled.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { counted, listed, UnrolledError } from "../../errors.ts";
import type { Graph } from "../../graph/graph.ts";
import { Classifier } from "../../models/labels/classifier.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../../models/labels/spec.ts";
import { Tagger } from "../../models/labels/tagger.ts";
import { Thresholds } from "../../models/labels/thresholds.ts";
import { LanguageModel } from "../../models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../models/language-model/spec.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { show } from "../../schema.ts";
import {
  differenceOf,
  maskOf,
  type Order,
  type Reads,
  refuseDifferent,
  type Sample,
  sampleOf,
  TOLERANCE,
} from "./compare.ts";
import { type FoundDense, findParts, type OutputKind, type Parts } from "./parts.ts";
import { refuseGraph, refuseNode, Walk } from "./walk.ts";
import { stateOf, withSwappedInputs, withTwoOutputs } from "./weights.ts";

/** The tasks that graphs can become models of. */
export const MODEL_TASKS = ["language-model", "classifier", "tagger"] as const;

/** Fields of a spec that a graph does not say. */
const OPEN_FIELDS = [
  ...["level", "tokens", "normalForm", "segmentation", "segmenter", "lines", "multiLabel", "classWeights"],
  ...["dropout", "inputDropout", "variationalDropout", "wordDropout", "freezeVectors"],
];

/** Options of {@link graphToModel}. */
export interface ToModelOptions {
  /** What the model is for. */
  task: (typeof MODEL_TASKS)[number];
  /** The symbols, in the order of their ids. A language model needs them, others unless they read vectors. */
  vocabulary?: readonly string[];
  /** The labels, in the order of the outputs. A classifier or tagger needs them. */
  labels?: readonly string[];
  /** Name of the output. Default: the first one. */
  output?: string;
  /**
   * Fields of the model's spec that the graph does not say: how texts are cut (`level`, `tokens`, `normalForm`, `segmentation`,
   * `segmenter`, `lines`), what further training does (`dropout`, `inputDropout`, `variationalDropout`, `wordDropout`,
   * `freezeVectors`, `classWeights`; default none), and whether logits are those of several labels (`multiLabel`).
   */
  spec?: Readonly<Record<string, unknown>>;
}

/** The result of {@link graphToModel}. */
export interface ConvertedModel {
  /** A model as `train` makes it: for files, further training, streams and files of 8 bits. */
  readonly model: LanguageModel | Classifier | Tagger;
  /** What was guessed or left out, for the user. */
  readonly notes: readonly string[];
  /** The largest difference of its outputs and those of the graph, for sequences of equal lengths, divided by the largest output if that is above 1. */
  readonly difference: number;
}

function refuseOption(problem: string): never {
  throw new UnrolledError("ERR_VALUE", `toModel: ${problem}`);
}

/** Returns a list as a vocabulary. @param size how many texts there must be @param what tells what has this size */
function tableOf(
  name: "vocabulary" | "labels",
  list: readonly string[] | undefined,
  size: number,
  what: string,
): Vocabulary {
  if (list === undefined) return refuseOption(`${name} is missing: ${what}; give a list of ${size} texts`);
  checkTexts(`toModel: ${name}`, list);
  if (list.length === size) return new Vocabulary(list);
  return refuseOption(`${name} has ${counted(list.length, "text", "texts")}, but ${what}`);
}

/** Returns what tokens seem to be: characters if all symbols are single ones, or in brackets such as `<UNK>`. */
function levelOf(vocabulary: Vocabulary | undefined): Level {
  const isCharacter = (symbol: string) => [...symbol].length === 1 || /^<\w+>$/.test(symbol);
  return vocabulary?.symbols.every(isCharacter) ? "char" : "word";
}

/** Makes a model from the parts of a graph. */
class Conversion {
  readonly notes: string[] = [];
  /** The difference that was found. */
  difference = 0;
  readonly #rt: Runtime;
  readonly #walk: Walk;
  readonly #options: ToModelOptions;
  readonly #output: string;
  readonly #parts: Parts;
  #dense: readonly FoundDense[];
  readonly #kind: OutputKind;
  #isBinary = false;

  constructor(rt: Runtime, graph: Graph, options: ToModelOptions) {
    this.#rt = rt;
    this.#options = options;
    this.#walk = new Walk(rt, graph);
    const names = graph.outputs.map(({ name }) => name);
    this.#output = options.output ?? names[0] ?? refuseGraph("it has no output");
    if (!names.includes(this.#output))
      refuseOption(`there is no output ${show(this.#output)}, only ${listed(names.map(show), 8)}`);
    const others = names.filter((name) => name !== this.#output);
    if (others.length) this.notes.push(`the outputs ${listed(others.map(show), 8)} are left out`);
    this.#parts = findParts(this.#walk, this.#output);
    this.#dense = this.#parts.dense;
    this.#kind = this.#parts.kind;
  }

  /** What the input of the graph has, and how many ids there are or numbers in a vector. */
  #reads(): { reads: Reads; size: number } {
    const { input, layers } = this.#parts;
    const { embedding, isIds } = input;
    const width = layers[0]!.inputs;
    if (embedding && embedding.size !== width)
      refuseNode(
        input.node!,
        `its vectors have ${embedding.size} numbers, the first recurrent layer reads ${width}`,
      );
    const isTokens = this.#options.vocabulary !== undefined || this.#options.task === "language-model";
    const reads = isIds ? "ids" : embedding || isTokens ? "one-hot" : "vectors";
    return { reads, size: embedding?.symbols ?? width };
  }

  /** Makes the tables, and the outputs of a graph with a single one. */
  #tables(reads: Reads, size: number) {
    const { task, labels, vocabulary } = this.#options;
    const count = this.#dense.at(-1)!.outputs;
    const ids = `the graph reads ${size} different ids`;
    const read = reads === "vectors" ? undefined : tableOf("vocabulary", vocabulary, size, ids);
    if (task === "language-model") {
      if (labels) refuseOption("labels are given, but a language model has none");
      if (count !== size) refuseNode(this.#dense.at(-1)!.node, `it has ${count} outputs, but ${ids}`);
      return { vocabulary: read!, labels: read! };
    }
    const isSingle =
      count === 1 && labels?.length === 2 && (this.#kind === "sigmoid" || this.#kind === "logits");
    if (isSingle) {
      this.#isBinary = true;
      this.#dense = [...this.#dense.slice(0, -1), withTwoOutputs(this.#dense.at(-1)!)];
    }
    const expected = count === 1 ? 2 : count;
    const outputs = `the graph has ${counted(count, "output", "outputs")}${count === 1 ? ", the second of two labels" : ""}`;
    return { vocabulary: read, labels: tableOf("labels", labels, expected, outputs) };
  }

  /** Whether the output layer has the weight of the embedding. */
  #isTied(): boolean {
    const { embedding } = this.#parts.input;
    const { weight } = this.#dense.at(-1)!;
    const isLanguage = this.#options.task === "language-model";
    return (
      isLanguage &&
      embedding?.data.length === weight.length &&
      weight.every((value, i) => value === embedding.data[i])
    );
  }

  /** Makes the model with the spec that the parts say. */
  #build(reads: Reads, size: number, tied: boolean): LanguageModel | Classifier | Tagger {
    const { task, spec: given = {} } = this.#options;
    const { layers, input, pooling } = this.#parts;
    const tables = this.#tables(reads, size);
    for (const field of Object.keys(given)) {
      if (!OPEN_FIELDS.includes(field))
        refuseOption(`spec: the graph says ${field}; expected ${OPEN_FIELDS.join(", ")}`);
    }
    const hidden = this.#dense.slice(0, -1);
    const activations = new Set(hidden.map(({ activation }) => activation));
    for (const { activation, node } of hidden)
      if (!activation || activations.size > 1)
        refuseNode(
          node,
          "no activation, or another one, is behind it; between linear layers, our models have relu or tanh",
        );
    const level =
      (given.level as Level | undefined) ?? (task === "tagger" ? "word" : levelOf(tables.vocabulary));
    if (given.level === undefined && task !== "tagger" && tables.vocabulary)
      this.notes.push(
        level === "char"
          ? 'all symbols are characters, so spec.level is "char"'
          : 'not all symbols are characters, so spec.level is "word"',
      );
    const fields = {
      ...layers[0]!.fields,
      layers: layers.length,
      embedding: input.embedding?.size ?? 0,
      head: hidden.map(({ outputs }) => outputs),
      ...(hidden[0]?.activation && { headActivation: hidden[0].activation }),
      ...{ dropout: 0, inputDropout: 0, tied },
    };
    const rt = this.#rt;
    if (task === "language-model") {
      const spec = { ...defaultLanguageModelSpec(level), ...fields, ...given };
      return rt.skipInit(() => new LanguageModel(rt, spec, tables.vocabulary!));
    }
    const features = reads === "vectors" ? size : 0;
    const isSets = (given.multiLabel ?? (this.#kind === "sigmoid" && !this.#isBinary)) === true;
    const labelFields = {
      ...fields,
      features,
      characters: 0,
      wordDropout: 0,
      embeddingStart: 1,
      multiLabel: isSets,
    };
    if (isSets && this.#kind !== "sigmoid" && this.#kind !== "logits")
      refuseOption(`spec: multiLabel is true, but the graph has ${this.#kind}`);
    const all = {
      ...(tables.vocabulary ? { vocabulary: tables.vocabulary } : { scaling: FeatureScaling.none(size) }),
      labels: tables.labels,
      ...(isSets && { thresholds: Thresholds.all(tables.labels.size) }),
    };
    if (task === "tagger") {
      const spec = { ...defaultTaggerSpec(features), ...labelFields, ...given };
      return rt.skipInit(() => new Tagger(rt, spec, all));
    }
    const spec = { ...defaultClassifierSpec(level, features), ...labelFields, pooling, ...given };
    return rt.skipInit(() => new Classifier(rt, spec, all));
  }

  /** Returns the model's outputs as the graph has them. */
  #run(model: LanguageModel | Classifier | Tagger, { T, B, data }: Sample): Float32Array {
    const rt = this.#rt;
    const shape = data instanceof Int32Array ? [T, B] : [T, B, data.length / T / B];
    return model.inference(() =>
      rt.noGrad(() =>
        rt.scope(() => {
          const { logits } = model.forward(rt.tensor(data as Int32Array, shape));
          const own = this.#kind === "probabilities" ? softmax(logits).toArray() : logits.toArray();
          if (this.#isBinary) {
            const one = own.filter((_, i) => i % 2).map((z, i) => z - own[2 * i]!);
            return this.#kind === "sigmoid" ? one.map((z) => 1 / (1 + Math.exp(-z))) : one;
          }
          if (this.#kind === "sigmoid") return own.map((z) => 1 / (1 + Math.exp(-z)));
          if (this.#kind !== "log-probabilities") return own;
          return softmax(logits).toArray().map(Math.log);
        }),
      ),
    );
  }

  /** The samples of both orders of batch and time, or the error if there is none. */
  #samples(reads: Reads, size: number): Sample[] {
    const errors: unknown[] = [];
    const samples = (["batch", "time"] as const).flatMap((order) => {
      try {
        return [sampleOf(this.#walk, this.#parts, this.#output, reads, size, order)];
      } catch (error) {
        errors.push(error);
        return [];
      }
    });
    if (!samples.length) throw errors[0];
    return samples;
  }

  /** Compares the model with the graph, for all orders of axes and halves. @returns the smallest difference */
  #compare(model: LanguageModel | Classifier | Tagger, samples: readonly Sample[], tied: boolean): number {
    const { task } = this.#options;
    const { pooling, layers } = this.#parts;
    const [first, ...rest] = this.#dense;
    const halves = pooling === "mean+max" || layers[0]!.directions.length > 1;
    let best = Number.POSITIVE_INFINITY;
    for (const dense of halves ? [this.#dense, [withSwappedInputs(first!), ...rest]] : [this.#dense]) {
      model.loadStateDict(stateOf(this.#parts, dense, tied));
      for (const sample of samples) {
        const own = this.#run(model, sample);
        const last = own.subarray(own.length - own.length / sample.T);
        const orders: readonly Order[] = ["batch", "time"];
        const differences =
          task === "classifier"
            ? [differenceOf(sample, own, false, "time")]
            : [
                ...orders.map((order) => differenceOf(sample, own, true, order)),
                ...(task === "language-model" ? [differenceOf(sample, last, false, "time")] : []),
              ];
        best = Math.min(best, ...differences);
        if (best <= 1) return best;
      }
    }
    return best;
  }

  model(): LanguageModel | Classifier | Tagger {
    const { task } = this.#options;
    const { pooling, nodes, moves } = this.#parts;
    const { reads, size } = this.#reads();
    if (task !== "classifier" && pooling !== "last") {
      const node = moves.find(({ op }) => /Reduce|Pool/.test(op));
      if (node) refuseNode(node, `it pools the steps, but a ${task} has outputs at each step`);
    }
    const tied = this.#isTied();
    if (tied) this.notes.push("the output layer has the weight of the embedding: they are tied");
    if (nodes.flat().some(maskOf))
      this.notes.push(
        `id 0 is padding in the graph; the model reads sequences of any length without padding`,
      );
    const model = this.#build(reads, size, tied);
    try {
      const difference = this.#compare(model, this.#samples(reads, size), tied);
      if (!(difference <= 1)) refuseDifferent(this.#parts, difference);
      this.difference = difference * TOLERANCE;
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  }
}

/**
 * Turns a graph of another framework into a model: an embedding or one-hot vectors, LSTM, GRU or RNN layers of the same size, in one
 * direction or both, and linear layers; for a classifier, the last states, the mean or the maximum of the steps between them. The
 * model's outputs are compared with the graph's on sequences of equal lengths, and must agree within 1e-4.
 *
 * A single output with a sigmoid becomes two labels, and several outputs with sigmoids a model of several labels (`multiLabel`). A
 * language model that is only asked at the end of a text, such as Keras' examples, becomes one that is asked at each step.
 *
 * @param graph what a reader returns: `readOnnx`, `readKeras`, `readTfjs`, or `torchGraph`
 * @throws ERR_FORMAT if a node does not fit, with its name, or if the outputs differ; ERR_VALUE if an option is invalid, or a list has
 *   another length than the graph needs
 */
export function graphToModel(rt: Runtime, graph: Graph, options: ToModelOptions): ConvertedModel {
  checkOptions("toModel", options, "task vocabulary labels output spec");
  checkChoice("toModel: task", options.task, MODEL_TASKS);
  const conversion = new Conversion(rt, graph, options);
  const model = conversion.model();
  return { model, notes: conversion.notes, difference: conversion.difference };
}
