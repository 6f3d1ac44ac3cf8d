import {
  AdaptiveLanguageModel,
  Autoencoder,
  Classifier,
  ConditionalGenerator,
  defaultAutoencoderSpec,
  defaultClassifierSpec,
  defaultEmbedderSpec,
  defaultEncoderDecoderSpec,
  defaultForecasterSpec,
  defaultGeneratorSpec,
  defaultLanguageModelSpec,
  defaultTaggerSpec,
  defaultTranscriberSpec,
  EncoderDecoder,
  FeatureScaling,
  Forecaster,
  type Runtime,
  Scaling,
  SequenceEmbedder,
  Tagger,
  type Tensor,
  Transcriber,
  Vocabulary,
} from "../../src/index.ts";
import { spell } from "../../src/models/labels/spellings.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { random } from "../random.ts";

// Models of all tasks and cells with their outputs, which modules of PyTorch must give too.

interface Argument {
  readonly type: "int" | "float";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface Case {
  readonly name: string;
  readonly model: TaskModel;
  readonly arguments: readonly (Argument | null)[];
  readonly expected: Tensor;
}

const T = 7;
const LENGTHS = [7, 5, 4];
const B = LENGTHS.length;
const WORDS = ["<EOS>", "a", "b", "c", "d", "e", "f", "g", "h", "<UNK>"];

let rt: Runtime;
const draw = random(3);

const ints = (shape: readonly number[], n: number): Argument => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { type: "int", shape, data: [...draw.integers(size, n)] };
};
const floats = (shape: readonly number[]): Argument => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { type: "float", shape, data: [...draw.array(size)] };
};
const lengths = (all: readonly number[] = LENGTHS): Argument => ({
  type: "int",
  shape: [all.length],
  data: all,
});
const tensor = ({ type, shape, data }: Argument) =>
  rt.tensor(type === "int" ? Int32Array.from(data) : Float32Array.from(data), [...shape]);

/** Gives all parameters and buffers random numbers, so that gains and running statistics count too. */
function scramble<M extends TaskModel>(model: M): M {
  const state = model.stateDict();
  for (const [name, { data }] of Object.entries(state)) {
    if (data instanceof Int32Array) continue;
    data.set(draw.array(data.length, name.includes("rnn") ? 0.5 : 1));
    if (name.endsWith("running_var"))
      for (let i = 0; i < data.length; i++) data[i] = 0.5 + Math.abs(data[i]!);
  }
  model.loadStateDict(state);
  model.train(false);
  return model;
}

const infer = (run: () => Tensor) => rt.noGrad(run);

const network = { hidden: 6, layers: 2, embedding: 5, dropout: 0.3, inputDropout: 0 } as const;

const CELLS: Record<string, object> = {
  LSTM: { cell: "lstm" },
  GRU: { cell: "gru" },
  RNN: { cell: "rnn" },
  "RNN relu": { cell: "rnn", nonlinearity: "relu" },
  "GRU reset before": { cell: "gru", resetAfter: false },
  "GRU without reset": { cell: "gru", resetGate: false },
  "LSTM coupled": { cell: "lstm", forgetGate: "coupled" },
  "LSTM without forget gate": { cell: "lstm", forgetGate: "none", forgetBias: 1 },
  "LSTM peepholes": { cell: "lstm", peepholes: true },
  "LSTM peepholes previous": { cell: "lstm", peepholes: "previous" },
  "LSTM coupled peepholes": { cell: "lstm", forgetGate: "coupled", peepholes: true },
  "LSTM activations, clip": {
    cell: "lstm",
    activations: [
      { name: "hardSigmoid", alpha: 0.3 },
      "softsign",
      { name: "scaledTanh", alpha: 1.5, beta: 0.5 },
    ],
    gateClip: 0.7,
  },
  "GRU activations": { cell: "gru", activations: ["sigmoid", { name: "leakyRelu", alpha: 0.1 }] },
  "RNN elu": { cell: "rnn", activations: [{ name: "elu", alpha: 0.5 }] },
  "RNN relu as activation": { cell: "rnn", activations: ["relu"] },
  "LSTM gateNorm": { cell: "lstm", gateNorm: true },
  "LSTM gateNorm peepholes": { cell: "lstm", gateNorm: true, peepholes: true },
  "GRU gateNorm": { cell: "gru", gateNorm: true },
  "GRU gateNorm before": { cell: "gru", gateNorm: true, resetAfter: false },
  "GRU gateNorm without reset": { cell: "gru", gateNorm: true, resetGate: false },
  "RNN gateNorm": { cell: "rnn", gateNorm: true },
  "GRU gateNorm batch": { cell: "gru", gateNorm: "batch" },
  "LSTM gateNorm batch": { cell: "lstm", gateNorm: "batch" },
  "connections residual": { cell: "lstm", connections: "residual", layers: 3 },
  "connections dense": { cell: "gru", connections: "dense", layers: 3 },
  "connections highway": { cell: "rnn", connections: "highway", layers: 3 },
  "norm layer": { cell: "lstm", norm: "layer", connections: "residual" },
  "norm batch": { cell: "gru", norm: "batch", connections: "highway" },
  "variational dropout": { cell: "gru", variationalDropout: true },
};

function languageModels(): Case[] {
  const vocabulary = new Vocabulary(["a", "b", "c", "d", "e", "\n", "<UNK>"]);
  const make = (name: string, own: object, words = false): Case => {
    const table = words ? new Vocabulary(WORDS) : vocabulary;
    const spec = { ...defaultLanguageModelSpec(words ? "word" : "char"), ...network, tied: false, ...own };
    const model = scramble(new AdaptiveLanguageModel(rt, spec, table));
    const ids = ints([T, B], table.size);
    return {
      name: `language model, ${name}`,
      model,
      arguments: [ids],
      expected: infer(() => model.forward(tensor(ids)).logits),
    };
  };
  return [
    ...Object.entries(CELLS).map(([name, own]) => make(name, own)),
    make("one-hot", { embedding: 0 }),
    make("zero start", { zeroStart: true, lines: true }),
    make("zero start, one-hot", { zeroStart: true, lines: true, embedding: 0 }),
    make("head", { head: [4, 3], headActivation: "tanh" }),
    make("tied", { embedding: 6, tied: true }, true),
    make("tied with head", { embedding: 4, head: [8, 4], tied: true }, true),
    make("adaptive", { embedding: 5, softmax: "adaptive", cutoffs: [3, 6] }, true),
    make("adaptive and tied", { embedding: 6, tied: true, softmax: "adaptive", cutoffs: [3, 6] }, true),
  ];
}

function labels(): Case[] {
  const tables = { vocabulary: new Vocabulary(WORDS), labels: new Vocabulary(["x", "y", "z"]) };
  const ofTexts = (
    name: string,
    own: object,
    pooling: "last" | "mean" | "max" | "mean+max" = "mean+max",
  ): Case[] => {
    const both = { ...network, bidirectional: true, characters: 0, ...own };
    const ids = ints([T, B], WORDS.length);
    const classifier = scramble(new Classifier(rt, { ...defaultClassifierSpec(), ...both, pooling }, tables));
    const tagger = scramble(new Tagger(rt, { ...defaultTaggerSpec(), ...both }, tables));
    return [classifier, tagger].map((model) => ({
      name: `${model.spec.task}, ${name}`,
      model,
      arguments: [ids, lengths()],
      expected: infer(() => model.forward(tensor(ids), LENGTHS).logits),
    }));
  };
  const pooled = (["last", "mean", "max"] as const).flatMap((pooling) =>
    ofTexts(pooling, {}, pooling).slice(0, 1),
  );
  const scaling = new FeatureScaling([0, 0, 0], [1, 1, 1]);
  const spec = { ...defaultClassifierSpec("word", 3), hidden: 4, layers: 1 };
  const ofVectors = scramble(new Classifier(rt, spec, { scaling, labels: tables.labels }));
  const x = floats([T, B, 3]);
  const characters = new Vocabulary([..."abcdefgh", "<UNK>"]);
  const spelt = scramble(
    new Tagger(
      rt,
      { ...defaultTaggerSpec(), ...network, characters: 4, characterHidden: 3 },
      { ...tables, characters },
    ),
  );
  const words = LENGTHS.map((length, b) =>
    Array.from({ length }, (_, t) => "abcdefgh".slice(b, b + 1 + (t % 4))),
  );
  const spellings = spell(words, T, characters);
  const ids = ints([T, B], WORDS.length);
  const spelling: Argument[] = [
    { type: "int", shape: [T, B], data: [...spellings.words] },
    {
      type: "int",
      shape: [spellings.characters.length / spellings.lengths.length, spellings.lengths.length],
      data: [...spellings.characters],
    },
    lengths(spellings.lengths),
  ];
  return [
    ...Object.entries(CELLS)
      .filter(([name]) => name !== "variational dropout")
      .flatMap(([name, own]) => ofTexts(name, own)),
    ...pooled,
    ...ofTexts("activations of each direction", {
      cell: "gru",
      activations: ["sigmoid", "tanh", "hardSigmoid", "relu"],
    }),
    {
      name: "classifier of vectors",
      model: ofVectors,
      arguments: [x, lengths()],
      expected: infer(() => ofVectors.forward(tensor(x), LENGTHS).logits),
    },
    {
      name: "tagger with characters",
      model: spelt,
      arguments: [ids, lengths(), ...spelling],
      expected: infer(() => spelt.forward(tensor(ids), LENGTHS, spellings).logits),
    },
  ];
}

function sequences(): Case[] {
  const source = new Vocabulary(WORDS);
  const target = new Vocabulary(["x", "y", "z", "<UNK>", "<EOS>"]);
  const targets = [6, 4, 5];
  const make = (name: string, own: object): Case => {
    const spec = { ...defaultEncoderDecoderSpec(), ...network, ...own };
    const features = spec.features;
    const scaling = new FeatureScaling([0, 0, 0], [1, 1, 1]);
    const tables = features ? { scaling, target } : { source, target };
    const model = scramble(new EncoderDecoder(rt, spec, tables));
    const x = features ? floats([T, B, features]) : ints([T, B], source.size);
    const inputs = ints([6, B], target.size);
    const sources = features ? Float32Array.from(x.data) : Int32Array.from(x.data);
    return {
      name: `encoder-decoder, ${name}`,
      model,
      arguments: [x, lengths(), inputs, lengths(targets)],
      expected: infer(() =>
        model.decoder.forward(tensor(inputs), model.encodeBatch(sources, LENGTHS), targets),
      ),
    };
  };
  const autoencoder = (name: string, features: number, own: object): Case => {
    const spec = {
      ...defaultAutoencoderSpec("char", features),
      ...network,
      embedding: features ? 0 : 5,
      ...own,
    };
    const model = scramble(
      new Autoencoder(
        rt,
        spec,
        features ? { scaling: new FeatureScaling([0, 0], [1, 1]) } : { vocabulary: target },
      ),
    );
    const x = features ? floats([T, B, features]) : ints([T, B], target.size);
    const inputs = features
      ? { type: "float" as const, shape: [T, B, 1], data: new Array<number>(T * B).fill(0) }
      : ints([T, B], target.size);
    const sources = features ? Float32Array.from(x.data) : Int32Array.from(x.data);
    return {
      name: `autoencoder, ${name}`,
      model,
      arguments: [x, lengths(), inputs, lengths()],
      expected: infer(() =>
        model.decoder.forward(tensor(inputs), model.encodeBatch(sources, LENGTHS), LENGTHS),
      ),
    };
  };
  return [
    make("additive", { attention: "additive" }),
    make("dot", { attention: "dot", cell: "lstm" }),
    make("no attention", { attention: "none" }),
    make("bridge", { attention: "additive", encoderLayers: 1, encoderHidden: 4, encoderCell: "lstm" }),
    make("vectors", { features: 3 }),
    make("peepholes", { cell: "lstm", peepholes: true, encoderCell: "gru", connections: "residual" }),
    make("head", { head: [5], bidirectional: false }),
    make("tied", { embedding: 6, tied: true }),
    autoencoder("texts", 0, {}),
    autoencoder("texts, LSTM", 0, { cell: "lstm", encoderLayers: 1 }),
    autoencoder("vectors", 2, { cell: "lstm" }),
  ];
}

function others(): Case[] {
  const columns = ["a", "b"];
  const scales = columns.map(() => ({ mean: 1, deviation: 2, step: 1, change: 3, last: 0 }));
  const forecasters = ["joint", "direct"].map((strategy): Case => {
    const spec = { ...defaultForecasterSpec(columns), hidden: 5, layers: 2, horizon: 3, strategy } as never;
    const model = scramble(new Forecaster(rt, spec, { scaling: Scaling.fromJSON(scales) }));
    const rows = floats([T, B, 4]);
    return {
      name: `forecaster, ${strategy}`,
      model,
      arguments: [rows],
      expected: infer(() => model.forward(tensor(rows)).output),
    };
  });
  const vocabulary = new Vocabulary(WORDS);
  const conditions = new Vocabulary(["up", "down", "<UNK>"]);
  const scaling = new FeatureScaling([0, 0, 0], [1, 1, 1]);
  const generator = (name: string, own: object, tables: object, given: readonly Argument[]): Case => {
    const spec = { ...defaultGeneratorSpec(), ...network, ...own };
    const model = scramble(new ConditionalGenerator(rt, spec, { vocabulary, ...tables } as never));
    const ids = ints([T, B], WORDS.length);
    const [condition, steps] = given;
    return {
      name: `generator, ${name}`,
      model,
      arguments: [ids, condition!, lengths(), ...(steps ? [steps] : [])],
      expected: infer(() => {
        const vectors = steps
          ? model.condition!.forward(tensor(condition!), [...steps.data])
          : tensor(condition!);
        return model.forward(tensor(ids), vectors, LENGTHS).logits;
      }),
    };
  };
  const sequence = { condition: "sequence", cell: "lstm" };
  const embedder = (name: string, own: object): Case => {
    const spec = { ...defaultEmbedderSpec(), ...network, size: 4, ...own };
    const model = scramble(new SequenceEmbedder(rt, spec, { vocabulary }));
    const ids = ints([T, B], WORDS.length);
    return {
      name: `embedder, ${name}`,
      model,
      arguments: [ids, lengths()],
      expected: infer(() => model.forward(tensor(ids), LENGTHS)),
    };
  };
  const transcriber = scramble(
    new Transcriber(
      rt,
      { ...defaultTranscriberSpec(3), hidden: 5, layers: 1, stack: 2, bidirectional: true },
      { scaling, symbols: new Vocabulary(["a", "b"]) },
    ),
  );
  const x = floats([T, B, 6]);
  return [
    ...forecasters,
    generator("names", {}, { conditions }, [floats([B, 3])]),
    generator("vectors", { features: 3, cell: "gru" }, {}, [floats([B, 3])]),
    generator("texts", sequence, { conditions }, [ints([4, B], 3), lengths([2, 4, 3])]),
    generator("sequences of vectors", { ...sequence, features: 3 }, { scaling }, [
      floats([4, B, 3]),
      lengths([2, 4, 3]),
    ]),
    embedder("mean+max", { pooling: "mean+max" }),
    embedder("last", { pooling: "last", bidirectional: true }),
    {
      name: "transcriber",
      model: transcriber,
      arguments: [x, lengths()],
      expected: infer(() => transcriber.forward(tensor(x), LENGTHS)),
    },
  ];
}

/** Makes all cases. Their models and outputs are on the runtime. */
export function makeCases(runtime: Runtime): readonly Case[] {
  rt = runtime;
  return [...languageModels(), ...labels(), ...sequences(), ...others()];
}
