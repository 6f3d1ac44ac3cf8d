// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import type { Any, Row } from "./setup.ts";

/** Metrics. */
export const rows: readonly Row[] = [
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
];
