// What the command line uses of the readers and writers of other frameworks.

export { type GraphInput, type GraphOutput, inputOf, shapeText } from "../graph/arrays.ts";
export { countCalls } from "../graph/count-calls.ts";
export type { Graph, Value, ValueInfo } from "../graph/graph.ts";
export { missingOperators } from "../graph/known-operators.ts";
export { GraphModel } from "../graph/model.ts";
export { bodiesOf } from "../graph/names.ts";
export { findStates } from "../graph/stream.ts";
export { constantsOf, openAxes, withConstants, withDims } from "./fixed-graph.ts";
export { exportKeras } from "./keras/export.ts";
export { kerasVersion, readKeras, readKerasWeights } from "./keras/read-keras.ts";
export { describeOnnx } from "./onnx/describe.ts";
export { exportOnnx } from "./onnx/export.ts";
export { readOnnx } from "./onnx/read.ts";
export { writeOnnx } from "./onnx/write.ts";
export { CHECKPOINT, CONFIG, readFolder, untrainable, WEIGHTS, writeFolder } from "./pytorch-folder/index.ts";
export { recognise } from "./recognise.ts";
export { readTfjs } from "./tfjs/read-tfjs.ts";
export { graphToModel, MODEL_TASKS } from "./to-model/to-model.ts";
export { graphForOnnx } from "./to-onnx.ts";
export { exportTorch } from "./torch/export.ts";
export { guessSpec } from "./torch/guess-spec.ts";
export { openTorch } from "./torch/read-torch.ts";
export type { TorchSpec } from "./torch/spec.ts";
export { torchGraph } from "./torch/torch-graph.ts";
