import * as unrolled from "../../../src/index.ts";
import { PAIRS as TEXT_PAIRS } from "../../models/embedder/embedders.ts";
import { waves } from "../../models/forecaster/forecasters.ts";
import { CALLS } from "../../models/generator/generators.ts";
import { REVIEWS } from "../../models/labels/labels.ts";
import { THINGS } from "../../models/labels/sets.ts";
import { PAIRS } from "../../models/sequence-to-sequence/pairs.ts";
import { STROKE_PAIRS, VECTORS } from "../../models/sequence-to-sequence/strokes.ts";
import { EXAMPLES as RECORDINGS } from "../../models/transcriber/transcribers.ts";
import { MemoryStore, newTrainer } from "../../train/run.ts";
import {
  type Any,
  classifier,
  describer,
  embedder,
  encoderDecoder,
  forecaster,
  generator,
  ids,
  method,
  model,
  parts,
  type Row,
  rt,
  setClassifier,
  strokes,
  trainer,
  transcriber,
} from "./setup.ts";

/** Trainers, evaluations and the search for hyperparameters. */
export const rows: readonly Row[] = [
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
  ["evaluateReconstruction", () => [strokes, VECTORS.slice(0, 3)], unrolled.evaluateReconstruction],
  [
    "evaluateSequences of vectors",
    () => [describer, STROKE_PAIRS.slice(0, 3), {}],
    unrolled.evaluateSequences,
  ],
  [
    "new ReconstructionTrainer",
    () => [strokes, parts(VECTORS), {}],
    (...args) => new (unrolled.ReconstructionTrainer as Any)(...args),
  ],
  ["evaluateLabels: sets", () => [setClassifier, THINGS.slice(0, 3)], unrolled.evaluateLabels],
  ["evaluateLabels", () => [classifier, REVIEWS.slice(0, 3)], unrolled.evaluateLabels],
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
  ["modelGradientFlow", () => [model, trainer.nextBatch(), {}], unrolled.modelGradientFlow as Any],
  ["recordGates", () => [model, () => undefined], unrolled.recordGates as Any],
  ["recordGradientFlow", () => [model, () => undefined], unrolled.recordGradientFlow as Any],
  ["diagnoseFlow", () => [[]], unrolled.diagnoseFlow as Any],
  ["errorOf", () => [{ loss: 1 }], unrolled.errorOf],
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
  method(
    "Trainer.setLengths",
    () => newTrainer(rt),
    () => [{}],
  ),
  method(
    "Trainer.averaged",
    () => trainer,
    () => [() => 1],
  ),
  method(
    "Trainer.observe",
    () => newTrainer(rt),
    () => [{ loss: 1 }],
  ),
  method(
    "LanguageModelTrainer.validate",
    () => trainer,
    () => [model],
  ),
  method(
    "LanguageModelTrainer.test",
    () => trainer,
    () => [model],
  ),
  method(
    "LabelTrainer.validate",
    () => new unrolled.LabelTrainer(classifier, parts(REVIEWS)),
    () => [classifier],
  ),
  method(
    "EmbedderTrainer.validate",
    () => new unrolled.EmbedderTrainer(embedder, parts(TEXT_PAIRS)),
    () => [embedder],
  ),
  method(
    "ForecastTrainer.validate",
    () => new unrolled.ForecastTrainer(forecaster, { train: waves(), validation: waves() }),
    () => [forecaster],
  ),
  method(
    "GeneratorTrainer.validate",
    () => new unrolled.GeneratorTrainer(generator, parts(CALLS)),
    () => [generator],
  ),
  method(
    "ReconstructionTrainer.validate",
    () => new unrolled.ReconstructionTrainer(strokes, parts(VECTORS)),
    () => [strokes],
  ),
  method(
    "SequenceTrainer.validate",
    () => new unrolled.SequenceTrainer(encoderDecoder, parts(PAIRS)),
    () => [encoderDecoder],
  ),
  method(
    "Trainer.validate",
    () => newTrainer(rt),
    () => [model],
  ),
  method(
    "Trainer.test",
    () => newTrainer(rt),
    () => [model],
  ),
  method(
    "Trainer.stepWith",
    () => newTrainer(rt),
    () => [{}],
  ),
  method(
    "LanguageModelTrainer.heldOut",
    () => newTrainer(rt),
    () => ["validation"],
  ),
  method(
    "TranscriberTrainer.validate",
    () => new unrolled.TranscriberTrainer(transcriber, parts(RECORDINGS)),
    () => [transcriber],
  ),
];
