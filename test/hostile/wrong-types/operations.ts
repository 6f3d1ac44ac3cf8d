// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import { type Row, rt, sequence, x } from "./setup.ts";

/** Operations on tensors. */
export const rows: readonly Row[] = [
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
];
