import * as unrolled from "../../../src/index.ts";
import {
  B,
  type Case,
  casesOn,
  floats,
  ids,
  LENGTHS,
  list,
  type Numbers,
  numbers,
  shaken,
  small,
  T,
} from "./export-case.ts";
import { partedCases } from "./exported-parts.ts";

/** Makes the cases of all tasks. */
export function exportedCases(rt: unrolled.Runtime): Case[] {
  const { tensor, of, cut, file } = casesOn(rt);

  // Language models ---------------------------------------------------------------------------------------------------

  const languageModel = (name: string, spec: Partial<unrolled.LanguageModelSpec>): Case[] => {
    const whole = { ...unrolled.defaultLanguageModelSpec(), layers: 1, hidden: 3, dropout: 0, ...spec };
    const model = shaken(
      new unrolled.AdaptiveLanguageModel(rt, whole, new unrolled.Vocabulary([..."abcde", "<UNK>", "<EOS>"])),
    );
    const tokens = ids(7, T, B);
    const { layers, hidden } = whole;
    const h = numbers(layers, B, hidden);
    const c = model.rnn.cells[0]!.memory ? { c: numbers(layers, B, hidden) } : {};
    const run = (states: Partial<Record<"h" | "c", Numbers>>, lengths?: readonly number[]) => {
      const given = { h: states.h && tensor(states.h), c: states.c && tensor(states.c) };
      const { logits, state } = model.forward(tensor(tokens), states.h && (given as never), lengths);
      const outputs = { h_out: of(state.h), ...(state.c && { c_out: of(state.c) }) };
      return { logits: cut(of(logits), lengths), ...(states.h && outputs) };
    };
    const lengths = list(LENGTHS);
    return [
      { name, bytes: file(model), inputs: { tokens }, expected: run({}) },
      {
        name: `${name}, states and lengths`,
        bytes: file(model, { states: true, lengths: true }),
        inputs: { tokens, lengths, h, ...c },
        expected: run({ h, ...c }, LENGTHS),
      },
    ];
  };
  const relu = ["relu", "tanh", "tanh"] as const;
  const languageModels = [
    ...languageModel("lstm", { layers: 2, embedding: 4, tied: false }),
    ...languageModel("gru", { cell: "gru", connections: "residual", layers: 2, norm: "layer" }),
    ...languageModel("rnn", { cell: "rnn", head: [5] }),
    ...languageModel("adaptive", { level: "word", softmax: "adaptive", cutoffs: [3, 5], hidden: 5 }),
    ...languageModel("adaptive and tied", {
      level: "word",
      softmax: "adaptive",
      cutoffs: [3, 5],
      embedding: 3,
      tied: true,
    }),
    ...languageModel("lstm, gateNorm", { gateNorm: true, layers: 2, connections: "highway" }),
    ...languageModel("lstm, gateNorm and peepholes", { gateNorm: true, peepholes: true, gateClip: 0.4 }),
    ...languageModel("lstm, gateClip", { gateClip: 0.3, gateNorm: "batch" }),
    ...languageModel("lstm, peepholes of the state before", { peepholes: "previous" }),
    ...languageModel("lstm, coupled", { forgetGate: "coupled", peepholes: "previous", gateClip: 0.4 }),
    ...languageModel("lstm, no forget gate", { forgetGate: "none", activations: relu, peepholes: true }),
    ...languageModel("gru, gateNorm", { cell: "gru", gateNorm: true }),
    ...languageModel("gru, gateNorm, reset before", { cell: "gru", gateNorm: true, resetAfter: false }),
    ...languageModel("gru, no reset gate", { cell: "gru", resetGate: false, gateClip: 0.3, gateNorm: true }),
    ...languageModel("gru, logSigmoid", { cell: "gru", activations: ["sigmoid", "logSigmoid"] }),
    ...languageModel("rnn, gateNorm", { cell: "rnn", gateNorm: true, nonlinearity: "relu" }),
    ...languageModel("rnn, exp", { cell: "rnn", activations: ["exp"], gateClip: 1 }),
    ...(
      [
        "affine",
        "scaledTanh",
        "hardSigmoid",
        "elu",
        "leakyRelu",
        "thresholdedRelu",
        "softsign",
        "softplus",
      ] as const
    ).flatMap((name) => {
      const parameters = { alpha: 0.4, ...(/affine|scaled|hard/.test(name) && { beta: 0.6 }) };
      const activations = [{ name, ...parameters }];
      return languageModel(`rnn, gateNorm, ${name}`, { cell: "rnn", gateNorm: true, activations });
    }),
  ];

  // One output for each step, or for all ------------------------------------------------------------------------------

  const sentences = ["a b c", "b c d"].map((text) => ({ tokens: text.split(" "), labels: ["L", "M", "N"] }));
  const labelled = (): Case[] => {
    const words = ids(3, T, B);
    const [given, lengths] = [{ tokens: words, lengths: list(LENGTHS) }, LENGTHS];
    const spec = { ...unrolled.defaultTaggerSpec(), ...small, characters: 0, bidirectional: true };
    const tagger = shaken(
      new unrolled.Tagger(
        rt,
        { ...spec, gateNorm: true, layers: 2 },
        unrolled.labelTables(sentences, spec, { minCount: 1 }),
      ),
    );
    const spelled = { ...spec, characters: 2, characterHidden: 3 };
    const speller = shaken(
      new unrolled.Tagger(rt, spelled, unrolled.labelTables(sentences, spelled, { minCount: 1 })),
    );
    const spellings = { words: ids(2, T, B), characters: ids(3, 3, 2), character_counts: list([1, 3]) };
    const single = sentences.map(({ tokens }, i) => ({ tokens, labels: ["LM"[i]!] }));
    const pooled = (["last", "mean+max"] as const).map((pooling) => {
      const own = { ...unrolled.defaultClassifierSpec(), ...small, bidirectional: true, pooling };
      const model = shaken(
        new unrolled.Classifier(rt, own, unrolled.labelTables(single, own, { minCount: 1 })),
      );
      return {
        name: `classifier, ${pooling}`,
        bytes: file(model, { lengths: true }),
        inputs: given,
        expected: { logits: of(model.forward(tensor(words), lengths).logits) },
      };
    });
    return [
      {
        name: "tagger, both directions and gateNorm",
        bytes: file(tagger, { lengths: true }),
        inputs: given,
        expected: { logits: cut(of(tagger.forward(tensor(words), lengths).logits), lengths) },
      },
      {
        name: "tagger, characters",
        bytes: file(speller, { lengths: true }),
        inputs: { ...given, ...spellings },
        expected: {
          logits: cut(
            of(
              speller.forward(tensor(words), lengths, {
                words: Int32Array.from(spellings.words.data),
                characters: Int32Array.from(spellings.characters.data),
                lengths: [1, 3],
              }).logits,
            ),
            lengths,
          ),
        },
      },
      ...pooled,
    ];
  };

  const others = (): Case[] => {
    const given = { tokens: ids(3, T, B), lengths: list(LENGTHS) };
    const spec = { ...unrolled.defaultEmbedderSpec(), ...small, size: 6 };
    const vocabulary = new unrolled.Vocabulary(["a", "b", "<UNK>"]);
    const embedder = shaken(new unrolled.SequenceEmbedder(rt, spec, { vocabulary }));
    const stacked = { ...unrolled.defaultTranscriberSpec(2), hidden: 4, layers: 1, stack: 2 };
    const recordings = [{ vectors: [[1, 2], [3, 5]], text: "ab" }]; // biome-ignore format: two steps
    const tables = unrolled.transcriberTables(recordings, stacked);
    const transcriber = shaken(new unrolled.Transcriber(rt, stacked, tables));
    const features = numbers(T, B, 4);
    const { mean, deviation } = tables.scaling;
    const scaled = features.data.map((value, i) => (value - mean[i % 2]!) / deviation[i % 2]!);
    const series = unrolled.seriesOf({ a: [1, 2, 4, 7, 3], b: [5, 3, 4, 2, 8] });
    const columns = { ...unrolled.defaultForecasterSpec(["a", "b"]), hidden: 4, layers: 1 };
    const forecaster = shaken(
      new unrolled.Forecaster(rt, columns, { scaling: unrolled.scalingOf(columns, series) }),
    );
    const rows = numbers(T, 1, 2);
    const past = Array.from({ length: T }, (_, t) => rows.data.slice(2 * t, 2 * t + 2));
    const forecasts = past.flatMap((_, t) => forecaster.forecast(past.slice(0, t + 1), 1).flat());
    return [
      {
        name: "embedder",
        bytes: file(embedder, { lengths: true }),
        inputs: given,
        expected: { vectors: of(embedder.forward(tensor(given.tokens), LENGTHS)) },
      },
      {
        name: "transcriber",
        bytes: file(transcriber),
        inputs: { features },
        expected: { logits: of(transcriber.forward(tensor(floats(scaled, features.shape)))) },
      },
      {
        name: "forecaster",
        bytes: file(forecaster),
        inputs: { rows },
        expected: { forecasts: floats(forecasts, [T, 1, 2]) },
      },
    ];
  };

  return [...languageModels, ...labelled(), ...others(), ...partedCases(rt)];
}
