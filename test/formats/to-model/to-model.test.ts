import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportKeras } from "../../../src/formats/keras/export.ts";
import { readKeras } from "../../../src/formats/keras/read-keras.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { graphToModel, type ToModelOptions } from "../../../src/formats/to-model/to-model.ts";
import { exportTorch } from "../../../src/formats/torch/export.ts";
import { torchGraph } from "../../../src/formats/torch/torch-graph.ts";
import type { Graph, GraphNode, Value } from "../../../src/graph/graph.ts";
import { parseSafetensors } from "../../../src/io/safetensors.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { LabelTrainer } from "../../../src/models/labels/trainer.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import type { TaskModel } from "../../../src/network/model.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { startRuntime } from "../../runtimes.ts";
import * as models from "../models.ts";

const { C, V, expectClose } = models;

let rt: Runtime;
beforeAll(async () => {
  rt = await startRuntime();
});
afterAll(() => rt.dispose());

const texts = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`);

interface Case {
  readonly name: string;
  readonly task: string;
  readonly out: number;
  readonly first: boolean;
  readonly ids: boolean;
  readonly end: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly onnx: string;
}

const cases = JSON.parse(
  readFileSync(new URL("../../fixtures/to_model.json", import.meta.url), "utf8"),
) as Case[];

const bytesOf = ({ onnx }: Case) => new Uint8Array(Buffer.from(onnx, "base64"));

function optionsOf({ task, out, ids }: Case): ToModelOptions {
  const isLanguage = task === "language-model";
  return {
    task: isLanguage || task === "tagger" ? task : "classifier",
    ...(ids && { vocabulary: texts(V) }),
    ...(!isLanguage && { labels: texts(task === "binary" ? 2 : out) }),
  };
}

/** Returns the model's logits [T, B, width], or [B, width]. */
function logits(model: ReturnType<typeof graphToModel>["model"], { x, ids, first }: Case): Float32Array {
  const [T, B] = [6, 3];
  const width = x.length / T / B;
  const turned = Array.from(x, (_, i) => {
    const [row, k] = [Math.floor(i / width), i % width];
    return x[(first ? (row % B) * T + Math.floor(row / B) : row) * width + k]!;
  });
  const data = ids ? rt.tensor(Int32Array.from(turned), [T, B]) : rt.tensor(turned, [T, B, width]);
  return model.inference(() => rt.noGrad(() => model.forward(data).logits.toArray()));
}

/** Returns what PyTorch's outputs are of our logits. */
function asTorch(own: Float32Array, { end, task, first, y, out }: Case): number[] {
  const [T, B] = [6, 3];
  const width = task === "binary" ? 2 : out;
  const rows = Array.from({ length: own.length / width }, (_, i) => [
    ...own.slice(i * width, (i + 1) * width),
  ]);
  const wanted = y.length / out;
  let ordered = rows;
  if (wanted === T * B && first) ordered = rows.map((_, i) => rows[(i % T) * B + Math.floor(i / T)]!);
  if (wanted === B && rows.length === T * B) ordered = rows.slice(-B); // asked at the end
  return ordered.flatMap((row) => {
    const z = task === "binary" ? [row[1]! - row[0]!] : row;
    const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
    if (end === "softmax") return z.map((value) => Math.exp(value) / total);
    if (end === "log-softmax") return z.map((value) => value - Math.log(total));
    return end === "sigmoid" ? z.map((value) => 1 / (1 + Math.exp(-value))) : z;
  });
}

describe("models of torch.onnx.export", () => {
  it.each(cases.filter(({ task }) => task !== "refused").map((given) => [given.name, given] as const))(
    "%s",
    (_, given) => {
      const { model } = graphToModel(rt, readOnnx(bytesOf(given)), optionsOf(given));
      expectClose(asTorch(logits(model, given), given), given.y);
      const kinds = [LanguageModel, Classifier, Tagger] as never[];
      const again = loadModel(rt, serializeModel(model), kinds) as typeof model;
      expect(again.spec).toEqual(model.spec);
      expect(logits(again, given)).toEqual(logits(model, given));
    },
  );

  it("refuses the last step of both directions, which our models do not read", () => {
    const given = cases.find(({ task }) => task === "refused")!;
    expect(() =>
      graphToModel(rt, readOnnx(bytesOf(given)), { ...optionsOf(given), task: "classifier" }),
    ).toThrow(
      /^toModel: its outputs and those of a model with the same weights differ by 0\.\d+: .*"\/Gather" \(Gather\)/,
    );
  });

  it("makes specs and notes of what it finds", () => {
    const named = (name: string) => cases.find((given) => given.name === name)!;
    const specOf = (name: string) => {
      const given = named(name);
      return graphToModel(rt, readOnnx(bytesOf(given)), optionsOf(given));
    };
    expect(specOf("tied").model.spec).toMatchObject({ tied: true, embedding: 4, hidden: 4 });
    expect(specOf("tied").notes).toContain("the output layer has the weight of the embedding: they are tied");
    expect(specOf("several sigmoids").model.spec).toMatchObject({ multiLabel: true, pooling: "max" });
    expect(specOf("one logit").model.spec).toMatchObject({ multiLabel: false, task: "classifier" });
    expect(specOf("vectors").model.spec).toMatchObject({ features: 3, embedding: 0 });
    expect(specOf("GRU, time first").model.spec).toMatchObject({
      cell: "gru",
      layers: 2,
      resetAfter: true,
      dropout: 0,
    });
    expect(specOf("both ends of both directions").model.spec).toMatchObject({
      head: [7, 6],
      headActivation: "relu",
    });
    expect(specOf("mean").notes).toEqual(['not all symbols are characters, so spec.level is "word"']);
  });
});

/** A model's spec without what files of other frameworks do not say. */
const core = ({ spec }: TaskModel) => {
  const { cell, hidden, layers, embedding, bidirectional, resetAfter, activations, nonlinearity, head } =
    spec;
  return { cell, hidden, layers, embedding, bidirectional, resetAfter, activations, nonlinearity, head };
};

describe("models that Keras' format carries", () => {
  const specs = [
    { cell: "lstm", layers: 2 },
    { cell: "gru" },
    { cell: "gru", resetAfter: false },
    { cell: "rnn", nonlinearity: "relu" },
    { activations: [{ name: "hardSigmoid", alpha: 1 / 6, beta: 0.5 }, "softsign", "softsign"] },
    { head: [7], headActivation: "tanh" },
  ] as const;

  it.each(specs)("language model %j", (spec) => {
    const before = models.languageModel(rt, spec);
    const graph = readKeras(exportKeras(before).weights);
    const { model } = graphToModel(rt, graph, { task: "language-model", vocabulary: texts(V) });
    expectClose(models.logitsOf(rt, model as LanguageModel), models.logitsOf(rt, before));
    expect({ ...core(model), activations: undefined }).toEqual({ ...core(before), activations: undefined });
  });

  it.each([
    ...specs.map((spec) => ({ ...spec, pooling: "last" as const })),
    { pooling: "mean", bidirectional: false },
    { pooling: "max" },
    { pooling: "mean+max", layers: 2 },
    { multiLabel: true },
  ] as const)("classifier %j", (spec) => {
    const before = models.classifier(rt, spec);
    const graph = readKeras(exportKeras(before).weights);
    const { model } = graphToModel(rt, graph, { task: "classifier", vocabulary: texts(V), labels: texts(C) });
    const rows = [0, 1, 2].map(models.rowsOf);
    const [one, other] = [model as Classifier, before].map((each) =>
      each.probabilities(rows).flatMap((row) => [...row]),
    );
    expectClose(one!, other!);
  });

  it("tells tokens of one-hot vectors, which are a table there", () => {
    const before = models.tagger(rt, { embedding: 0 });
    const graph = readKeras(exportKeras(before).weights);
    const { model } = graphToModel(rt, graph, { task: "tagger", vocabulary: texts(V), labels: texts(C) });
    const [one, other] = [model as Tagger, before].map((each) => [
      ...each.probabilities([models.rowsOf(1)])[0]!,
    ]);
    expectClose(one!, other!);
  });
});

it("reads state_dicts of PyTorch", () => {
  const before = models.languageModel(rt, { layers: 2 });
  const { tensors } = parseSafetensors(exportTorch(before));
  const state = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]): [string, Value] => [
      name,
      { dtype: "float32", shape, data: data as Float32Array },
    ]),
  );
  const graph = torchGraph(state, { cell: "LSTM", hidden: 5, layers: 2, embedding: [V, 3], out: V });
  const { model } = graphToModel(rt, graph, {
    task: "language-model",
    vocabulary: texts(V),
    spec: { dropout: 0.1 },
  });
  expect(model.stateDict()).toEqual(before.stateDict());
  expect(model.spec.dropout).toBe(0.1);
});

describe("the result is a model like others", () => {
  const named = (name: string) => cases.find((given) => given.name === name)!;

  it("is trained further, streams, and becomes a file of 8 bits", () => {
    const given = named("language model");
    const { model } = graphToModel(rt, readOnnx(bytesOf(given)), {
      task: "language-model",
      vocabulary: [..."abcdefghij\n"],
    });
    const language = model as LanguageModel;
    expect(language.spec.level).toBe("char");
    const text = "abcdefghij\n".repeat(60);
    const before = language.pack().score(text).perplexity;
    const trainer = new LanguageModelTrainer(language, language.encode(text), {
      batch: 4,
      seq: 20,
      lr: 0.01,
    });
    for (let i = 0; i < 20; i++) trainer.step();
    expect(language.pack().score(text).perplexity).toBeLessThan(before / 2);
    const small = loadModel(rt, serializeModel(language, { dtype: "int8" }), [LanguageModel]);
    expect(small.pack().score(text).perplexity).toBeLessThan(before / 2);
  });

  it("learns labels", () => {
    const given = named("one sigmoid");
    const { model } = graphToModel(rt, readOnnx(bytesOf(given)), {
      ...{ task: "classifier", vocabulary: texts(V), labels: ["no", "yes"] },
    });
    const examples = Array.from({ length: 40 }, (_, i) => ({
      tokens: [`s${1 + (i % 5)}`, `s${i % 2 ? 9 : 8}`],
      labels: [i % 2 ? "yes" : "no"],
    }));
    const classifier = model as Classifier;
    const trainer = new LabelTrainer(classifier, { train: examples, validation: examples }, { lr: 0.05 });
    for (let i = 0; i < 60; i++) trainer.step();
    expect(
      classifier
        .predict([
          ["s2", "s9"],
          ["s2", "s8"],
        ])
        .map(({ label }) => label),
    ).toEqual(["yes", "no"]);
  });
});

describe("refuses by name", () => {
  const given = () => cases.find(({ name }) => name === "tagger")!;
  const graph = () => readOnnx(bytesOf(given()));
  const convert =
    (options: Partial<ToModelOptions>, own: Graph = graph()) =>
    () =>
      graphToModel(rt, own, { ...optionsOf(given()), ...options });

  /** Puts a node before the first node of an operator. */
  function withNode(op: string, before: string, place: number): Graph {
    const own = graph();
    const nodes: GraphNode[] = [];
    let isDone = false;
    for (const node of own.nodes) {
      if (!isDone && node.op === before) {
        const inputs = [...node.inputs];
        nodes.push({ op, name: "stranger", inputs: [inputs[place]!], outputs: ["strange"], attributes: {} });
        inputs[place] = "strange";
        nodes.push({ ...node, inputs });
        isDone = true;
      } else nodes.push(node);
    }
    return { ...own, nodes };
  }

  it("nodes that our models do not have", () => {
    expect(convert({}, withNode("Sin", "LSTM", 0))).toThrow(
      'toModel: node "stranger" (Sin): it stands before a recurrent layer, where our models have nothing; run the graph as it is',
    );
    expect(convert({}, withNode("Sin", "MatMul", 0))).toThrow(
      'node "stranger" (Sin): it stands between the recurrent layers and the linear layers',
    );
    expect(convert({}, withNode("Abs", "LSTM", 5))).not.toThrow();
    expect(convert({}, withNode("Cos", "LSTM", 5))).toThrow(
      /node "\/rnn\/LSTM" \(LSTM\): its initial state "strange" is not 0/,
    );
  });

  it("outputs that are not those of linear layers", () => {
    const own = graph();
    const last = own.nodes.at(-1)!;
    const nodes = [
      ...own.nodes,
      { op: "Neg", name: "minus", inputs: [last.outputs[0]!], outputs: ["z"], attributes: {} },
    ];
    const outputs = [{ ...own.outputs[0]!, name: "z" }];
    expect(convert({}, { ...own, nodes, outputs })).toThrow(
      'node "minus" (Neg): expected a linear layer, then softmax, log-softmax, sigmoid or nothing, at the end',
    );
  });

  it("lists of another length", () => {
    expect(convert({ labels: texts(3) })).toThrow("toModel: labels has 3 texts, but the graph has 5 outputs");
    expect(convert({ vocabulary: texts(3) })).toThrow(
      "toModel: vocabulary has 3 texts, but the graph reads 11 different ids",
    );
    const { labels, ...rest } = optionsOf(given());
    expect(labels).toBeDefined();
    expect(() => graphToModel(rt, graph(), rest)).toThrow(
      "toModel: labels is missing: the graph has 5 outputs; give a list of 5 texts",
    );
  });

  it("options", () => {
    expect(convert({ output: "nothing" })).toThrow('toModel: there is no output "nothing", only "y"');
    expect(convert({ spec: { hidden: 3 } })).toThrow(
      "toModel: spec: the graph says hidden; expected level, tokens",
    );
    expect(convert({ task: "forecaster" as "tagger" })).toThrow("toModel: task is");
    expect(convert({ name: 1 } as object)).toThrow("toModel: unknown option");
  });

  it("tasks that do not fit", () => {
    const { labels: _, ...rest } = optionsOf(given());
    expect(() => graphToModel(rt, graph(), { ...rest, task: "language-model" })).toThrow(
      /node ".*" \((MatMul|Gemm)\): it has 5 outputs, but the graph reads 11 different ids/,
    );
    expect(convert({ task: "classifier" })).toThrow("are not as many");
    const mean = cases.find(({ name }) => name === "mean")!;
    expect(() => graphToModel(rt, readOnnx(bytesOf(mean)), { ...optionsOf(mean), task: "tagger" })).toThrow(
      /\(ReduceMean\): it pools the steps, but a tagger has outputs at each step/,
    );
  });
});
