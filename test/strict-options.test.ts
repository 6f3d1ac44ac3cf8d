// One table of all options objects of the public API: the last test compares it with the API. It is long because each has a row.
import { beforeAll, describe, expect, it } from "vitest";
import { finetune, GraphModule } from "../src/finetune/index.ts";
import { exportKeras, loadKeras } from "../src/formats/keras/index.ts";
import { exportOnnx, loadOnnx } from "../src/formats/onnx/index.ts";
import { loadTfjs } from "../src/formats/tfjs/index.ts";
import { loadTorch, readTorch } from "../src/formats/torch/index.ts";
import { createHandler } from "../src/handler/index.ts";
import * as unrolled from "../src/index.ts";
import { type Evaluated, nn, optim, type Trainer } from "../src/index.ts";
import * as tasks from "../src/tasks/index.ts";
import { wideKernels } from "../src/wide/wide.node.ts";
import { Connection, connect, startGroup } from "../worker/connect.ts";
import { dense, letters, spec as lettersSpec, voice, wave } from "./formats/small-models.ts";
import { newEmbedder, PAIRS as TEXT_PAIRS } from "./models/embedder/embedders.ts";
import { newForecaster, waves } from "./models/forecaster/forecasters.ts";
import { CALLS, newGenerator } from "./models/generator/generators.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "./models/labels/labels.ts";
import { smallModel } from "./models/language-model/model.ts";
import { newAutoencoder, newEncoderDecoder, PAIRS } from "./models/sequence-to-sequence/pairs.ts";
import { newStrokeAutoencoder, VECTORS } from "./models/sequence-to-sequence/strokes.ts";
import { newTranscriber, EXAMPLES as RECORDINGS } from "./models/transcriber/transcribers.ts";
import { objectParameters } from "./public-options.ts";
import { expectRejection, startRuntime } from "./runtimes.ts";
import { MemoryStore, newTrainer } from "./train/run.ts";

// Every function of the public API that takes an object of options calls `checkOptions` (src/checks.ts), and has a row here.

const rt = await startRuntime();
const x = rt.tensor(new Float32Array(6), [2, 3]);
const sequence = rt.tensor(new Float32Array(6), [2, 1, 3]);
const ids = Int32Array.from({ length: 200 }, (_, i) => i % 7);
const model = smallModel(rt);
const [classifier, tagger, embedder] = [newClassifier(rt), newTagger(rt), newEmbedder(rt)];
const [forecaster, generator] = [newForecaster(rt), newGenerator(rt)];
const reading = newGenerator(rt, { condition: "sequence" });
const [encoderDecoder, autoencoder] = [newEncoderDecoder(rt), newAutoencoder(rt)];
const strokes = newStrokeAutoencoder(rt);
const transcriber = newTranscriber(rt);
const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 2 });
const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const parts = { train: [], validation: [] };
const source = () => tasks.textSource("a\tb\n".repeat(9));
const foreign = loadOnnx(rt, voice);
const connection = new Connection({ worker: false });
const units = { inputSize: 3, hiddenSize: 2 };
const loss = { inFeatures: 3, outFeatures: 2 };

// biome-ignore lint/suspicious/noExplicitAny: values that no type allows
type Wrong = any;
/** Function, a misspelt option, the intended one; the call, and options that it needs. */
type Case = readonly [
  of: string,
  misspelt: string,
  meant: string,
  call: (options: Wrong) => unknown,
  needed?: object,
];

const CASES: readonly Case[] = [
  ["attention", "length", "lengths", (o) => unrolled.attention(sequence, sequence, sequence, o)],
  ["batchNorm", "bais", "bias", (o) => unrolled.batchNorm(x, o)],
  ["binaryCrossEntropy", "weights", "weight", (o) => unrolled.binaryCrossEntropy(x, x, o)],
  ["crossEntropy", "reducion", "reduction", (o) => unrolled.crossEntropy(x, x, o)],
  ["ctcLoss", "zeroInfinty", "zeroInfinity", (o) => unrolled.ctcLoss(sequence, x, o)],
  ["dropout", "variatonal", "variational", (o) => unrolled.dropout(x, 0.5, o)],
  ["embedding", "paddingIndex", "paddingIdx", (o) => unrolled.embedding(x, x, o)],
  ["layerNorm", "epss", "eps", (o) => unrolled.layerNorm(x, o)],
  ["pool", "length", "lengths", (o) => unrolled.pool(sequence, "mean", o)],
  ["evaluationSegments", "stream", "streams", (o) => unrolled.evaluationSegments(ids, o), { seq: 2 }],
  [
    "new SequenceBatches",
    "sed",
    "seed",
    (o) => new unrolled.SequenceBatches(parts as never, o),
    { batch: 1 },
  ],
  ["splitBatches", "trian", "train", (o) => unrolled.splitBatches(9, o)],
  ["new TextBatches", "sec", "seq", (o) => new unrolled.TextBatches(ids, o), { batch: 2 }],
  ["Vocabulary.fromText", "unknwon", "unknown", (o) => unrolled.Vocabulary.fromText("ab", o)],
  ["Vocabulary.fromTokens", "limits", "limit", (o) => unrolled.Vocabulary.fromTokens(["a"], o)],
  ["new ContrastBatches", "bach", "batch", (o) => new unrolled.ContrastBatches([], () => ids, o)],
  ["embedderVocabulary", "mincount", "minCount", (o) => unrolled.embedderVocabulary([], "char", o)],
  ["generatorVocabulary", "mincount", "minCount", (o) => unrolled.generatorVocabulary(CALLS, o)],
  ["textVocabulary", "mincount", "minCount", (o) => unrolled.textVocabulary("ab", model.spec, o)],
  ["labelTables", "mincount", "minCount", (o) => unrolled.labelTables(NAMES, { characters: 0 }, o)],
  ["ConditionalGenerator.batches", "bach", "batch", (o) => generator.batches(CALLS, o)],
  ["new LabelBatches", "label", "labels", (o) => new unrolled.LabelBatches([], o, { batch: 1 })],
  ["new LabelBatches", "wordDropuot", "wordDropout", (o) => new unrolled.LabelBatches([], tagger.tables, o)],
  ["new PairBatches", "pol", "pool", (o) => new unrolled.PairBatches(parts as never, o), { batch: 1 }],
  ["readJsonExamples", "targetper", "targetPer", (o) => unrolled.readJsonExamples(["{}"], "x", o).next()],
  ["readCandidates", "textColum", "textColumn", (o) => tasks.readCandidates(embedder, source(), o)],
  ["readJsonRows", "targetper", "targetPer", (o) => unrolled.readJsonRows(["{}"], "x", o).next()],
  ["evaluateText", "steams", "streams", (o) => unrolled.evaluateText(model, ids, o)],
  ["textGradientFlow", "stpes", "steps", (o) => unrolled.textGradientFlow(model, ids, o)],
  ["modelGradientFlow", "clipby", "clipBy", (o) => unrolled.modelGradientFlow(model, {} as never, o)],
  ["readSeries", "decimals", "decimal", (o) => unrolled.readSeries(["1"], "x", undefined, o)],
  ["evaluateForecasts", "step", "steps", (o) => unrolled.evaluateForecasts(forecaster, waves(), o)],
  ["evaluateSequences", "beem", "beam", (o) => unrolled.evaluateSequences(encoderDecoder, PAIRS, o)],
  ["new Classifier", "label", "labels", (o) => new unrolled.Classifier(rt, classifier.spec, o)],
  ["new Tagger", "label", "labels", (o) => new unrolled.Tagger(rt, tagger.spec, o)],
  [
    "new SequenceEmbedder",
    "vocabulry",
    "vocabulary",
    (o) => new unrolled.SequenceEmbedder(rt, embedder.spec, o),
  ],
  ["new Forecaster", "scalling", "scaling", (o) => new unrolled.Forecaster(rt, forecaster.spec, o)],
  [
    "new ConditionalGenerator",
    "condition",
    "conditions",
    (o) => new unrolled.ConditionalGenerator(rt, generator.spec, o),
  ],
  ["new Autoencoder", "vocabularies", "vocabulary", (o) => new unrolled.Autoencoder(rt, autoencoder.spec, o)],
  ["new EncoderDecoder", "sources", "source", (o) => new unrolled.EncoderDecoder(rt, encoderDecoder.spec, o)],
  ["new Transcriber", "symbol", "symbols", (o) => new unrolled.Transcriber(rt, transcriber.spec, o)],
  ["Transcriber.predict", "beem", "beam", (o) => transcriber.predict([[[1, 2, 3]]], o)],
  ["TranscriberCoding.batches", "bach", "batch", (o) => transcriber.coding.batches(RECORDINGS, o)],
  ["ctcGreedy", "blnk", "blank", (o) => unrolled.ctcGreedy(new Float32Array(4), 2, o)],
  ["ctcBeamSearch", "beem", "beam", (o) => unrolled.ctcBeamSearch(new Float32Array(4), 2, o)],
  ["evaluateTranscriber", "beem", "beam", (o) => unrolled.evaluateTranscriber(transcriber, RECORDINGS, o)],
  [
    "new TranscriberTrainer",
    "vaildation",
    "validation",
    (o) => new unrolled.TranscriberTrainer(transcriber, o),
  ],
  ["new LabelTrainer", "vaildation", "validation", (o) => new unrolled.LabelTrainer(tagger, o)],
  ["new EmbedderTrainer", "vaildation", "validation", (o) => new unrolled.EmbedderTrainer(embedder, o)],
  ["new ForecastTrainer", "vaildation", "validation", (o) => new unrolled.ForecastTrainer(forecaster, o)],
  ["new GeneratorTrainer", "vaildation", "validation", (o) => new unrolled.GeneratorTrainer(generator, o)],
  ["new SequenceTrainer", "vaildation", "validation", (o) => new unrolled.SequenceTrainer(autoencoder, o)],
  [
    "new ReconstructionTrainer",
    "vaildation",
    "validation",
    (o) => new unrolled.ReconstructionTrainer(strokes, o),
  ],
  ["PackedLanguageModel.generate", "lenght", "length", (o) => model.pack().generate(o)],
  ["TokenStream.write", "topk", "topK", (o) => model.pack().stream().write(1, null, rt.random, o)],
  ["TokenStream.draw", "topk", "topK", (o) => model.pack().stream().draw(rt.random, o)],
  ["Suggester.suggest", "topK", "top", (o) => new unrolled.Suggester(model.pack()).suggest("a", o)],
  ["PackedGenerator.generate", "conditon", "condition", (o) => generator.pack().generate(o)],
  ["Autoencoder.decode", "beem", "beam", (o) => autoencoder.decode([], o)],
  ["Autoencoder.predict", "beem", "beam", (o) => autoencoder.predict(["a"], o)],
  ["EncoderDecoder.predict", "beem", "beam", (o) => encoderDecoder.predict(["a"], o)],
  ["SequenceToSequence.write", "maxlength", "maxLength", (o) => encoderDecoder.write([["a"]], o)],
  [
    "new Attention",
    "memorysize",
    "memorySize",
    (o) => new unrolled.Attention(rt, o),
    { kind: "dot", querySize: 1 },
  ],
  [
    "new AdaptiveSoftmax",
    "cutofs",
    "cutoffs",
    (o) => new nn.AdaptiveSoftmax(rt, o),
    { inFeatures: 2, classes: 5, cutoffs: [2] },
  ],
  ["new BatchNorm", "momentun", "momentum", (o) => new nn.BatchNorm(rt, o), { numFeatures: 2 }],
  ["new LayerNorm", "afine", "affine", (o) => new nn.LayerNorm(rt, o), { numFeatures: 2 }],
  ["new RNN", "nonLinearity", "nonlinearity", (o) => new nn.RNN(rt, o), units],
  ["new GRU", "resetafter", "resetAfter", (o) => new nn.GRU(rt, o), units],
  ["new LSTM", "bidirection", "bidirectional", (o) => new nn.LSTM(rt, o), units],
  ["Recurrent.forward", "length", "lengths", (o) => lstm.forward(sequence, o)],
  ["Recurrent.pack", "token", "tokens", (o) => lstm.pack(o)],
  [
    "AdaptiveSoftmax.pack",
    "dtyp",
    "dtype",
    (o) => new nn.AdaptiveSoftmax(rt, { inFeatures: 3, classes: 5, cutoffs: [2] }).pack(o),
  ],
  ["FeedForward.pack", "dtyp", "dtype", (o) => new nn.FeedForward(rt, loss).pack(o)],
  ["LanguageModel.pack", "dtyp", "dtype", (o) => model.pack(o)],
  ["Forecaster.pack", "dtyp", "dtype", (o) => forecaster.pack(o)],
  ["ConditionReader.pack", "dtyp", "dtype", (o) => reading.condition!.pack(o)],
  ["ConditionalGenerator.pack", "dtyp", "dtype", (o) => generator.pack(o)],
  ["Transcriber.pack", "dtyp", "dtype", (o) => transcriber.pack(o)],
  ["PackedRecurrent.stream", "bach", "batch", (o) => lstm.pack().stream(o)],
  ["new Dropout", "variatonal", "variational", (o) => new nn.Dropout(rt, o)],
  ["new Embedding", "embeddingdim", "embeddingDim", (o) => new nn.Embedding(rt, o), { numEmbeddings: 2 }],
  ["new FeedForward", "activaton", "activation", (o) => new nn.FeedForward(rt, o), loss],
  ["new Linear", "bais", "bias", (o) => new nn.Linear(rt, o), loss],
  ["new Adam", "weight_decay", "weightDecay", (o) => new optim.Adam(lstm.parameters(), o)],
  ["new AdamW", "beta", "betas", (o) => new optim.AdamW(lstm.parameters(), o)],
  ["new Adadelta", "roh", "rho", (o) => new optim.Adadelta(lstm.parameters(), o)],
  ["new Adagrad", "lrdecay", "lrDecay", (o) => new optim.Adagrad(lstm.parameters(), o)],
  ["new RMSprop", "centred", "centered", (o) => new optim.RMSprop(lstm.parameters(), o)],
  ["new SGD", "momentun", "momentum", (o) => new optim.SGD(lstm.parameters(), o), { lr: 1 }],
  ["cosine", "totals", "total", (o) => optim.cosine(o)],
  ["exponentialDecay", "gama", "gamma", (o) => optim.exponentialDecay(o)],
  ["linear", "flor", "floor", (o) => optim.linear(o), { total: 2 }],
  ["onPlateau", "patients", "patience", (o) => optim.onPlateau(o)],
  ["stepDecay", "evry", "every", (o) => optim.stepDecay(o)],
  ["warmUp", "unit", "units", (o) => optim.warmUp(o)],
  ["createRuntime", "varient", "variant", (o) => unrolled.createRuntime(o)],
  ["wideKernels", "wid", "wide", (o) => wideKernels(o)],
  ["createRuntimeSync", "sed", "seed", (o) => unrolled.createRuntimeSync(o), { module }],
  ["Runtime.tensor", "requireGrad", "requiresGrad", (o) => rt.tensor([1], [1], o)],
  ["Runtime.zeros", "requireGrad", "requiresGrad", (o) => rt.zeros([1], o)],
  ["Runtime.persistent", "type", "dtype", (o) => rt.persistent([1], o)],
  ["search", "trails", "trials", (o) => unrolled.search(async () => {}, o), { space: { lr: [1] } }],
  ["serializeModel", "dtpye", "dtype", (o) => unrolled.serializeModel(model, o)],
  ["serializeCheckpoint", "datahash", "dataHash", (o) => unrolled.serializeCheckpoint(newTrainer(rt), o)],
  [
    "train",
    "iteration",
    "iterations",
    (o) => unrolled.train(newTrainer(rt), o),
    { dataHash: "", store: new MemoryStore() },
  ],
  [
    "iterationsOf",
    "epoch",
    "epochs",
    (o) => tasks.iterationsOf(o, tasks.classifierTask, newTrainer(rt) as Wrong),
  ],
  [
    "lastIterationOf",
    "epoch",
    "epochs",
    (o) => tasks.lastIterationOf(o, tasks.classifierTask, newTrainer(rt) as Wrong),
  ],
  ["newRun", "source", "sources", (o) => tasks.newRun(tasks.TASKS[0]!, o, async () => rt)],
  [
    "resumeRun",
    "validaton",
    "validation",
    (o) => tasks.resumeRun(tasks.TASKS[0]!, newTrainer(rt) as Wrong, o, {}, {}, async () => rt),
  ],
  [
    "resumeRun",
    "min_count",
    "minCount",
    (o) =>
      tasks.resumeRun(tasks.TASKS[0]!, newTrainer(rt) as Wrong, { data: source() }, o, {}, async () => rt),
  ],
  ["taggerTask.predict", "token", "tokens", (o) => tasks.taggerTask.predict(tagger, [["a"]], o)],
  ["autoencoderTask.predict", "beem", "beam", (o) => tasks.autoencoderTask.predict(autoencoder, ["a"], o)],
  [
    "transcriberTask.predict",
    "beem",
    "beam",
    (o) => tasks.transcriberTask.predict(transcriber, [[[1, 2, 3]]], o),
  ],
  ["forecasterTask.predict", "step", "steps", (o) => tasks.forecasterTask.predict(forecaster, [1], o)],
  ["generatorTask.predict", "lenght", "length", (o) => tasks.generatorTask.predict(generator, ["cat"], o)],
  ["generatorTask.write", "lenght", "length", (o) => tasks.generatorTask.write(generator, o)],
  ["languageModelTask.write", "lenght", "length", (o) => tasks.languageModelTask.write(model, o)],
  ["loadOnnx", "dim", "dims", (o) => loadOnnx(rt, voice, o)],
  ["loadKeras", "confg", "config", (o) => loadKeras(rt, wave, o)],
  ["loadTfjs", "weight", "weights", (o) => loadTfjs(rt, o), dense()],
  ["loadTfjs", "constant", "constants", (o) => loadTfjs(rt, dense(), o)],
  ["loadTorch", "keys", "key", (o) => loadTorch(rt, letters, o), { spec: lettersSpec }],
  ["readTorch", "keys", "key", (o) => readTorch(letters, o)],
  ["finetune", "epoch", "epochs", (o) => finetune(foreign, [], o)],
  ["new GraphModule", "freez", "freeze", (o) => new GraphModule(rt, foreign, o)],
  ["exportOnnx", "state", "states", (o) => exportOnnx(model, o)],
  ["exportKeras", "unti", "untie", (o) => exportKeras(model, o)],
  ["GraphModel.stream", "states", "state", (o) => foreign.stream(o)],
  ["createHandler", "wiat", "wait", (o) => createHandler({}, o)],
  ["connect", "signl", "signal", (o) => connect(o)],
  ["startGroup", "share", "shared", (o) => startGroup(model, 1, o)],
  ["new Connection", "worker_", "worker", (o) => new Connection(o)],
  ["Connection.ready", "signl", "signal", (o) => connection.ready(o)],
  ["Connection.start", "specs", "spec", (o) => connection.start(o)],
  ["Connection.restore", "checkpiont", "checkpoint", (o) => connection.restore(o)],
  ["Connection.load", "signl", "signal", (o) => connection.load(new Uint8Array(), o)],
  ["Connection.train", "iteration", "iterations", (o) => connection.train(o)],
  ["Connection.evaluate", "steams", "streams", (o) => connection.evaluate(o)],
];

/** Whole specs and recipes, whose fields a schema checks. */
const CHECKED_BY_SCHEMA = /Spec\b|^Levels$|\bRecipe\b|^\{ readonly characters: number/;

/** Types that the library itself returns or reads (results, batches, states, files), or that users implement. */
const DATA = new RegExp(
  `^(${[
    ...[
      "Activation",
      "Sequences",
      "PairIds",
      "Series",
      "Spellings",
      "Labelled",
      "ConfusionMatrix",
      "MultiLabelCounts",
    ],
    ...[
      "RecurrentState",
      "StreamState",
      "OptimizerState",
      "StreamWeights",
      "TrainerPlace",
      "IterationBatch",
      "TrainingBatches",
    ],
    ...[
      "TrainingGroup",
      "Build",
      "Operation",
      "TextForm",
      "TextSource",
      "TextReader",
      "TaskModel",
      "Task",
      "Checkpoint",
      "Evaluated",
    ],
    ...["Evaluation", "LabelEvaluation", "EmbedderEvaluation", "ForecastEvaluation", "SequenceEvaluation"],
    ...["Transcribed", "TranscriberEvaluation"],
    ...["Pick<Handler", "Pick<LayerFlow", "Pick<Task"],
  ].join("|")})\\b`,
);

const NOT_FOR_USERS = [
  /\.(loss|build)$/, // of batches, and of tables that a file has
  /^new (Recurrent|LabelModel|Norm)$/, // abstract: their subclasses check
  /^Network\.compute$/, // passes them to Recurrent.forward
  /^(new Tensor|Runtime\.(empty|adopt))$/, // for operations, at every step of a sequence
  /^Connection\.predict$/, // takes a list as well, see below
  /^new (Packed\w+|AttentionStream)$/, // take modules
  /^new TranscriberCoding$/, // only its model makes it, which checks the tables
  /^recipeSchema\.stored$/, // takes a recipe that was checked
  /^(search|transcribe)Options$/, // take what is their own out of the options of others
  /Task\.(read|inputs|inputFile|evaluate)$/, // of every task below
];

it("has a row for every options object of the public API", () => {
  const expected = objectParameters().filter(
    ({ of, type }) =>
      !CHECKED_BY_SCHEMA.test(type) && !DATA.test(type) && !NOT_FOR_USERS.some((pattern) => pattern.test(of)),
  );
  expect(CASES.map(([of]) => of).sort()).toEqual(expected.map(({ of }) => of).sort());
});

/** Synchronous errors as rejections. */
const attempt = async (call: () => unknown) => call();

describe("an options object", () => {
  for (const [of, misspelt, meant, call, needed = {}] of CASES) {
    it(`of ${of} refuses ${misspelt} and suggests ${meant}`, async () => {
      await expectRejection(
        attempt(() => call({ ...needed, [misspelt]: 1 })),
        "ERR_VALUE",
        new RegExp(`: unknown option ${misspelt}; did you mean ${meant}\\?$`),
      );
    });

    it(`of ${of} is an object, without ${misspelt}`, async () => {
      for (const wrong of [null, 5, [], "options"]) {
        await expectRejection(
          attempt(() => call(wrong)),
          "ERR_VALUE",
          /options are (null|5|an array|"options"), expected an object$/,
        );
      }
    });
  }

  it("of Connection.predict refuses formt and suggests format", async () => {
    const source = { data: "", formt: "text" } as object as { data: string };
    await expectRejection(
      connection.predict(source),
      "ERR_VALUE",
      "unknown option formt; did you mean format?",
    );
  });

  it("leaves nothing behind if it is refused", () => {
    const { used } = rt.memory;
    for (const Class of [nn.LSTM, nn.Linear, nn.FeedForward, nn.BatchNorm, nn.LayerNorm, nn.Embedding]) {
      expect(() => new Class(rt, { numFeatures: 2, ...units, ...loss, misspelt: 1 } as Wrong)).toThrow();
    }
    expect(rt.memory.used).toBe(used);
  });
});

describe.each(tasks.TASKS.map((task) => [task.Model.task, task] as const))("the task %s", (_, task) => {
  const refusal = (name: string) => new RegExp(`unknown option ${name}`);

  it("refuses unknown sources and options", async () => {
    const data = source();
    const sources = { data, validaton: data };
    await expectRejection(task.read(sources, {}), "ERR_VALUE", refusal("validaton"));
    const options = { min_count: 1 } as object;
    await expectRejection(task.read({ data }, options), "ERR_VALUE", refusal("min_count"));
    if (task.inputs)
      await expectRejection(task.inputs(model, data, options), "ERR_VALUE", refusal("min_count"));
    if (task.inputFile)
      await expectRejection(task.inputFile(model, data, options), "ERR_VALUE", refusal("min_count"));
    const steams = { steams: 1 } as object;
    await expectRejection(task.evaluate(model, data, steams), "ERR_VALUE", refusal("steams"));
  });

  if (!task.predict) return;

  it("refuses options of predict, also if it has none", async () => {
    const models: Wrong[] = [
      classifier,
      tagger,
      embedder,
      forecaster,
      generator,
      encoderDecoder,
      autoencoder,
      transcriber,
    ];
    const own = models.find((one) => one.constructor === task.Model);
    await expectRejection(
      attempt(() => task.predict!(own, ["a"], { misspelt: 1 })),
      "ERR_VALUE",
      refusal("misspelt"),
    );
  });
});

describe("the recipe of a trainer", () => {
  const trainers: readonly ((recipe: Wrong) => Trainer<Wrong, Evaluated>)[] = [
    (recipe) => new unrolled.LanguageModelTrainer(model, ids, recipe),
    (recipe) => new unrolled.LabelTrainer(classifier, { train: REVIEWS, validation: REVIEWS }, recipe),
    (recipe) => new unrolled.EmbedderTrainer(embedder, { train: TEXT_PAIRS, validation: TEXT_PAIRS }, recipe),
    (recipe) => new unrolled.ForecastTrainer(forecaster, { train: waves(), validation: waves() }, recipe),
    (recipe) => new unrolled.GeneratorTrainer(generator, { train: CALLS, validation: CALLS }, recipe),
    (recipe) => new unrolled.SequenceTrainer(autoencoder, { train: PAIRS, validation: PAIRS }, recipe),
    (recipe) => new unrolled.ReconstructionTrainer(strokes, { train: VECTORS, validation: VECTORS }, recipe),
    (recipe) =>
      new unrolled.TranscriberTrainer(transcriber, { train: RECORDINGS, validation: RECORDINGS }, recipe),
  ];

  it.each(trainers)("%s refuses unknown fields, and what is not an object", async (make) => {
    await expectRejection(
      attempt(() => make({ learningrate: 1 })),
      "ERR_VALUE",
      "recipe: unknown field learningrate",
    );
    for (const wrong of [null, 5, []]) {
      await expectRejection(
        attempt(() => make(wrong)),
        "ERR_VALUE",
        "recipe: ",
        "expected an object",
      );
    }
  });
});

describe("a worker", () => {
  beforeAll(async () => {
    await connection.start({
      data: "hello, world. ".repeat(100),
      spec: { hidden: 4 },
      recipe: { batch: 2, seq: 5 },
    });
    return () => connection.release();
  });

  it("refuses what its model refuses", async () => {
    await expectRejection(
      connection.generate({ lenght: 5 } as Wrong),
      "ERR_VALUE",
      /lenght; did you mean length\?/,
    );
  });

  it("refuses unknown options of suggestions", async () => {
    const refused = connection.suggest("hello, ", { topp: 1 } as Wrong);
    await expectRejection(refused, "ERR_VALUE", "suggest: unknown option topp; did you mean top?");
  });

  it("refuses specs and recipes that are not objects", async () => {
    const data = "hello, world. ".repeat(100);
    await expectRejection(connection.start({ data, spec: 5 as Wrong }), "ERR_VALUE", "start: spec is 5");
    await expectRejection(connection.start({ data, recipe: 5 as Wrong }), "ERR_VALUE", "recipe");
    const checkpoint = await connection.checkpoint();
    const wrong = { data, checkpoint, recipe: 5 as Wrong };
    await expectRejection(connection.restore(wrong), "ERR_VALUE", "restore: recipe is 5");
  });
});
