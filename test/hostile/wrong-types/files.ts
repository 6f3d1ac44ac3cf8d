import * as unrolled from "../../../src/index.ts";
import { TEXT } from "../../train/run.ts";
import { type Any, checkpointBytes, KINDS, model, modelBytes, type Row, rt, trainer } from "./setup.ts";

/** Files of models, checkpoints and tensors. */
export const rows: readonly Row[] = [
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
  ["averageModels", () => [[modelBytes], [1]], unrolled.averageModels],
  ["modelDelta", () => [modelBytes, modelBytes], unrolled.modelDelta],
  ["applyDelta", () => [modelBytes, unrolled.modelDelta(modelBytes, modelBytes)], unrolled.applyDelta],
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
];
