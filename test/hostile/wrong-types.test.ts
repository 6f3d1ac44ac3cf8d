// One table of all public calls, so that a call that is missing can be found. It is long because each call has a row.
// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import { afterAll, describe, expect, it } from "vitest";
import * as unrolled from "../../src/index.ts";
import { nn, optim, UnrolledError } from "../../src/index.ts";
import { openStore } from "../../src/storage/disk.node.ts";
import * as tasks from "../../src/tasks/index.ts";
import { Connection, connect, startGroup } from "../../worker/connect.ts";
import { newEmbedder, PAIRS as TEXT_PAIRS } from "../models/embedder/embedders.ts";
import { newForecaster, waves } from "../models/forecaster/forecasters.ts";
import { CALLS, newGenerator } from "../models/generator/generators.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "../models/labels/labels.ts";
import { newSetClassifier, THINGS } from "../models/labels/sets.ts";
import { newAutoencoder, newEncoderDecoder, PAIRS } from "../models/sequence-to-sequence/pairs.ts";
import {
  newDescriber,
  newStrokeAutoencoder,
  STROKE_PAIRS,
  VECTORS,
} from "../models/sequence-to-sequence/strokes.ts";
import { newTranscriber, EXAMPLES as RECORDINGS } from "../models/transcriber/transcribers.ts";
import { startRuntime } from "../runtimes.ts";
import { MemoryStore, newTrainer, TEXT } from "../train/run.ts";

// Every function, constructor and method that programs call answers values of wrong types with an UnrolledError, or takes them.

// biome-ignore lint/suspicious/noExplicitAny: values that no type allows
type Any = any;
type Row = readonly [name: string, args: () => readonly unknown[], call: (...args: Any[]) => unknown];

const rt = await startRuntime();
const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const trainer = newTrainer(rt);
const { model } = trainer;
const ids = model.encode(TEXT);
const [classifier, tagger, embedder] = [newClassifier(rt), newTagger(rt), newEmbedder(rt)];
const setClassifier = newSetClassifier(rt);
const [forecaster, generator] = [newForecaster(rt), newGenerator(rt)];
const [encoderDecoder, autoencoder] = [newEncoderDecoder(rt), newAutoencoder(rt)];
const [describer, strokes] = [newDescriber(rt), newStrokeAutoencoder(rt)];
const transcriber = newTranscriber(rt);
const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 2 });
const packed = model.pack();
const writer = newTranscriber(rt, { bidirectional: false }).pack();
const modelBytes = unrolled.serializeModel(model);
const checkpointBytes = unrolled.serializeCheckpoint(trainer, { best: null, dataHash: "" });
const x = () =>
  rt.tensor(
    Float32Array.from({ length: 6 }, (_, i) => i),
    [2, 3],
  );
const sequence = () => rt.tensor(new Float32Array(6), [2, 1, 3]);
const source = () => tasks.textSource("a\tb\n".repeat(9));
const parts = <T>(all: readonly T[]) => ({ train: all, validation: all });
const size = { inFeatures: 3, outFeatures: 2 };
const units = { inputSize: 3, hiddenSize: 2 };
const tables = { mean: [1], deviation: [1] };
const all = async (of: AsyncIterable<unknown>) => {
  for await (const _ of of);
};
const refuse = (problem: string): never => {
  throw new UnrolledError("ERR_VALUE", problem);
};
const KINDS = tasks.TASKS.map(({ Model }) => Model);
const connection = new Connection({ worker: false });

const ROWS: readonly Row[] = [
  // operations
  ["activation", () => [x(), "tanh"], unrolled.activation],
  ["attention", () => [sequence(), sequence(), sequence(), {}], unrolled.attention],
  ["batchNorm", () => [x(), {}], unrolled.batchNorm],
  ["binaryCrossEntropy", () => [x(), x(), {}], unrolled.binaryCrossEntropy],
  ["crossEntropy", () => [x(), rt.tensor(Int32Array.of(0, 1)), {}], unrolled.crossEntropy],
  ["ctcLoss", () => [sequence(), rt.tensor(Int32Array.of(1), [1, 1]), {}], unrolled.ctcLoss],
  ["dropout", () => [x(), 0.5, {}], unrolled.dropout],
  ["embedding", () => [x(), rt.tensor(Int32Array.of(0, 1)), {}], unrolled.embedding],
  ["layerNorm", () => [x(), {}], unrolled.layerNorm],
  ["linear", () => [x(), x(), rt.tensor([1, 2])], unrolled.linear],
  ["pool", () => [sequence(), "mean", { lengths: [2] }], unrolled.pool],
  ["concat", () => [[x(), x()]], unrolled.concat],
  ["stack", () => [[x(), x()]], unrolled.stack],
  ["gatherRows", () => [x(), [1], [1, 3]], unrolled.gatherRows],
  ["reshape", () => [x(), [3, 2]], unrolled.reshape],
  ["slice", () => [x(), 0, 1], unrolled.slice],
  ["scale", () => [x(), 2], unrolled.scale],
  ...(["add", "multiply", "meanAbsoluteError", "meanSquaredError"] as const).map(
    (name): Row => [name, () => [x(), x()], unrolled[name]],
  ),
  ...(
    [
      ...(["exp", "relu", "sigmoid", "softplus", "logSigmoid", "tanh", "sum", "mean"] as const),
      ...(["normalizeRows", "logSoftmax", "softmax"] as const),
    ] as const
  ).map((name): Row => [name, () => [x()], unrolled[name]]),
  // the runtime
  ["createRuntime", () => [{}], unrolled.createRuntime],
  ["createRuntimeSync", () => [{ module }], unrolled.createRuntimeSync],
  ["createRuntime: variant", () => ["auto"], (variant) => unrolled.createRuntime({ variant })],
  ["createRuntime: seed", () => [1], (seed) => unrolled.createRuntime({ seed, variant: "strict" })],
  ["createRuntimeSync: module", () => [module], (module) => unrolled.createRuntimeSync({ module })],
  ["compileKernels", () => ["strict"], unrolled.compileKernels],
  ["Runtime.tensor", () => [[1, 2], [2], {}], (...args: Any) => (rt.tensor as Any)(...args)],
  ["Runtime.zeros", () => [[2], {}], (...args: Any) => (rt.zeros as Any)(...args)],
  ["Runtime.backward", () => [[x()], []], (...args: Any) => (rt.backward as Any)(...args)],
  ["Runtime.scope", () => [() => 1], (f) => rt.scope(f)],
  ["Runtime.noGrad", () => [() => 1], (f) => rt.noGrad(f)],
  [
    "Runtime.random.state",
    () => [{ seed: 1, position: 1 }],
    (state) => {
      rt.random.state = state;
    },
  ],
  [
    "Tensor.backward",
    () => [rt.tensor([1])],
    (seed) => unrolled.sum(rt.tensor([1], [1], { requiresGrad: true })).backward(seed),
  ],
  // modules
  ...(
    [
      ["Linear", size],
      ["FeedForward", size],
      ["RNN", units],
      ["GRU", units],
      ["LSTM", units],
      ["BatchNorm", { numFeatures: 2 }],
      ["LayerNorm", { numFeatures: 2 }],
      ["Embedding", { numEmbeddings: 2, embeddingDim: 2 }],
      ["Dropout", {}],
    ] as const
  ).flatMap(([name, options]): Row[] => [
    [`new ${name}`, () => [rt, options], (...args) => new (nn as Any)[name](...args)],
    ...Object.keys(options).map(
      (field): Row => [
        `new ${name}: ${field}`,
        () => [2],
        (value) => new (nn as Any)[name](rt, { ...options, [field]: value }),
      ],
    ),
  ]),
  [
    "new Attention",
    () => [rt, { kind: "dot", querySize: 1, memorySize: 1 }],
    (...args) => new (unrolled.Attention as Any)(...args),
  ],
  ["LSTM.forward", () => [sequence(), {}], (...args: Any) => (lstm.forward as Any)(...args)],
  ["LSTM.forward: lengths", () => [[2]], (lengths) => lstm.forward(sequence(), { lengths })],
  ["LSTM.forward: h0", () => [rt.tensor([[[1, 2]]])], (h0) => lstm.forward(sequence(), { h0 })],
  ["LSTM.pack", () => [{}], (options) => lstm.pack(options)],
  ["LSTM.stream", () => [{}], (options) => lstm.pack().stream(options)],
  ["LSTM.step", () => [new Float32Array(3)], (input) => lstm.pack().stream().step(input)],
  [
    "LSTM.stream.state",
    () => [lstm.pack().stream().state],
    (state) => {
      lstm.pack().stream().state = state;
    },
  ],
  ["Linear.forward", () => [x()], (input) => new nn.Linear(rt, size).forward(input)],
  [
    "Embedding.forward",
    () => [rt.tensor(Int32Array.of(0))],
    (input) => new nn.Embedding(rt, { numEmbeddings: 2, embeddingDim: 2 }).forward(input),
  ],
  ["LayerNorm.forward", () => [x()], (input) => new nn.LayerNorm(rt, { numFeatures: 3 }).forward(input)],
  ["Dropout.forward", () => [x()], (input) => new nn.Dropout(rt, {}).forward(input)],
  ["Module.loadStateDict", () => [lstm.stateDict()], (state) => lstm.loadStateDict(state)],
  // optimizers
  ...(["Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop", "SGD"] as const).map(
    (name): Row => [
      `new ${name}`,
      () => [lstm.parameters(), { lr: 1 }],
      (...args) => new (optim as Any)[name](...args),
    ],
  ),
  [
    "Optimizer.loadStateDict",
    () => [new optim.SGD(lstm.parameters(), { lr: 1 }).stateDict()],
    (state) => new optim.SGD(lstm.parameters(), { lr: 1 }).loadStateDict(state),
  ],
  ["clipGradNorm", () => [lstm.parameters(), 1], optim.clipGradNorm],
  ["clipGradValue", () => [lstm.parameters(), 1], optim.clipGradValue],
  ["cosine", () => [{ total: 2 }], optim.cosine],
  ["linear schedule", () => [{ total: 2 }], optim.linear],
  ["exponentialDecay", () => [{ gamma: 1 }], optim.exponentialDecay],
  ["stepDecay", () => [{ every: 1 }], optim.stepDecay],
  ["onPlateau", () => [{}], optim.onPlateau],
  ["warmUp", () => [{ units: 1 }], optim.warmUp],
  // data
  ["new Vocabulary", () => [["a"]], (symbols) => new unrolled.Vocabulary(symbols)],
  [
    "Vocabulary.fromText",
    () => ["abc", {}],
    (...args: Any) => (unrolled.Vocabulary.fromText as Any)(...args),
  ],
  [
    "Vocabulary.fromTokens",
    () => [["a"], {}],
    (...args: Any) => (unrolled.Vocabulary.fromTokens as Any)(...args),
  ],
  ["Vocabulary.fromJSON", () => [["a"]], (json) => unrolled.Vocabulary.fromJSON(json)],
  ["Vocabulary.encode", () => ["1"], (text) => model.vocabulary.encode(text)],
  ["Vocabulary.encodeTokens", () => [["1"]], (tokens) => model.vocabulary.encodeTokens(tokens)],
  ["Vocabulary.decode", () => [[1]], (given) => model.vocabulary.decode(given)],
  ["Vocabulary.has", () => ["a"], (symbol) => model.vocabulary.has(symbol)],
  ["Vocabulary.unknownIn", () => ["a"], (text) => model.vocabulary.unknownIn(text)],
  [
    "new TextBatches",
    () => [ids, { batch: 2, seq: 2 }],
    (...args) => new (unrolled.TextBatches as Any)(...args),
  ],
  [
    "new SequenceBatches",
    () => [{ inputs: [ids], targets: [ids] }, { batch: 2 }],
    (...args) => new (unrolled.SequenceBatches as Any)(...args),
  ],
  [
    "new PairBatches",
    () => [{ sources: [ids], inputs: [ids], targets: [ids] }, { batch: 2 }],
    (...args) => new (unrolled.PairBatches as Any)(...args),
  ],
  [
    "new ContrastBatches",
    () => [TEXT_PAIRS, () => ids, { batch: 2 }],
    (...args) => new (unrolled.ContrastBatches as Any)(...args),
  ],
  [
    "new LabelBatches",
    () => [NAMES, tagger.tables, { batch: 2 }],
    (...args) => new (unrolled.LabelBatches as Any)(...args),
  ],
  ["evaluationSegments", () => [ids, { streams: 1, seq: 2 }], unrolled.evaluationSegments],
  ["splitBatches", () => [9, {}], unrolled.splitBatches],
  ["holdOut", () => [[1, 2, 3], 1, 1], unrolled.holdOut],
  ["new FeatureScaling", () => [[1], [1]], (...args) => new (unrolled.FeatureScaling as Any)(...args)],
  ["FeatureScaling.of", () => [[[[1]]], 1], (...args: Any) => (unrolled.FeatureScaling.of as Any)(...args)],
  ["FeatureScaling.none", () => [1], (width) => unrolled.FeatureScaling.none(width)],
  ["FeatureScaling.fromJSON", () => [tables], (json) => unrolled.FeatureScaling.fromJSON(json)],
  ["new Scaling", () => [forecaster.tables.scaling.columns], (columns) => new unrolled.Scaling(columns)],
  ["Scaling.fromJSON", () => [forecaster.tables.scaling.columns], (json) => unrolled.Scaling.fromJSON(json)],
  ["Scaling.of", () => [waves(), [1]], (...args: Any) => (unrolled.Scaling.of as Any)(...args)],
  ["tokenize", () => ["a b", {}], unrolled.tokenize as Any],
  ["sequenceTokens", () => ["a b", "word"], unrolled.sequenceTokens],
  ["tokensApart", () => ["a b"], unrolled.tokensApart],
  ["joinTokens", () => [["a"], "word"], unrolled.joinTokens],
  [
    "sequencePair",
    () => ["a", "b", { sourceLevel: "char", targetLevel: "char", lowerCase: false }],
    unrolled.sequencePair,
  ],
  ["classifierExample", () => ["a", "b", { level: "word" }], unrolled.classifierExample],
  ["seriesOf", () => [{ a: [1, 2] }], unrolled.seriesOf],
  ["holdOutEnd", () => [waves(), 1], unrolled.holdOutEnd],
  ["scalingOf", () => [forecaster.spec, waves()], unrolled.scalingOf],
  [
    "new ForecasterCoding",
    () => [forecaster.spec, forecaster.tables.scaling],
    (...args) => new (unrolled.ForecasterCoding as Any)(...args),
  ],
  ["featuresOf", () => [[]], unrolled.featuresOf],
  ["embedderVocabulary", () => [TEXT_PAIRS, "word", {}], unrolled.embedderVocabulary],
  [
    "conditionTables",
    () => [["up", "down"], { condition: "single", features: 0, level: "char" }, 2],
    unrolled.conditionTables as Any,
  ],
  ["transcriberTables", () => [RECORDINGS, { features: 3 }], unrolled.transcriberTables],
  ["ctcGreedy", () => [new Float32Array(4), 2, {}], unrolled.ctcGreedy],
  ["ctcBeamSearch", () => [new Float32Array(4), 2, {}], unrolled.ctcBeamSearch],
  ["generatorVocabulary", () => [CALLS, {}], unrolled.generatorVocabulary],
  ["textVocabulary", () => [TEXT, model.spec, {}], unrolled.textVocabulary],
  ["unknownSymbols", () => ["a", model.spec, model.vocabulary], unrolled.unknownSymbols],
  ["labelTables", () => [NAMES, { characters: 0 }, {}], unrolled.labelTables],
  // readers of texts
  ["numberedLines", () => [["a\n"]], (chunks) => all(unrolled.numberedLines(chunks) as Any)],
  ["lineBatches", () => [["a\n"]], (chunks) => all(unrolled.lineBatches(chunks) as Any)],
  ["readColumns", () => [["a\tb\n"], "x", 2], (...args: Any) => all((unrolled.readColumns as Any)(...args))],
  [
    "readLabelledLines",
    () => [["a\tb\n"], "x", false],
    (...args: Any) => all((unrolled.readLabelledLines as Any)(...args)),
  ],
  [
    "readConditioned",
    () => [["a\tb\n"], "x"],
    (...args: Any) => all((unrolled.readConditioned as Any)(...args)),
  ],
  ["readPairs", () => [["a\tb\n"], "x"], (...args: Any) => all((unrolled.readPairs as Any)(...args))],
  ["readTextPairs", () => [["a\tb\n"], "x"], (...args: Any) => all((unrolled.readTextPairs as Any)(...args))],
  [
    "readJsonExamples",
    () => [['{"tokens":["a"],"label":"b"}\n'], "x", { targetPer: "sequence" }],
    (...args: Any) => all((unrolled.readJsonExamples as Any)(...args)),
  ],
  ["readSeries", () => [["a\n1\n2\n"], "x", ["a"], {}], unrolled.readSeries],
  [
    "checkFields",
    () => [unrolled.labelledForm(), ["a", "b"], ["textColumn"], refuse],
    unrolled.checkFields as Any,
  ],
  ["divideAt", () => ["a b", 1], unrolled.divideAt],
  ["indexOfName", () => [["a"], "a"], unrolled.indexOfName],
  ["isUnspaced", () => ["a"], unrolled.isUnspaced],
  ["normalized", () => ["a", { normalForm: "NFC" }], unrolled.normalized as Any],
  ["labelledForm", () => [true], unrolled.labelledForm],
  [
    "readForm",
    () => [["a\tb\n"], "x", unrolled.labelledForm()],
    (...args: Any) => all((unrolled.readForm as Any)(...args)),
  ],
  [
    "readObjects",
    () => [["{}\n"], "x", "jsonl"],
    (...args: Any) => all((unrolled.readObjects as Any)(...args)),
  ],
  [
    "readJsonRows",
    () => [['{"tokens":["a"],"label":"b"}\n'], "x", { targetPer: "sequence" }],
    (...args: Any) => all((unrolled.readJsonRows as Any)(...args)),
  ],
  ["chooseVariant", () => ["auto"], unrolled.chooseVariant],
  ["taggerCutOf", () => [[["a", "b"]], tagger.spec], unrolled.taggerCutOf],
  // files
  ["parseSafetensors", () => [modelBytes], unrolled.parseSafetensors],
  [
    "serializeSafetensors",
    () => [{ a: { shape: [1], data: Float32Array.of(1) } }, {}],
    unrolled.serializeSafetensors,
  ],
  [
    "serializeSafetensors: tensor",
    () => [{ shape: [1], data: Float32Array.of(1) }],
    (a) => unrolled.serializeSafetensors({ a }),
  ],
  ["sha256", () => [modelBytes], unrolled.sha256],
  ["loadModel", () => [rt, modelBytes, KINDS], unrolled.loadModel],
  ["parseModel", () => [modelBytes, KINDS], unrolled.parseModel],
  ["serializeModel", () => [model], unrolled.serializeModel],
  ["storedSpec", () => [model], unrolled.storedSpec],
  ["openCheckpoint", () => [checkpointBytes, KINDS], unrolled.openCheckpoint],
  ["openLanguageModelCheckpoint", () => [checkpointBytes], unrolled.openLanguageModelCheckpoint],
  [
    "LanguageModelCheckpoint.resume",
    () => [rt, TEXT, {}],
    (...args: Any) => (unrolled.openLanguageModelCheckpoint(checkpointBytes).resume as Any)(...args),
  ],
  ["serializeCheckpoint", () => [trainer, { best: null, dataHash: "" }], unrolled.serializeCheckpoint],
  ["hashText", () => ["a"], unrolled.hashText],
  // metrics
  ["bleu", () => [[["a"]], [["a"]]], unrolled.bleu],
  ["accuracy", () => [unrolled.confusionMatrix(["a", "b"], ["a", "b"])], unrolled.accuracy],
  ["macroF1", () => [unrolled.confusionMatrix(["a", "b"], ["a", "b"])], unrolled.macroF1],
  ["classScores", () => [unrolled.confusionMatrix(["a", "b"], ["a", "b"])], unrolled.classScores],
  [
    "confusionMatrix",
    () => [
      [0, 1],
      [0, 1],
    ],
    unrolled.confusionMatrix as Any,
  ],
  ["multiLabelCounts", () => [[["a"]], [["a"]]], unrolled.multiLabelCounts],
  ["multiLabelCounts: labels", () => [["a"]], (labels) => unrolled.multiLabelCounts([labels], [labels])],
  ["multiLabelScores", () => [unrolled.multiLabelCounts([["a"]], [["a"]])], unrolled.multiLabelScores],
  ["labelSet", () => ["a,b"], unrolled.labelSet],
  ["labelCell", () => [["a", "b"]], unrolled.labelCell],
  ["new Thresholds", () => [[0.5]], (values) => new unrolled.Thresholds(values)],
  ["Thresholds.fromJSON", () => [[0.5]], (json) => unrolled.Thresholds.fromJSON(json)],
  ["editDistance", () => [["a"], ["b"]], unrolled.editDistance],
  ["errorRate", () => [[["a"]], [["b"]]], unrolled.errorRate],
  ["exactMatch", () => [[["a"]], [["b"]]], unrolled.exactMatch],
  ...(["mae", "mse", "nrmse", "rmse"] as const).map(
    (name): Row => [
      name,
      () => [
        [1, 2],
        [1, 3],
      ],
      unrolled[name],
    ],
  ),
  ["cosineSimilarity", () => [[1], [1]], unrolled.cosineSimilarity],
  ["nearest", () => [[1], [[1]], 1], unrolled.nearest as Any],
  ["retrievalScores", () => [[[1]], [[1]]], unrolled.retrievalScores as Any],
  ["areSpanTags", () => [["O"]], unrolled.areSpanTags],
  ["spanScores", () => [[["O"]], [["O"]]], unrolled.spanScores],
  ["spansOf", () => [["O"]], unrolled.spansOf],
  // specs and recipes
  ...Object.entries(unrolled)
    .filter(([name]) => /^check\w+Spec$/.test(name))
    .map(([name, check]): Row => [name, () => [{}], check as Any]),
  ["checkRecipe", () => [{}], unrolled.checkRecipe],
  ["recipeSchema.check", () => [{}, "x"], (...args: Any) => (unrolled.recipeSchema.check as Any)(...args)],
  ["defaultClassifierSpec", () => ["word", 0], unrolled.defaultClassifierSpec],
  ["defaultTaggerSpec", () => [0], unrolled.defaultTaggerSpec],
  ["defaultEmbedderSpec", () => ["word"], unrolled.defaultEmbedderSpec],
  ["defaultGeneratorSpec", () => ["word"], unrolled.defaultGeneratorSpec],
  ["defaultLanguageModelSpec", () => ["word"], unrolled.defaultLanguageModelSpec],
  ["defaultAutoencoderSpec", () => ["word"], unrolled.defaultAutoencoderSpec],
  ["defaultEncoderDecoderSpec", () => ["word", "word"], unrolled.defaultEncoderDecoderSpec],
  ["defaultForecasterSpec", () => [["a"]], unrolled.defaultForecasterSpec],
  ["languageModelRecipe", () => ["char"], unrolled.languageModelRecipe],
  ["labelRecipe", () => ["tagger"], unrolled.labelRecipe as Any],
  ["sequenceRecipe", () => ["word"], unrolled.sequenceRecipe as Any],
  ["generatorRecipe", () => [], unrolled.generatorRecipe as Any],
  ["defaultTranscriberSpec", () => [3], unrolled.defaultTranscriberSpec],
  ["transcriberRecipe", () => [], unrolled.transcriberRecipe as Any],
  ["embedderRecipe", () => [], unrolled.embedderRecipe as Any],
  ["forecasterRecipe", () => [], unrolled.forecasterRecipe as Any],
  // models
  [
    "new LanguageModel",
    () => [rt, model.spec, model.vocabulary],
    (...args) => new (unrolled.LanguageModel as Any)(...args),
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
  ...(
    [
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
    ] as const
  ).map(
    ([name, one]): Row => [
      `new ${name}`,
      () => [rt, one.spec, one.tables],
      (...args) => new (unrolled as Any)[name.split(" ")[0]!](...args),
    ],
  ),
  ["Classifier.predict", () => [["a"]], (texts) => classifier.predict(texts)],
  ["Classifier.predict: example", () => ["a"], (text) => classifier.predict([text])],
  ["LabelModel.setThresholds", () => [0.5], (thresholds) => setClassifier.setThresholds(thresholds)],
  ["LabelModel.setThresholds: list", () => [[0.5, 0.5, 0.5]], (list) => setClassifier.setThresholds(list)],
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
  ["evaluateReconstruction", () => [strokes, VECTORS.slice(0, 3)], unrolled.evaluateReconstruction],
  [
    "evaluateSequences of vectors",
    () => [describer, STROKE_PAIRS.slice(0, 3), {}],
    unrolled.evaluateSequences,
  ],
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
  // training and evaluation
  [
    "new LanguageModelTrainer",
    () => [model, ids, { batch: 2, seq: 2 }],
    (...args) => new (unrolled.LanguageModelTrainer as Any)(...args),
  ],
  [
    "new LabelTrainer",
    () => [classifier, parts(REVIEWS), {}],
    (...args) => new (unrolled.LabelTrainer as Any)(...args),
  ],
  [
    "new EmbedderTrainer",
    () => [embedder, parts(TEXT_PAIRS), {}],
    (...args) => new (unrolled.EmbedderTrainer as Any)(...args),
  ],
  [
    "new ForecastTrainer",
    () => [forecaster, parts([]) && { train: waves(), validation: waves() }, {}],
    (...args) => new (unrolled.ForecastTrainer as Any)(...args),
  ],
  [
    "new GeneratorTrainer",
    () => [generator, parts(CALLS), {}],
    (...args) => new (unrolled.GeneratorTrainer as Any)(...args),
  ],
  [
    "new ReconstructionTrainer",
    () => [strokes, parts(VECTORS), {}],
    (...args) => new (unrolled.ReconstructionTrainer as Any)(...args),
  ],
  [
    "new SequenceTrainer",
    () => [encoderDecoder, parts(PAIRS), {}],
    (...args) => new (unrolled.SequenceTrainer as Any)(...args),
  ],
  [
    "new TranscriberTrainer",
    () => [transcriber, parts(RECORDINGS), {}],
    (...args) => new (unrolled.TranscriberTrainer as Any)(...args),
  ],
  ["evaluateTranscriber", () => [transcriber, RECORDINGS.slice(0, 3), {}], unrolled.evaluateTranscriber],
  ["evaluateText", () => [model, ids, {}], unrolled.evaluateText],
  ["evaluateText: streams", () => [1], (streams) => unrolled.evaluateText(model, ids, { streams })],
  ["evaluateText: seq", () => [1], (seq) => unrolled.evaluateText(model, ids, { seq })],
  ["evaluateLabels", () => [classifier, REVIEWS.slice(0, 3)], unrolled.evaluateLabels],
  ["evaluateLabels: sets", () => [setClassifier, THINGS.slice(0, 3)], unrolled.evaluateLabels],
  ["evaluateEmbedder", () => [embedder, TEXT_PAIRS.slice(0, 3)], unrolled.evaluateEmbedder],
  ["evaluateForecasts", () => [forecaster, waves(), {}], unrolled.evaluateForecasts],
  [
    "evaluateForecasts: from",
    () => [100],
    (from) => unrolled.evaluateForecasts(forecaster, waves(), { from }),
  ],
  ["evaluateGenerator", () => [generator, CALLS.slice(0, 3)], unrolled.evaluateGenerator],
  ["evaluateSequences", () => [encoderDecoder, PAIRS.slice(0, 3), {}], unrolled.evaluateSequences],
  [
    "train",
    () => [newTrainer(rt), { iterations: 1, dataHash: "", store: new MemoryStore() }],
    unrolled.train,
  ],
  [
    "train: validateEvery",
    () => [1],
    (validateEvery) =>
      unrolled.train(newTrainer(rt), {
        iterations: 1,
        validateEvery,
        dataHash: "",
        store: new MemoryStore(),
      }),
  ],
  [
    "train: store",
    () => [new MemoryStore()],
    (store) => unrolled.train(newTrainer(rt), { iterations: 1, dataHash: "", store }),
  ],
  ["lossAndGradients", () => [model, { batch: {}, iteration: 1 }], unrolled.lossAndGradients as Any],
  ["textGradientFlow", () => [model, ids, {}], unrolled.textGradientFlow],
  ["trainerGradientFlow", () => [trainer], unrolled.trainerGradientFlow],
  ["recordGradientFlow", () => [model, () => undefined], unrolled.recordGradientFlow as Any],
  ["diagnoseFlow", () => [[]], unrolled.diagnoseFlow as Any],
  ["errorOf", () => [{ loss: 1 }], unrolled.errorOf],
  // search
  ["search", () => [async () => {}, { space: { lr: [1] }, trials: 1 }], unrolled.search],
  [
    "search: trials",
    () => [1],
    (trials) => unrolled.search(async (_, { report }) => report(1, 1), { space: { lr: [1] }, trials }),
  ],
  [
    "search: history",
    () => [[]],
    (history) =>
      unrolled.search(async (_, { report }) => report(1, 1), { space: { lr: [1] }, trials: 1, history }),
  ],
  ["checkSpace", () => [{ lr: [1] }, ["lr"]], unrolled.checkSpace],
  ["checkSpace: dimension", () => [[1]], (lr) => unrolled.checkSpace({ lr })],
  ["checkSpace: value", () => [1], (value) => unrolled.checkSpace({ lr: [value] })],
  ["countCandidates", () => [{ lr: [1] }], unrolled.countCandidates],
  ["bestTrial", () => [[]], unrolled.bestTrial],
  ["parseSearchLog", () => ["", {}], unrolled.parseSearchLog],
  ["serializeSearchLog", () => [{}, []], unrolled.serializeSearchLog],
  // tasks
  ["textSource", () => ["a", "b"], (...args: Any) => tasks.readText((tasks.textSource as Any)(...args))],
  ["readText", () => [source()], tasks.readText],
  ["readAll", () => [source(), unrolled.readPairs], tasks.readAll as Any],
  ["decodeText", () => [[Uint8Array.of(97)], "x"], (...args: Any) => all((tasks.decodeText as Any)(...args))],
  ["withContext", () => ["x", () => 1], tasks.withContext],
  ["completeRecipe", () => [unrolled.DEFAULT_RECIPE, {}], tasks.completeRecipe],
  ["iterationsOf", () => [{}, tasks.classifierTask, trainer], tasks.iterationsOf as Any],
  ["lastIterationOf", () => [{}, tasks.classifierTask, trainer], tasks.lastIterationOf as Any],
  ["searchOptions", () => [{}], tasks.searchOptions as Any],
  [
    "newRun",
    () => [
      tasks.languageModelTask,
      {
        sources: { data: source() },
        complete: (spec: object) => spec,
        options: {},
        recipe: unrolled.DEFAULT_RECIPE,
        length: {},
      },
      async () => rt,
    ],
    tasks.newRun as Any,
  ],
  [
    "Task.read",
    () => [{ data: source() }, {}],
    (...args: Any) => (tasks.classifierTask.read as Any)(...args),
  ],
  [
    "Task.evaluate",
    () => [classifier, tasks.textSource("the film was good\tpos\n"), {}],
    (...args: Any) => (tasks.classifierTask.evaluate as Any)(...args),
  ],
  [
    "Task.predict",
    () => [classifier, ["a"]],
    (...args: Any) => (tasks.classifierTask.predict as Any)(...args),
  ],
  [
    "Task.write",
    () => [model, { length: 2 }],
    (...args: Any) => [...(tasks.languageModelTask.write as Any)(...args)],
  ],
  // workers and storage
  ["connect", () => [{ worker: false }], async (options) => (await connect(options)).release()],
  [
    "startGroup",
    () => [model, 1, {}],
    async (...args: Any) => (await (startGroup as Any)(...args)).release(),
  ],
  ["new Connection", () => [{}], (options) => new Connection(options)],
  ["Connection.ready", () => [{}], (options) => connection.ready(options)],
  ["Connection.start", () => [{ data: "a" }], (options) => connection.start(options)],
  [
    "Connection.restore",
    () => [{ data: "a", checkpoint: checkpointBytes }],
    (options) => connection.restore(options),
  ],
  [
    "Connection.restore: checkpoint",
    () => [checkpointBytes],
    (checkpoint) => connection.restore({ data: "a", checkpoint }),
  ],
  ["Connection.load", () => [modelBytes, {}], (...args: Any) => (connection.load as Any)(...args)],
  ["Connection.train", () => [{}], (options) => connection.train(options)],
  ["Connection.evaluate", () => [{}], (options) => connection.evaluate(options)],
  ["Connection.predict", () => [["a"], {}], (...args: Any) => (connection.predict as Any)(...args)],
  ["Connection.generate", () => [{}], (options) => connection.generate(options)],
  ["openStore", () => ["/tmp/unrolled-wrong-types"], openStore],
];

/** Calls of methods: the object, the method and its arguments. */
type MethodRow = readonly [name: string, of: () => Any, args: () => readonly unknown[]];

const pushed = () => {
  const stream = forecaster.pack().stream();
  stream.push([1, 2]);
  return stream;
};
const METHODS: readonly MethodRow[] = [
  ["FeatureScaling.apply", () => unrolled.FeatureScaling.none(1), () => [[1], new Float32Array(1), 0]],
  ["Module.train", () => new nn.Dropout(rt, {}), () => [true]],
  ["Module.inference", () => new nn.Dropout(rt, {}), () => [() => 1]],
  ["PackedLanguageModel.rank", () => packed, () => [["1"]]],
  ["PackedGenerator.stream", () => generator.pack(), () => ["cat"]],
  ["TokenStream.logProbability", () => packed.stream(), () => [1]],
  ["ForecasterStream.forecast", pushed, () => [1]],
  ["RecurrentStream.step", () => lstm.pack().stream(), () => [new Float32Array(3)]],
  ["PackedRecurrent.stream", () => lstm.pack(), () => [{}]],
  ["Recurrent.forward", () => lstm, () => [sequence(), {}]],
  ["Recurrent.pack", () => lstm, () => [{}]],
  ["FeedForward.forward", () => new nn.FeedForward(rt, size), () => [x()]],
  ["BatchNorm.forward", () => new nn.BatchNorm(rt, { numFeatures: 3 }), () => [x()]],
  ["PackedFeedForward.stream", () => new nn.FeedForward(rt, size).pack(), () => [1]],
  ["Trainer.setLengths", () => newTrainer(rt), () => [{}]],
  ["Trainer.averaged", () => trainer, () => [() => 1]],
  ["Trainer.observe", () => newTrainer(rt), () => [{ loss: 1 }]],
  ["LanguageModelTrainer.validate", () => trainer, () => [model]],
  ["LanguageModelTrainer.test", () => trainer, () => [model]],
  ["LabelTrainer.validate", () => new unrolled.LabelTrainer(classifier, parts(REVIEWS)), () => [classifier]],
  [
    "EmbedderTrainer.validate",
    () => new unrolled.EmbedderTrainer(embedder, parts(TEXT_PAIRS)),
    () => [embedder],
  ],
  [
    "ForecastTrainer.validate",
    () => new unrolled.ForecastTrainer(forecaster, { train: waves(), validation: waves() }),
    () => [forecaster],
  ],
  [
    "GeneratorTrainer.validate",
    () => new unrolled.GeneratorTrainer(generator, parts(CALLS)),
    () => [generator],
  ],
  [
    "SequenceTrainer.validate",
    () => new unrolled.SequenceTrainer(encoderDecoder, parts(PAIRS)),
    () => [encoderDecoder],
  ],
  ["classifierTask.predict", () => tasks.classifierTask, () => [classifier, ["a"], {}]],
  ["taggerTask.predict", () => tasks.taggerTask, () => [tagger, ["a"], {}]],
];

/** Values of all types. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  0: () => 0,
  "-1": () => -1,
  0.5: () => 0.5,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "5n": () => 5n,
  symbol: () => Symbol("s"),
  '""': () => "",
  '"text"': () => "text",
  "[]": () => [],
  "[1]": () => [1],
  "[null]": () => [null],
  '["text"]': () => ["text"],
  "{}": () => ({}),
  "{ a: null }": () => ({ a: null }),
  "no prototype": () => Object.create(null),
  function: () => () => 1,
  class: () => class {},
  proxy: () => new Proxy({}, {}),
  "proxy of a function": () => new Proxy(() => 1, {}),
  Date: () => new Date(0),
  Map: () => new Map(),
  Uint8Array: () => new Uint8Array(2),
  Float64Array: () => new Float64Array(2),
  Int32Array: () => new Int32Array(2),
  BigInt64Array: () => new BigInt64Array(2),
  ArrayBuffer: () => new ArrayBuffer(2),
  Tensor: () => rt.tensor([1]),
  Promise: () => Promise.resolve(1),
};

async function wrongAnswers([, args, call]: Row): Promise<string[]> {
  const found: string[] = [];
  const valid = args();
  for (let place = 0; place < valid.length; place++) {
    for (const [what, make] of Object.entries(VALUES)) {
      if (typeof valid[place] === "function" && typeof make() === "function") continue; // of the right type
      const given = [...args()];
      given[place] = make();
      try {
        await call(...given);
      } catch (error) {
        if (!(error instanceof UnrolledError)) found.push(`argument ${place + 1}, ${what}: ${error}`);
      }
    }
  }
  return found;
}

describe("wrong types", () => {
  afterAll(() => rt.dispose());

  const methods = METHODS.map(
    ([name, of, args]): Row => [name, args, (...given) => of()[name.replace(/.*\./, "")](...given)],
  );

  it.each([...ROWS, ...methods])("%s", async (...row) => {
    expect((await wrongAnswers(row)).slice(0, 60)).toEqual([]);
  });
});
