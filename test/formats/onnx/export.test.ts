import { describe, expect, it } from "vitest";
import { exportOnnx, type OnnxExportOptions } from "../../../src/formats/onnx/export.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import type { Graph, GraphNode } from "../../../src/graph/graph.ts";
import * as unrolled from "../../../src/index.ts";
import { onnxModule } from "../../conformance/onnx.mjs";
import { random } from "../../random.ts";
import { shaken } from "./export-case.ts";

const rt = await unrolled.createRuntime();
const draw = random(17);

type Exportable = Parameters<typeof exportOnnx>[0];
type Spec = Partial<unrolled.LanguageModelSpec>;

function languageModel(spec: Spec) {
  const complete = { ...unrolled.defaultLanguageModelSpec(), layers: 1, hidden: 3, dropout: 0, ...spec };
  return shaken(new unrolled.LanguageModel(rt, complete, unrolled.textVocabulary("abc", complete)));
}

const exported = (model: unknown, options?: OnnxExportOptions) =>
  readOnnx(exportOnnx(model as Exportable, options));
const cellIn = ({ nodes }: Graph) => nodes.find(({ op }) => /^(RNN|GRU|LSTM)$/.test(op))!;
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op).join(" ");
const shapes = (infos: Graph["inputs"]) =>
  Object.fromEntries(infos.map(({ name, dtype, shape }) => [name, `${dtype} ${shape!.join(" ")}`]));

/** Makes our module of a node again, by the code that reads reference cases. */
function moduleOf(graph: Graph, { op, inputs, attributes }: GraphNode) {
  const [, W, R, B] = inputs.map((name) => graph.constants.get(name)!);
  const P = graph.constants.get(inputs[7] ?? "");
  const given = { rt, unrolled, op, attrs: attributes, inputs: { W, R, B, ...(P && { P }) } };
  return onnxModule(given as never).module as InstanceType<typeof unrolled.nn.LSTM>;
}

function expectSame(found: unrolled.Tensor, expected: unrolled.Tensor) {
  const values = expected.toArray();
  expect(found.shape).toEqual(expected.shape);
  found.toArray().forEach((value, i) => {
    expect(Math.abs(value - values[i]!)).toBeLessThan(1e-6);
  });
}

describe("the cell of an export", () => {
  it.each<Spec>([
    { cell: "rnn" },
    { cell: "rnn", nonlinearity: "relu" },
    { cell: "rnn", activations: [{ name: "affine", alpha: 0.5, beta: 0.1 }], gateClip: 0.4 },
    { cell: "gru" },
    { cell: "gru", resetAfter: false },
    { cell: "gru", resetGate: false },
    { cell: "gru", gateNorm: "batch" },
    { cell: "gru", resetAfter: false, gateNorm: "batch", gateClip: 0.5 },
    { cell: "gru", activations: ["hardSigmoid", { name: "leakyRelu", alpha: 0.2 }] },
    { cell: "lstm" },
    { cell: "lstm", peepholes: true },
    { cell: "lstm", forgetGate: "coupled" },
    { cell: "lstm", forgetGate: "coupled", peepholes: true },
    { cell: "lstm", forgetGate: "none" },
    { cell: "lstm", forgetGate: "none", peepholes: true },
    { cell: "lstm", gateNorm: "batch" },
    { cell: "lstm", activations: ["hardSigmoid", { name: "scaledTanh", alpha: 2 }, "softsign"] },
  ])("computes what the model's does: %o", (spec) => {
    const model = languageModel(spec);
    const graph = exported(model);
    const module = moduleOf(graph, cellIn(graph));
    const [T, B] = [4, 2];
    const x = rt.tensor(draw.array(T * B * 4, 2), [T, B, 4]);
    const h0 = rt.tensor(draw.array(B * 3), [1, B, 3]);
    const given = { h0, ...(spec.cell === "lstm" && { c0: rt.tensor(draw.array(B * 3), [1, B, 3]) }) };
    expectSame(module.forward(x, given).output, model.rnn.forward(x, given).output);
  });

  it("has the weights of both directions", () => {
    const steps = ["a", "b"].map((tokens) => ({ tokens: [tokens], labels: ["L"] }));
    const spec = {
      ...unrolled.defaultTaggerSpec(),
      hidden: 3,
      embedding: 4,
      characters: 0,
      bidirectional: true,
    };
    const model = shaken(new unrolled.Tagger(rt, spec, unrolled.labelTables(steps, spec)));
    const graph = exported(model);
    const cell = cellIn(graph);
    expect(cell.attributes.direction).toBe("bidirectional");
    const x = rt.tensor(draw.array(4 * 2 * 4), [4, 2, 4]);
    expectSame(moduleOf(graph, cell).forward(x).output, model.rnn.forward(x).output);
  });
});

describe("a cell that ONNX does not have", () => {
  it.each<Spec>([
    { gateNorm: true },
    { cell: "lstm", gateClip: 1 },
    { cell: "lstm", peepholes: "previous" },
    { cell: "rnn", activations: ["exp"] },
    { cell: "gru", activations: ["logSigmoid", "tanh"] },
    { cell: "gru", resetGate: false, gateClip: 1 },
    { cell: "lstm", forgetGate: "none", activations: ["relu", "tanh", "tanh"] },
  ])("is a Scan, whose numbers of steps and sequences are free: %o", (spec) => {
    const graph = exported(languageModel(spec));
    expect(cellIn(graph)).toBeUndefined();
    expect(ops(graph)).toContain(" Scan ");
    expect(shapes(graph.inputs)).toEqual({ tokens: "int64 time batch" });
  });
});

describe("an exported language model", () => {
  it("has free numbers of steps and sequences", () => {
    const graph = exported(languageModel({ embedding: 5 }));
    expect(shapes(graph.inputs)).toEqual({ tokens: "int64 time batch" });
    expect(shapes(graph.outputs)).toEqual({ logits: "float32 time batch 4" });
    expect(ops(graph)).toBe("Gather LSTM Squeeze Transpose MatMul Add Identity");
  });

  it("reads and returns states if it shall", () => {
    const graph = exported(languageModel({ cell: "lstm", layers: 2 }), { states: true });
    const state = "float32 2 batch 3";
    expect(shapes(graph.inputs)).toEqual({ tokens: "int64 time batch", h: state, c: state });
    expect(shapes(graph.outputs)).toEqual({ logits: "float32 time batch 4", h_out: state, c_out: state });
    const gru = exported(languageModel({ cell: "gru" }), { states: true });
    expect(Object.keys(shapes(gru.inputs))).toEqual(["tokens", "h"]);
    expect(cellIn(gru).inputs[5]).toBe("h");
  });

  it("keeps one copy of a weight that is tied", () => {
    const graph = exported(languageModel({ embedding: 3, tied: true }));
    const tables = [...graph.constants].filter(([, { shape }]) => String(shape) === "4,3");
    expect(tables.map(([name]) => name)).toEqual(["embedding.weight"]);
  });

  it("reads one-hot vectors, and zeros first if the model does", () => {
    expect(ops(exported(languageModel({})))).toMatch(/^Unsqueeze Equal Cast LSTM/);
    const zeroStart = exported(languageModel({ embedding: 2, zeroStart: true, lines: true }));
    expect(ops(zeroStart)).toMatch(/^Gather Slice Mul Slice Concat LSTM/);
  });

  it.each([
    [{ connections: "residual" }, "Add"],
    [{ connections: "dense" }, "Concat"],
    [{ connections: "highway" }, "Transpose MatMul Add Sigmoid Sub Mul Add"],
  ] as const)("has connections: %o", (spec, expected) => {
    const graph = exported(languageModel({ layers: 2, ...spec }));
    expect(ops(graph)).toContain(`LSTM Squeeze LSTM Squeeze ${expected} Transpose MatMul Add Identity`);
  });

  it.each([
    [{ norm: "layer" }, "LayerNormalization"],
    [{ norm: "batch" }, "Mul Add"],
    [{ head: [5], headActivation: "tanh" }, "Transpose MatMul Add Tanh"],
  ] as const)("has norms and hidden layers: %o", (spec, expected) => {
    const graph = exported(languageModel(spec as Spec));
    expect(ops(graph)).toContain(`LSTM Squeeze ${expected} Transpose MatMul Add Identity`);
  });

  it("keeps spec and vocabulary in the metadata", () => {
    const model = languageModel({});
    const text = new TextDecoder().decode(exportOnnx(model));
    expect(text).toContain(JSON.stringify(model.spec));
    expect(text).toContain(JSON.stringify({ vocabulary: model.vocabulary }));
  });
});

describe("exports of other tasks", () => {
  const examples = ["a b", "b c"].map((text) => ({ tokens: text.split(" "), labels: ["L"] }));
  const perStep = examples.map(({ tokens }) => ({ tokens, labels: ["L", "M"] }));
  const small = { hidden: 3, layers: 1, embedding: 4 };
  const ids = "int64 time batch";

  it("tagger: words, their characters, lengths", () => {
    const spec = { ...unrolled.defaultTaggerSpec(), ...small, characters: 2, characterHidden: 5 };
    const graph = exported(new unrolled.Tagger(rt, spec, unrolled.labelTables(perStep, spec)), {
      lengths: true,
    });
    expect(shapes(graph.inputs)).toEqual({
      tokens: ids,
      ...{
        words: ids,
        characters: "int64 letters words",
        character_counts: "int64 words",
        lengths: "int64 batch",
      },
    });
    const scores = "float32 time batch 2";
    expect(shapes(graph.outputs)).toEqual({ logits: scores, probabilities: scores });
    expect(ops(graph)).toMatch(/Cast LSTM Transpose Reshape Gather Concat Cast LSTM .* Softmax Identity$/);
  });

  it.each([
    ["last", "Gather Gather Where"],
    ["mean", "ReduceMean"],
    ["max", "ReduceMax"],
    ["mean+max", "ReduceMean ReduceMax Concat"],
  ] as const)("classifier: pooling %s", (pooling, expected) => {
    const spec = { ...unrolled.defaultClassifierSpec(), ...small, bidirectional: true, pooling };
    const model = new unrolled.Classifier(rt, spec, unrolled.labelTables(examples, spec));
    const graph = exported(model);
    expect(shapes(graph.outputs).probabilities).toBe("float32 batch 1");
    expect(ops(graph)).toContain(`Reshape ${expected} Transpose`);
    expect(ops(exported(model, { lengths: true }))).toContain("Where");
  });

  it("classifier: vectors are scaled inside, several labels have sigmoids", () => {
    const vectors = [
      {
        tokens: [
          [1, 5],
          [3, 9],
        ],
        labels: ["L"],
      },
    ];
    const spec = {
      ...unrolled.defaultClassifierSpec(),
      ...small,
      embedding: 0,
      features: 2,
      wordDropout: 0,
      inputDropout: 0,
    };
    const several = { ...spec, multiLabel: true };
    const graph = exported(new unrolled.Classifier(rt, several, unrolled.labelTables(vectors, several)));
    expect(shapes(graph.inputs)).toEqual({ features: "float32 time batch 2" });
    expect(graph.constants.get("mean")!.data).toEqual(Float32Array.of(2, 7));
    expect(graph.constants.get("deviation")!.data).toEqual(Float32Array.of(1, 2));
    expect(ops(graph)).toMatch(/^Sub Div .* Sigmoid Identity$/);
  });

  it("forecaster: rows in their units, and the row before as a state", () => {
    const series = unrolled.seriesOf({ a: [1, 2, 4, 7, 3], b: [5, 3, 4, 2, 8] });
    const spec = { ...unrolled.defaultForecasterSpec(["a", "b"]), hidden: 3, layers: 1 };
    const model = new unrolled.Forecaster(rt, spec, { scaling: unrolled.scalingOf(spec, series) });
    const graph = exported(model, { states: true });
    expect(shapes(graph.inputs)).toMatchObject({ rows: "float32 time batch 2", row: "float32 1 batch 2" });
    expect(Object.keys(shapes(graph.outputs))).toEqual(["row_out", "forecasts", "h_out", "c_out"]);
    expect(ops(exported(model))).toMatch(
      /^Sub Div Slice Slice Concat Sub Div Concat LSTM .* Gather Mul Add Identity$/,
    );
  });

  it("embedder and transcriber", () => {
    const spec = { ...unrolled.defaultEmbedderSpec(), ...small, size: 6 };
    const vocabulary = unrolled.embedderVocabulary([["a b", "b"]], "word");
    const embedder = exported(new unrolled.SequenceEmbedder(rt, spec, { vocabulary }));
    expect(shapes(embedder.outputs)).toEqual({ vectors: "float32 batch 6" });
    expect(ops(embedder)).toMatch(/ReduceL2 Max Div Identity$/);
    const stacked = { ...unrolled.defaultTranscriberSpec(2), hidden: 3, layers: 1, stack: 2 };
    const tables = unrolled.transcriberTables(
      [
        {
          vectors: [
            [1, 2],
            [3, 4],
          ],
          text: "ab",
        },
      ],
      stacked,
    );
    const transcriber = exported(new unrolled.Transcriber(rt, stacked, tables));
    expect(shapes(transcriber.inputs)).toEqual({ features: "float32 time batch 4" });
    expect(transcriber.constants.get("mean")!.data).toEqual(Float32Array.of(2, 3, 2, 3));
  });
});

describe("exports of models of two parts", () => {
  const pairs = [{ source: ["a"], target: ["x", "y"] }];
  const spec = { ...unrolled.defaultEncoderDecoderSpec(), hidden: 4, embedding: 3 };

  it("are whole, or an encoder and a decoder that fit each other", () => {
    const tables = unrolled.EncoderDecoder.tablesOf(pairs, spec);
    const model = new unrolled.EncoderDecoder(rt, { ...spec, attention: "additive", cell: "lstm" }, tables);
    const [whole, encoder, decoder] = ([undefined, "encoder", "decoder"] as const).map((part) =>
      exported(model, { lengths: true, ...(part && { part }) }),
    );
    const tokens = "int64 time batch";
    const source = { source: "int64 source_time batch", lengths: "int64 batch" };
    expect(shapes(whole!.inputs)).toEqual({ ...source, tokens });
    const logits = { logits: "float32 time batch 4", attention: "float32 batch time source_time" };
    expect(shapes(whole!.outputs)).toEqual(logits);
    const memory = "float32 source_time batch 4";
    const state = "float32 1 batch 4";
    const given = { h: state, c: state, memory, keys: memory };
    expect(shapes(encoder!.inputs)).toEqual(source);
    expect(shapes(encoder!.outputs)).toEqual(given);
    expect(shapes(decoder!.inputs)).toEqual({ ...given, tokens, lengths: "int64 batch" });
    expect(shapes(decoder!.outputs)).toEqual({ ...logits, h_out: state, c_out: state });
  });

  it("have one copy of a weight that is tied", () => {
    const tied = { ...spec, embedding: 4, tied: true, attention: "none" as const };
    const model = new unrolled.EncoderDecoder(rt, tied, unrolled.EncoderDecoder.tablesOf(pairs, tied));
    const tables = [...exported(model).constants].filter(([, { shape }]) => String(shape) === "4,4");
    expect(tables.map(([name]) => name)).toEqual(["decoder.embedding.weight"]);
  });
});

describe("exportOnnx refuses", () => {
  const refused = (model: unknown, text: string, options?: OnnxExportOptions) =>
    expect(() => exportOnnx(model as Exportable, options)).toThrow(
      expect.objectContaining({ code: "ERR_VALUE", message: expect.stringContaining(text) }),
    );

  it("states of what has none to continue from, other tasks and unknown options", () => {
    refused(languageModel({ zeroStart: true, lines: true }), "zeroStart is true", { states: true });
    const spec = { ...unrolled.defaultTaggerSpec(), hidden: 3 };
    const examples = [{ tokens: ["a"], labels: ["L"] }];
    const tagger = new unrolled.Tagger(rt, spec, unrolled.labelTables(examples, spec));
    refused(tagger, "bidirectional is true, which leaves no state", { states: true });
    refused({ spec: { task: "oracle" } }, 'task is "oracle", which is not exported; expected language-model');
    refused(languageModel({}), "unknown option state", { state: true } as never);
    refused(languageModel({}), "states is 1, expected true or false", { states: 1 } as never);
  });

  it("parts and lengths of what has none", () => {
    refused(languageModel({}), 'part is "decoder", which only models of generator, encoder-decoder', {
      part: "decoder",
    });
    const spec = { ...unrolled.defaultGeneratorSpec(), hidden: 3, features: 2 };
    const vocabulary = unrolled.generatorVocabulary([{ condition: [1, 2], tokens: ["a"] }]);
    const generator = new unrolled.ConditionalGenerator(rt, spec, { vocabulary });
    refused(generator, "lengths is true, which a single condition does not have", { lengths: true });
    refused(generator, "states is true, which the decoder alone has; use part decoder", { states: true });
    refused(generator, "part is", { part: "middle" as never });
  });
});

it.each([undefined, null, {}, 5, { spec: {} }])("refuses what is no model: %s", (given) => {
  expect(() => exportOnnx(given as never)).toThrow("a model, such as a Classifier");
});
