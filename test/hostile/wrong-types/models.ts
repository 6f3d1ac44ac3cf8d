// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import { CALLS } from "../../models/generator/generators.ts";
import { PAIRS } from "../../models/sequence-to-sequence/pairs.ts";
import {
  type Any,
  autoencoder,
  classifier,
  describer,
  embedder,
  encoderDecoder,
  forecaster,
  generator,
  method,
  model,
  packed,
  type Row,
  rt,
  sequence,
  sequenceGenerator,
  setClassifier,
  setter,
  strokes,
  tagger,
  trainer,
  transcriber,
  writer,
  x,
} from "./setup.ts";

const tokens = () => rt.tensor(Int32Array.of(1), [1, 1]);
const pushed = () => {
  const stream = forecaster.pack().stream();
  stream.push([1, 2]);
  return stream;
};

/** A model of each class whose tables it takes, and its kinds of inputs. */
const MODELS = [
  ["Classifier", classifier],
  ["Tagger", tagger],
  ["SequenceEmbedder", embedder],
  ["Forecaster", forecaster],
  ["ConditionalGenerator", generator],
  ["EncoderDecoder", encoderDecoder],
  ["Autoencoder", autoencoder],
  ["EncoderDecoder of vectors", describer],
  ["Autoencoder of vectors", strokes],
  ["Transcriber", transcriber],
] as const;

/** Models and their streams. */
export const rows: readonly Row[] = [
  [
    "new LanguageModel",
    () => [rt, model.spec, model.vocabulary],
    (...args) => new (unrolled.LanguageModel as Any)(...args),
  ],
  ...(
    [
      ["LanguageModel.pack", model],
      ["Forecaster.pack", forecaster],
      ["ConditionalGenerator.pack", generator],
      ["ConditionReader.pack", sequenceGenerator.condition!],
      ["Transcriber.pack", transcriber],
    ] as const
  ).map(([name, given]) =>
    method(
      name,
      () => given,
      () => [{}],
    ),
  ),
  [
    "new AdaptiveLanguageModel",
    () => [rt, model.spec, model.vocabulary],
    (...args) => new (unrolled.AdaptiveLanguageModel as Any)(...args),
  ],
  [
    "AdaptiveLanguageModel.build",
    () => [rt, model.spec, model.tables],
    unrolled.AdaptiveLanguageModel.build as Any,
  ],
  ["LanguageModel.encode", () => ["a"], (text) => model.encode(text)],
  ["LanguageModel.loss", () => [trainer], (batch) => model.loss(batch)],
  ["LanguageModel.forward", () => [rt.tensor(Int32Array.of(1), [1, 1])], (tokens) => model.forward(tokens)],
  ["PackedLanguageModel.generate", () => [{}], (options) => [...packed.generate(options)]],
  [
    "PackedLanguageModel.generate: prompt",
    () => ["1"],
    (prompt) => [...packed.generate({ prompt, length: 3 })],
  ],
  ["PackedLanguageModel.generate: length", () => [3], (length) => packed.generate({ length }).next()],
  [
    "PackedLanguageModel.generate: temperature",
    () => [1],
    (temperature) => packed.generate({ temperature }).next(),
  ],
  ["PackedLanguageModel.generate: topK", () => [1], (topK) => packed.generate({ topK }).next()],
  ["PackedLanguageModel.generate: topP", () => [1], (topP) => packed.generate({ topP }).next()],
  ["PackedLanguageModel.generate: seed", () => [1], (seed) => packed.generate({ seed }).next()],
  ["PackedLanguageModel.score", () => ["1"], (text) => packed.score(text)],
  ["TokenStream.feed", () => [1], (id) => packed.stream().feed(id)],
  ["TokenStream.draw", () => [rt.random, {}], (...args: Any) => (packed.stream().draw as Any)(...args)],
  ...MODELS.map(
    ([name, one]): Row => [
      `new ${name}`,
      () => [rt, one.spec, one.tables],
      (...args) => new (unrolled as Any)[name.split(" ")[0]!](...args),
    ],
  ),
  ["LabelModel.setThresholds", () => [0.5], (thresholds) => setClassifier.setThresholds(thresholds)],
  ["LabelModel.setThresholds: list", () => [[0.5, 0.5, 0.5]], (list) => setClassifier.setThresholds(list)],
  ["Classifier.predict", () => [["a"]], (texts) => classifier.predict(texts)],
  ["Classifier.predict: example", () => ["a"], (text) => classifier.predict([text])],
  ["Tagger.predict", () => [["a"]], (texts) => tagger.predict(texts)],
  ["Tagger.predict: example", () => [["a"]], (tokens) => tagger.predict([tokens])],
  ["SequenceEmbedder.encode", () => [["the cat"]], (texts) => embedder.encode(texts)],
  ["SequenceEmbedder.encode: text", () => ["the cat"], (text) => embedder.encode([text])],
  [
    "Forecaster.forecast",
    () => [
      [
        [1, 2],
        [2, 3],
      ],
      1,
    ],
    (...args: Any) => (forecaster.forecast as Any)(...args),
  ],
  ["Forecaster.forecast: row", () => [[1, 2]], (row) => forecaster.forecast([row])],
  ["ForecasterStream.push", () => [[1, 2]], (row) => forecaster.pack().stream().push(row)],
  [
    "ForecasterStream.state",
    () => [forecaster.pack().stream().state],
    (state) => {
      forecaster.pack().stream().state = state;
    },
  ],
  [
    "PackedGenerator.generate",
    () => [{ condition: "cat" }],
    (options) => [...generator.pack().generate(options)],
  ],
  [
    "PackedGenerator.generate: condition",
    () => ["cat"],
    (condition) => [...generator.pack().generate({ condition, length: 3 })],
  ],
  ["ConditionalGenerator.scores", () => [["m"]], (tokens) => (generator as Any).conditionScores?.(tokens)],
  ["EncoderDecoder.predict", () => [["ab"], {}], (...args: Any) => (encoderDecoder.predict as Any)(...args)],
  ["EncoderDecoder.predict: source", () => ["ab"], (text) => encoderDecoder.predict([text])],
  ["EncoderDecoder.predict: beam", () => [1], (beam) => encoderDecoder.predict(["ab"], { beam })],
  [
    "EncoderDecoder.predict: maxLength",
    () => [1],
    (maxLength) => encoderDecoder.predict(["ab"], { maxLength }),
  ],
  [
    "EncoderDecoder.predict: lengthPenalty",
    () => [1],
    (lengthPenalty) => encoderDecoder.predict(["ab"], { lengthPenalty }),
  ],
  [
    "EncoderDecoder.predict of vectors",
    () => [[[[1, 2, 3]]], {}],
    (...args: Any) => (describer.predict as Any)(...args),
  ],
  ["EncoderDecoder.predict: sequence", () => [[[1, 2, 3]]], (vectors) => describer.predict([vectors])],
  ["EncoderDecoder.predict: vector", () => [[1, 2, 3]], (vector) => describer.predict([[vector]])],
  [
    "Autoencoder.predict of vectors",
    () => [[[[1, 2, 3]]], {}],
    (...args: Any) => (strokes.predict as Any)(...args),
  ],
  ["Autoencoder.encode: sequence", () => [[[1, 2, 3]]], (vectors) => strokes.encode([vectors])],
  ["Autoencoder.encode: vector", () => [[1, 2, 3]], (vector) => strokes.encode([[vector]])],
  ["Autoencoder.predict", () => [["ab"], {}], (...args: Any) => (autoencoder.predict as Any)(...args)],
  ["Autoencoder.encode", () => [["ab"]], (texts) => autoencoder.encode(texts)],
  ["Autoencoder.decode", () => [[[1]], {}], (...args: Any) => (autoencoder.decode as Any)(...args)],
  ["Transcriber.predict", () => [[[[1, 2, 3]]], {}], (...args: Any) => (transcriber.predict as Any)(...args)],
  ["Transcriber.predict: sequence", () => [[[1, 2, 3]]], (vectors) => transcriber.predict([vectors])],
  ["Transcriber.predict: vector", () => [[1, 2, 3]], (vector) => transcriber.predict([[vector]])],
  ["Transcriber.predict: beam", () => [2], (beam) => transcriber.predict([[[1, 2, 3]]], { beam })],
  ["Transcriber.logits", () => [[[[1, 2, 3]]]], (sequences) => transcriber.logits(sequences)],
  ["TranscriberStream.push", () => [[[1, 2, 3]]], (vectors) => writer.stream().push(vectors)],
  [
    "TranscriberStream.state",
    () => [writer.stream().state],
    (state) => {
      writer.stream().state = state;
    },
  ],
  method(
    "PackedLanguageModel.rank",
    () => packed,
    () => [["1"]],
  ),
  method(
    "PackedGenerator.stream",
    () => generator.pack(),
    () => ["cat"],
  ),
  method(
    "TokenStream.logProbability",
    () => packed.stream(),
    () => [1],
  ),
  method("ForecasterStream.forecast", pushed, () => [1]),
  ...([...MODELS, ["LanguageModel", model]] as const).map(
    ([name, one]): Row => [
      `${name}.build`,
      () => [rt, one.spec, one.tables],
      (...args) => (unrolled as Any)[name.split(" ")[0]!].build(...args),
    ],
  ),
  method(
    "Network.compute",
    () => forecaster,
    () => [rt.tensor(new Float32Array(forecaster.coding.inputs), [1, 1, forecaster.coding.inputs]), {}],
  ),
  method(
    "Classifier.tokens",
    () => classifier,
    () => ["a b"],
  ),
  method(
    "Tagger.tokens",
    () => tagger,
    () => ["a b", "words"],
  ),
  method(
    "LabelModel.forward",
    () => classifier,
    () => [tokens(), [1]],
  ),
  method(
    "LabelModel.probabilities",
    () => classifier,
    () => [[["a"]]],
  ),
  method(
    "LabelModel.label",
    () => classifier,
    () => [[["a"]]],
  ),
  method(
    "LabelModel.labelsOf",
    () => classifier,
    () => [new Float32Array(2), [1]],
  ),
  method(
    "SequenceEmbedder.tokens",
    () => embedder,
    () => ["the cat"],
  ),
  method(
    "SequenceEmbedder.ids",
    () => embedder,
    () => ["the cat"],
  ),
  method(
    "SequenceEmbedder.forward",
    () => embedder,
    () => [tokens(), [1]],
  ),
  method(
    "Forecaster.forward",
    () => forecaster,
    () => [sequence()],
  ),
  method(
    "Forecaster.forecast",
    () => forecaster,
    () => [[[1, 2]], 1],
  ),
  method(
    "ConditionalGenerator.vector",
    () => generator,
    () => ["cat"],
  ),
  method(
    "ConditionalGenerator.steps",
    () => sequenceGenerator,
    () => ["cat cow"],
  ),
  method(
    "ConditionalGenerator.begin",
    () => generator,
    () => [x()],
  ),
  method(
    "ConditionalGenerator.forward",
    () => generator,
    () => [tokens(), x(), [1]],
  ),
  method(
    "ConditionalGenerator.batches",
    () => generator,
    () => [CALLS, { batch: 2 }],
  ),
  method(
    "ConditionalGenerator.logProbabilities",
    () => generator,
    () => [CALLS.slice(0, 2)],
  ),
  method(
    "ConditionalGenerator.conditionsOf",
    () => generator,
    () => ["m", { cat: 1 }],
  ),
  ["cloze", () => [packed, "1 _", ["a", "p"]], unrolled.cloze as Any],
  ["listedAlternatives", () => ["a {b|c}"], unrolled.listedAlternatives],
  ["new Suggester", () => [packed], (given) => new unrolled.Suggester(given)],
  method(
    "Suggester.suggest",
    () => new unrolled.Suggester(packed),
    () => ["1", {}],
  ),
  method(
    "Autoencoder.tokens",
    () => autoencoder,
    () => ["ab"],
  ),
  method(
    "Autoencoder.tablesOf",
    () => unrolled.Autoencoder,
    () => [[["a"]], { level: "char" }, 1],
  ),
  method(
    "EncoderDecoder.tokens",
    () => encoderDecoder,
    () => ["ab"],
  ),
  method(
    "EncoderDecoder.tablesOf",
    () => unrolled.EncoderDecoder,
    () => [PAIRS, encoderDecoder.spec, 1],
  ),
  method(
    "SequenceToSequence.encodePairs",
    () => encoderDecoder,
    () => [PAIRS.slice(0, 2)],
  ),
  method(
    "SequenceToSequence.encodeBatch",
    () => encoderDecoder,
    () => [Int32Array.of(1, 2), [2]],
  ),
  method(
    "SequenceToSequence.write",
    () => encoderDecoder,
    () => [[["a"]], {}],
  ),
  method(
    "Transcriber.forward",
    () => transcriber,
    () => [sequence(), [2]],
  ),
  setter(
    "TokenStream.state",
    () => packed.stream(),
    () => packed.stream().state,
  ),
];
