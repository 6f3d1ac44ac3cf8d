import * as unrolled from "../../../src/index.ts";
import { PAIRS as TEXT_PAIRS } from "../../models/embedder/embedders.ts";
import { waves } from "../../models/forecaster/forecasters.ts";
import { CALLS } from "../../models/generator/generators.ts";
import { NAMES } from "../../models/labels/labels.ts";
import { EXAMPLES as RECORDINGS } from "../../models/transcriber/transcribers.ts";
import { TEXT } from "../../train/run.ts";
import {
  type Any,
  forecaster,
  ids,
  method,
  model,
  type Row,
  tables,
  tagger,
  transcriber,
  x,
} from "./setup.ts";

const textBatches = () => new unrolled.TextBatches(ids, { batch: 2, seq: 2 });

/** Vocabularies, batches and what turns data into numbers. */
export const rows: readonly Row[] = [
  ["labelSet", () => ["a,b"], unrolled.labelSet],
  ["labelCell", () => [["a", "b"]], unrolled.labelCell],
  ["new Thresholds", () => [[0.5]], (values) => new unrolled.Thresholds(values)],
  ["Thresholds.fromJSON", () => [[0.5]], (json) => unrolled.Thresholds.fromJSON(json)],
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
  ["SymbolTable.fromJSON", () => [["a"]], (json) => unrolled.Vocabulary.fromJSON(json)],
  ["Vocabulary.fromJSON", () => [["a"]], (json) => unrolled.Vocabulary.fromJSON(json)],
  ["SymbolTable.encode", () => ["1"], (text) => model.vocabulary.encode(text)],
  ["SymbolTable.encodeTokens", () => [["1"]], (tokens) => model.vocabulary.encodeTokens(tokens)],
  ["SymbolTable.decode", () => [[1]], (given) => model.vocabulary.decode(given)],
  ["SymbolTable.has", () => ["a"], (symbol) => model.vocabulary.has(symbol)],
  ["SymbolTable.unknownIn", () => ["a"], (text) => model.vocabulary.unknownIn(text)],
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
  ["StepScaling.fromJSON", () => [tables], (json) => unrolled.FeatureScaling.fromJSON(json)],
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
  [
    "conditionTables",
    () => [["up", "down"], { condition: "single", features: 0, level: "char" }, 2],
    unrolled.conditionTables as Any,
  ],
  ["embedderVocabulary", () => [TEXT_PAIRS, "word", {}], unrolled.embedderVocabulary],
  ["transcriberTables", () => [RECORDINGS, { features: 3 }], unrolled.transcriberTables],
  ["ctcGreedy", () => [new Float32Array(4), 2, {}], unrolled.ctcGreedy],
  ["ctcBeamSearch", () => [new Float32Array(4), 2, {}], unrolled.ctcBeamSearch],
  ["generatorVocabulary", () => [CALLS, {}], unrolled.generatorVocabulary],
  ["textVocabulary", () => [TEXT, model.spec, {}], unrolled.textVocabulary],
  ["frequentFirst", () => [model.vocabulary], unrolled.frequentFirst],
  ["unknownSymbols", () => ["a", model.spec, model.vocabulary], unrolled.unknownSymbols],
  ["labelTables", () => [NAMES, { characters: 0 }, {}], unrolled.labelTables],
  method(
    "StepScaling.apply",
    () => unrolled.FeatureScaling.none(1),
    () => [[1], new Float32Array(1), 0],
  ),
  method("TextBatches.inputs", textBatches, () => [0, new Int32Array(4)]),
  method("TextBatches.targets", textBatches, () => [0, new Int32Array(4)]),
  method(
    "SequenceBatches.at",
    () => new unrolled.SequenceBatches({ inputs: [ids], targets: [ids] }, { batch: 1 }),
    () => [0],
  ),
  method(
    "PairBatches.at",
    () => new unrolled.PairBatches({ sources: [ids], inputs: [ids], targets: [ids] }, { batch: 1 }),
    () => [0],
  ),
  method(
    "ContrastBatches.at",
    () => new unrolled.ContrastBatches(TEXT_PAIRS, () => ids, { batch: 2 }),
    () => [0],
  ),
  method(
    "LabelBatches.at",
    () => new unrolled.LabelBatches(NAMES, tagger.tables, { batch: 2 }),
    () => [0],
  ),
  method(
    "TranscriberCoding.inputs",
    () => transcriber.coding,
    () => [[[1, 2, 3]]],
  ),
  method(
    "TranscriberCoding.classesOf",
    () => transcriber.coding,
    () => ["a"],
  ),
  method(
    "TranscriberCoding.text",
    () => transcriber.coding,
    () => [[1]],
  ),
  method(
    "TranscriberCoding.isTooShort",
    () => transcriber.coding,
    () => [RECORDINGS[0]],
  ),
  method(
    "TranscriberCoding.batches",
    () => transcriber.coding,
    () => [RECORDINGS, { batch: 1 }],
  ),
  [
    "WordVectors.start",
    () => [x()],
    async (weight) => {
      const vocabulary = new unrolled.Vocabulary(["a", "b"]);
      return (await unrolled.readWordVectors(["a 1 2 3\nb 1 2 3\n"], "x", vocabulary)).start(weight);
    },
  ],
];
