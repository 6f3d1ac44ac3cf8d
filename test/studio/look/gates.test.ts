import {
  Autoencoder,
  ConditionalGenerator,
  defaultAutoencoderSpec,
  defaultEmbedderSpec,
  defaultEncoderDecoderSpec,
  defaultForecasterSpec,
  defaultGeneratorSpec,
  defaultTaggerSpec,
  defaultTranscriberSpec,
  EncoderDecoder,
  embedderVocabulary,
  Forecaster,
  generatorVocabulary,
  labelTables,
  SequenceEmbedder,
  scalingOf,
  sequencePair,
  seriesOf,
  Tagger,
  Transcriber,
  transcriberTables,
  Vocabulary,
} from "unrolled";
import { describe, expect, it } from "vitest";
import { type GateView, gates } from "../../../studio/src/look/gates.ts";
import { classifier, languageModel, startRuntime } from "./models.ts";

const SHORT = 'The "cat (sat)".\n';

/** Checks the equations of the notes at every step, in the direction in which the layer reads. */
function expectEquations({ values, hidden: H, direction }: GateView): void {
  const { h, c, Γu: update, Γf: forget, Γo: output, c̃: candidate } = values;
  const T = h!.length / H;
  for (let t = 0; t < T; t++) {
    const before = direction ? t + 1 : t - 1;
    for (let k = 0; k < H; k++) {
      const at = t * H + k;
      const old = (states: Float32Array) => (before >= 0 && before < T ? states[before * H + k]! : 0);
      if (c) {
        expect(c[at]).toBeCloseTo(update![at]! * candidate![at]! + forget![at]! * old(c), 5);
        expect(h![at]).toBeCloseTo(output![at]! * Math.tanh(c[at]!), 5);
      } else {
        expect(h![at]).toBeCloseTo(update![at]! * candidate![at]! + (1 - update![at]!) * old(h!), 5);
      }
    }
  }
}

describe("names of the notes", () => {
  it("LSTM: c<t> = Γu c̃<t> + Γf c<t-1>, a<t> = Γo tanh(c<t>)", async () => {
    const views = gates(await languageModel({ cell: "lstm" }), SHORT);
    expect(views.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const view of views) {
      expect(Object.keys(view.values)).toEqual(["Γu", "Γf", "Γo", "c̃", "c", "h"]);
      expectEquations(view);
    }
  });

  it("GRU: c<t> = Γu c̃<t> + (1 - Γu) c<t-1>", async () => {
    for (const view of gates(await languageModel({ cell: "gru" }), SHORT)) {
      expect(Object.keys(view.values)).toEqual(["Γu", "Γr", "c̃", "h"]);
      expectEquations(view);
    }
  });

  it("RNN: h alone", async () => {
    for (const view of gates(await languageModel({ cell: "rnn" }), SHORT)) {
      expect(Object.keys(view.values)).toEqual(["h"]);
    }
  });

  it("Γr is that of the library's r", async () => {
    const model = await languageModel({ cell: "gru", layers: 1 });
    const [view] = gates(model, "ab");
    const [wx, , bx, bh] = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map(
      (name) => model.rnn.parameters()[name]!,
    );
    const id = model.encode("a")[0]!;
    const E = wx!.shape[1]!;
    const x = model.embedding?.weight.toArray().subarray(id * E, (id + 1) * E);
    // Row 0 of W_ir times the input, which is a one-hot vector if there is no embedding.
    const product = x?.reduce((sum, value, k) => sum + value * wx!.data[k]!, 0) ?? wx!.data[id]!;
    expect(view!.values.Γr![0]).toBeCloseTo(1 / (1 + Math.exp(-(product + bx!.data[0]! + bh!.data[0]!))), 5);
  });
});

it("a bidirectional classifier: the second direction starts at the end", async () => {
  const views = gates(await classifier({ cell: "lstm", layers: 2 }), "the film was good");
  expect(views.map(({ layer, direction }) => [layer, direction])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  views.forEach(expectEquations);
});

it("a tagger that reads characters: the layers over words alone", async () => {
  const rt = await startRuntime();
  const spec = { ...defaultTaggerSpec(), hidden: 5, embedding: 4, characters: 3, characterHidden: 2 };
  const examples = [{ tokens: ["a", "red", "car"], labels: ["D", "A", "N"] }];
  const model = new Tagger(rt, spec, labelTables(examples, spec, { minCount: 1 }));
  const views = gates(model, ["a", "red", "car"]);
  expect(new Set(views.map(({ part }) => part))).toEqual(new Set(["rnn"]));
  expect(views[0]!.symbols).toEqual(["a", "red", "car"]);
  expect(gates(model, ["a"]).map(({ symbols }) => symbols)).toEqual(views.map(() => ["a"]));
});

it("an encoder-decoder: both halves, the decoder over what it writes", async () => {
  const rt = await startRuntime();
  const spec = {
    ...defaultEncoderDecoderSpec(),
    hidden: 6,
    embedding: 4,
    sourceLevel: "char",
    targetLevel: "char",
  } as const;
  const pairs = [sequencePair("abc", "cba", spec)];
  const model = new EncoderDecoder(rt, spec, EncoderDecoder.tablesOf(pairs, spec, 1));
  const views = gates(model, "abc");
  const { tokens } = model.predict(["abc"])[0]!;
  for (const view of views) {
    expectEqualLength(view);
    const decoder = view.part === "decoder.rnn";
    expect(view.symbols).toEqual(decoder ? ["<EOS>", ...tokens] : [..."abc"]);
  }
  expect(new Set(views.map(({ part }) => part))).toEqual(new Set(["encoder.rnn", "decoder.rnn"]));
});

const expectEqualLength = ({ symbols, values, hidden }: GateView) =>
  expect(values.h!.length).toBe(symbols.length * hidden);

it("autoencoders of texts and of vectors, an embedder, a generator, a transcriber, a forecaster", async () => {
  const rt = await startRuntime();
  const text = { ...defaultAutoencoderSpec(), hidden: 4, embedding: 3 };
  const coder = new Autoencoder(rt, text, Autoencoder.tablesOf([[..."walk"]], text, 1));
  expect(new Set(gates(coder, "walk").map(({ part }) => part)).size).toBe(2);

  const vectors = [
    [1, 2],
    [0, 1],
    [3, 1],
  ];
  const points = { ...text, features: 2, embedding: 0 };
  const pointCoder = new Autoencoder(rt, points, Autoencoder.tablesOf([vectors], points));
  expect(gates(pointCoder, vectors)[0]!.symbols).toEqual(["1", "2", "3"]);

  const embedding = { ...defaultEmbedderSpec(), hidden: 4, embedding: 3, size: 4 };
  const embedder = new SequenceEmbedder(rt, embedding, {
    vocabulary: embedderVocabulary([["a b", "c"]], "word"),
  });
  expect(gates(embedder, "a b")[0]!.symbols).toEqual(["a", "b"]);

  const examples = [{ condition: "up", tokens: [..."abc"] }];
  const writing = { ...defaultGeneratorSpec(), hidden: 4, embedding: 3 };
  const conditions = Vocabulary.fromTokens(["up"], { unknown: false });
  const generator = new ConditionalGenerator(rt, writing, {
    vocabulary: generatorVocabulary(examples),
    conditions,
  });
  expect(gates(generator, { condition: "up", text: "abc" })[0]!.symbols).toEqual(["<EOS>", "a", "b", "c"]);

  const listening = { ...defaultTranscriberSpec(2), hidden: 4, layers: 1 };
  const heard = [{ vectors, text: "ab" }];
  const transcriber = new Transcriber(rt, listening, transcriberTables(heard, listening));
  const heardGates = gates(transcriber, vectors);
  heardGates.forEach(expectEqualLength);

  const looking = { ...defaultForecasterSpec(["y"]), hidden: 4, layers: 1 };
  const forecaster = new Forecaster(rt, looking, {
    scaling: scalingOf(looking, seriesOf({ y: [1, 2, 3, 4, 5] })),
  });
  const [view] = gates(forecaster, [1, 2, 3]);
  expect(view!.symbols).toEqual(["1", "2", "3"]);
  expectEquations(view!);
});
