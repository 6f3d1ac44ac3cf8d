/**
 * Recurrent networks that train and run in JavaScript, on WebAssembly SIMD kernels.
 *
 * @module unrolled
 */
export {
  type Activation,
  type ActivationName,
  activation,
  exp,
  logSigmoid,
  relu,
  sigmoid,
  softplus,
  tanh,
} from "./autograd/activation.ts";
export { type AttentionOptions, type AttentionResult, attention } from "./autograd/attention.ts";
export { type BatchNormOptions, batchNorm } from "./autograd/batch-norm.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./autograd/binary-cross-entropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./autograd/cross-entropy.ts";
export { type CtcLossOptions, ctcLoss } from "./autograd/ctc.ts";
export { type DropoutOptions, dropout } from "./autograd/dropout.ts";
export { add, mean, multiply, scale, sum } from "./autograd/elementwise.ts";
export { type EmbeddingOptions, embedding } from "./autograd/embedding.ts";
export type { GateValues } from "./autograd/gates.ts";
export { type LayerNormOptions, layerNorm } from "./autograd/layer-norm.ts";
export { linear } from "./autograd/linear.ts";
export { normalizeRows } from "./autograd/normalize-rows.ts";
export { type Pooling, type PoolOptions, pool } from "./autograd/pool.ts";
export { meanAbsoluteError, meanSquaredError } from "./autograd/regression-loss.ts";
export { concat, gatherRows, reshape, slice, stack } from "./autograd/shape.ts";
export { logSoftmax, softmax } from "./autograd/softmax.ts";
export {
  type EvaluationSegments,
  evaluationSegments,
  IGNORED_TARGET,
  type SegmentSize,
} from "./data/evaluation-segments.ts";
export { parseExactly, stringifyExactly, WrittenNumber } from "./data/exact-json.ts";
export { FeatureScaling, type Vector } from "./data/feature-scaling.ts";
export {
  type Column,
  type ColumnOption,
  checkFields,
  divideAt,
  indexOfName,
  type MatchColumn,
  readForm,
  type TableField,
  type TextForm,
} from "./data/form.ts";
export { holdOut, type Parts } from "./data/hold-out.ts";
export { type JsonObject, readObjects } from "./data/json.ts";
export { labelCell, labelSet } from "./data/label-set.ts";
export {
  type Labelled,
  type LabelledParts,
  type Level,
  labelledForm,
  readColumns,
  readLabelledLines,
  type Step,
} from "./data/labelled.ts";
export { lineBatches, numberedLines, type TextChunks } from "./data/lines.ts";
export type { SequenceBatch, Sequences } from "./data/padded-batch.ts";
export { SequenceBatches, type SequenceBatchesOptions } from "./data/sequence-batches.ts";
export type { StepScaling } from "./data/step-scaling.ts";
export type { SequenceInput } from "./data/steps.ts";
export type { SymbolTable } from "./data/symbol-table.ts";
export {
  type BatchRange,
  type BatchSize,
  type SplitFractions,
  splitBatches,
  TextBatches,
  type TextIds,
} from "./data/text-batches.ts";
export type { TokenBatch } from "./data/token-batch.ts";
export {
  END_SYMBOL,
  type TokenVocabularyOptions,
  UNKNOWN_SYMBOL,
  Vocabulary,
  type VocabularyOptions,
} from "./data/vocabulary.ts";
export { readWordVectors, WordVectorFile, type WordVectors } from "./data/word-vectors.ts";
export {
  isUnspaced,
  normalized,
  sequenceTokens,
  TOKEN_RULES,
  type TokenRule,
  type TokenSpec,
  tokenize,
  tokensApart,
} from "./data/words.ts";
export { type ErrorCode, UnrolledError } from "./errors.ts";
export {
  parseSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  serializeSafetensors,
} from "./io/safetensors.ts";
export { sha256 } from "./io/sha256.ts";
export { bleu } from "./metrics/bleu.ts";
export {
  accuracy,
  type ConfusionMatrix,
  classScores,
  confusionMatrix,
  macroF1,
  type Scores,
} from "./metrics/classes.ts";
export { editDistance, errorRate, exactMatch, type Tokens } from "./metrics/edit-distance.ts";
export {
  type MultiLabelCounts,
  type MultiLabelScores,
  multiLabelCounts,
  multiLabelScores,
} from "./metrics/multi-label.ts";
export { mae, mse, nrmse, rmse } from "./metrics/regression.ts";
export {
  cosineSimilarity,
  type Neighbour,
  nearest,
  type RetrievalScores,
  retrievalScores,
} from "./metrics/retrieval.ts";
export { areSpanTags, type Span, spanScores, spansOf } from "./metrics/spans.ts";
export { type ContrastBatch, ContrastBatches } from "./models/embedder/batches.ts";
export { type EmbedderTables, embedderVocabulary, SequenceEmbedder } from "./models/embedder/model.ts";
export { type EmbedderPair, readTextPairs, TEXT_PAIR_FORM, type TextPair } from "./models/embedder/pairs.ts";
export { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "./models/embedder/spec.ts";
export {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "./models/embedder/trainer.ts";
export { ForecasterCoding, scalingOf } from "./models/forecaster/coding.ts";
export type { TrainedSeries } from "./models/forecaster/columns.ts";
export {
  evaluateForecasts,
  type ForecastEvaluation,
  type ForecastEvaluationOptions,
  type ForecastScores,
} from "./models/forecaster/evaluation.ts";
export { FILLS, type Fill } from "./models/forecaster/gaps.ts";
export { Forecaster } from "./models/forecaster/model.ts";
export { DECIMAL_MARKS, type DecimalMark } from "./models/forecaster/numbers.ts";
export { type ColumnScale, Scaling } from "./models/forecaster/scaling.ts";
export {
  holdOutEnd,
  readSeries,
  type Series,
  type SeriesFile,
  type SeriesOptions,
  seriesOf,
} from "./models/forecaster/series.ts";
export { checkForecasterSpec, defaultForecasterSpec, type ForecasterSpec } from "./models/forecaster/spec.ts";
export type { ForecasterState, ForecasterStream, PackedForecaster } from "./models/forecaster/stream.ts";
export { ForecastTrainer, forecasterRecipe } from "./models/forecaster/trainer.ts";
export type { WindowBatch, WindowCoding } from "./models/forecaster/windows.ts";
export type { ConditionReader, PackedConditionReader } from "./models/generator/condition-reader.ts";
export {
  CONDITIONED_FORM,
  type Condition,
  type Conditioned,
  readConditioned,
} from "./models/generator/examples.ts";
export {
  ConditionalGenerator,
  type ConditionScore,
  conditionTables,
  type GeneratorBatch,
  type GeneratorTables,
  generatorVocabulary,
} from "./models/generator/model.ts";
export { checkGeneratorSpec, defaultGeneratorSpec, type GeneratorSpec } from "./models/generator/spec.ts";
export type { GeneratorOptions, PackedGenerator } from "./models/generator/stream.ts";
export { evaluateGenerator, GeneratorTrainer, generatorRecipe } from "./models/generator/trainer.ts";
export {
  type LabelBatch,
  LabelBatches,
  type LabelBatchesOptions,
  type LabelTables,
  labelTables,
} from "./models/labels/batches.ts";
export { Classifier, classifierExample } from "./models/labels/classifier.ts";
export type { Classification } from "./models/labels/decoding.ts";
export {
  featuresOf,
  type JsonExample,
  type JsonExampleOptions,
  type JsonFields,
  type JsonRow,
  readJsonExamples,
  readJsonRows,
} from "./models/labels/json-lines.ts";
export { LabelModel } from "./models/labels/model.ts";
export {
  type ClassifierSpec,
  checkClassifierSpec,
  checkTaggerSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
  type LabelSpec,
  TAGGER_RULES,
  type TaggerRule,
  type TaggerSpec,
} from "./models/labels/spec.ts";
export type { Spellings } from "./models/labels/spellings.ts";
export { Tagger } from "./models/labels/tagger.ts";
export { type TaggerCut, taggerCutOf } from "./models/labels/tagger-rule.ts";
export { Thresholds } from "./models/labels/thresholds.ts";
export {
  evaluateLabels,
  type LabelEvaluation,
  LabelTrainer,
  labelRecipe,
} from "./models/labels/trainer.ts";
export { AdaptiveLanguageModel } from "./models/language-model/adaptive.ts";
export {
  type LanguageModelCheckpoint,
  openLanguageModelCheckpoint,
} from "./models/language-model/checkpoint.ts";
export { type ClozeAnswer, cloze, listedAlternatives } from "./models/language-model/cloze.ts";
export { type EvaluateOptions, evaluateText } from "./models/language-model/evaluation.ts";
export {
  type TextFlowOptions,
  textGradientFlow,
  trainerGradientFlow,
} from "./models/language-model/gradient-flow.ts";
export { LanguageModel } from "./models/language-model/model.ts";
export type { Score } from "./models/language-model/score.ts";
export {
  checkLanguageModelSpec,
  defaultLanguageModelSpec,
  type LanguageModelSpec,
} from "./models/language-model/spec.ts";
export type { PackedLanguageModel } from "./models/language-model/stream.ts";
export { Suggester, type Suggestion, type SuggestOptions } from "./models/language-model/suggester.ts";
export {
  frequentFirst,
  type TextSpec,
  type TextVocabularyOptions,
  textVocabulary,
  unknownSymbols,
} from "./models/language-model/text.ts";
export { LanguageModelTrainer, languageModelRecipe } from "./models/language-model/trainer.ts";
export {
  Autoencoder,
  type AutoencoderTables,
  type Reconstruction,
  type VectorBatch,
} from "./models/sequence-to-sequence/autoencoder.ts";
export {
  type PairBatch,
  PairBatches,
  type PairBatchesOptions,
  type PairIds,
} from "./models/sequence-to-sequence/batches.ts";
export {
  EncoderDecoder,
  type PairTables,
  sequencePair,
  type Translation,
} from "./models/sequence-to-sequence/encoder-decoder.ts";
export { type DecodeOptions, SequenceToSequence, type Written } from "./models/sequence-to-sequence/model.ts";
export {
  joinTokens,
  PAIR_FORM,
  readPairs,
  type SequencePair,
  TEXT_FORM,
} from "./models/sequence-to-sequence/pairs.ts";
export {
  evaluateReconstruction,
  type ReconstructionEvaluation,
  ReconstructionTrainer,
} from "./models/sequence-to-sequence/reconstruction.ts";
export {
  type AutoencoderSpec,
  checkAutoencoderSpec,
  checkEncoderDecoderSpec,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
  type EncoderDecoderSpec,
} from "./models/sequence-to-sequence/spec.ts";
export {
  evaluateSequences,
  type SequenceEvaluation,
  SequenceTrainer,
  sequenceRecipe,
} from "./models/sequence-to-sequence/trainer.ts";
export {
  type TranscriberBatch,
  type TranscriberCoding,
  type TranscriberTables,
  transcriberTables,
} from "./models/transcriber/batches.ts";
export {
  type CtcBeamOptions,
  type CtcHypothesis,
  ctcBeamSearch,
  type PrefixScorer,
} from "./models/transcriber/beam-search.ts";
export type { Transcribed } from "./models/transcriber/examples.ts";
export { ctcGreedy } from "./models/transcriber/greedy.ts";
export type { WritingModel } from "./models/transcriber/language-scorer.ts";
export { type TranscribeOptions, Transcriber, type Transcription } from "./models/transcriber/model.ts";
export type { CtcOptions } from "./models/transcriber/scores.ts";
export {
  checkTranscriberSpec,
  defaultTranscriberSpec,
  type TranscriberSpec,
} from "./models/transcriber/spec.ts";
export type { PackedTranscriber, TranscriberState, TranscriberStream } from "./models/transcriber/stream.ts";
export {
  evaluateTranscriber,
  type TranscriberEvaluation,
  TranscriberTrainer,
  transcriberRecipe,
} from "./models/transcriber/trainer.ts";
export { applyDelta, averageModels, modelDelta } from "./network/average.ts";
export type { HeadStream, NetworkHead, PackedHead } from "./network/head.ts";
export {
  type BatchLayout,
  type BatchLoss,
  type ModelClass,
  type SpecSchema,
  storedSpec,
  type Table,
  type TableReader,
  type TaskModel,
} from "./network/model.ts";
export { loadModel, type ModelFile, parseModel, serializeModel } from "./network/model-file.ts";
export type { SamplingOptions } from "./network/sampling.ts";
export type { NetworkSpec } from "./network/spec.ts";
export type { TokenStream } from "./network/token-stream.ts";
export type { GenerateOptions } from "./network/write.ts";
export { Attention, type AttentionKind, type AttentionModuleOptions } from "./nn/attention.ts";
export * as nn from "./nn/index.ts";
export { type LayerGates, recordGates } from "./nn/record-gates.ts";
export type { AttentionStream } from "./nn/stream/attention.ts";
export * as optim from "./optim/index.ts";
export { compileKernels } from "./runtime/load.ts";
export type { NestedNumbers } from "./runtime/nested-numbers.ts";
export type { Random, RandomState } from "./runtime/random.ts";
export { createRuntime, createRuntimeSync, type Runtime } from "./runtime/runtime.ts";
export type { RuntimeOptions } from "./runtime/runtime-options.ts";
export { type DType, Tensor, type TensorData } from "./runtime/tensor.ts";
export { chooseVariant, type Variant } from "./runtime/variant.ts";
export type { Weight } from "./runtime/weight.ts";
export type { Workspace } from "./runtime/workspace.ts";
export type { Schema } from "./schema.ts";
export { parseSearchLog, serializeSearchLog } from "./search/log.ts";
export type { SearchMethod } from "./search/propose.ts";
export {
  DEFAULT_SEARCH,
  type Objective,
  type SearchOptions,
  type SearchResult,
  search,
  type TrialContext,
} from "./search/search.ts";
export {
  type Candidate,
  checkSpace,
  countCandidates,
  type Range,
  type SearchSpace,
  type Value,
} from "./search/space.ts";
export { bestTrial, type Trial } from "./search/trial.ts";
export {
  type Checkpoint,
  hashText,
  openCheckpoint,
  type Progress,
  serializeCheckpoint,
} from "./train/checkpoint.ts";
export { type Evaluated, type Evaluation, errorOf } from "./train/evaluate.ts";
export {
  diagnoseFlow,
  type FlowDiagnosis,
  type GradientFlow,
  type LayerFlow,
  recordGradientFlow,
} from "./train/gradient-flow.ts";
export {
  type BatchGradients,
  type IterationBatch,
  lossAndGradients,
  type TrainingGroup,
} from "./train/gradients.ts";
export { type ModelFlow, type ModelFlowOptions, modelGradientFlow } from "./train/model-gradient-flow.ts";
export {
  checkRecipe,
  DEFAULT_RECIPE,
  LEARNING_RATES,
  LR_DECAYS,
  OPTIMIZER_NAMES,
  type Recipe,
  recipeSchema,
  SCHEDULE_NAMES,
} from "./train/recipe.ts";
export {
  type TrainEvents,
  type TrainOptions,
  type TrainResult,
  type TrainStore,
  train,
} from "./train/train.ts";
export type { Trainer } from "./train/trainer.ts";
