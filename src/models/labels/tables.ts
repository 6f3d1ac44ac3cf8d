import type { StepScaling } from "../../data/step-scaling.ts";
import type { SymbolTable } from "../../data/symbol-table.ts";
import { counted, UnrolledError } from "../../errors.ts";
import type { TableReader } from "../../network/model.ts";
import type { NetworkSizes } from "../../network/spec.ts";
import type { LabelTables } from "./batches.ts";
import type { LabelSpec } from "./spec.ts";
import { Thresholds } from "./thresholds.ts";

/** Returns a reader for each table of a model file. @param Vocabulary class of the vocabularies @param Scaling class of the scaling */
export function tableReaders(
  { characters, features, multiLabel }: LabelSpec,
  Vocabulary: typeof SymbolTable,
  Scaling: typeof StepScaling,
): Readonly<Record<string, TableReader>> {
  const reads: Record<string, TableReader> = features ? { scaling: Scaling } : { vocabulary: Vocabulary };
  return {
    ...reads,
    labels: Vocabulary,
    ...(characters && { characters: Vocabulary }),
    ...(multiLabel && { thresholds: Thresholds }),
  };
}

/** Returns the input and output sizes of the network. @throws ERR_VALUE if the tables do not fit the spec */
export function networkSizes(
  spec: LabelSpec,
  { vocabulary, scaling, labels, thresholds }: LabelTables,
): NetworkSizes {
  const { features, multiLabel } = spec;
  if (multiLabel !== (thresholds !== undefined)) {
    const needs = multiLabel ? "needs a table of thresholds, as labelTables makes it" : "has no thresholds";
    throw new UnrolledError("ERR_VALUE", `spec: multiLabel is ${multiLabel}, which ${needs}`);
  }
  if (thresholds) checkThresholds(thresholds, labels.size);
  if (features !== (scaling?.width ?? 0) || !vocabulary !== features > 0) {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: features is ${features}, which needs ${features ? "a scaling of as many features" : "a vocabulary"} and nothing else to read by`,
    );
  }
  return {
    inputs: vocabulary?.size ?? features,
    outputs: labels.size,
    ...(spec.characters && { beside: 2 * spec.characterHidden }),
    ...("pooling" in spec && spec.pooling === "mean+max" && { pooled: 2 }),
  };
}

/** @throws ERR_VALUE if there is not one threshold for each label */
export function checkThresholds({ values }: Thresholds, labels: number): void {
  if (values.length === labels) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${counted(values.length, "threshold", "thresholds")} for ${counted(labels, "label", "labels")}, expected one for each`,
  );
}
