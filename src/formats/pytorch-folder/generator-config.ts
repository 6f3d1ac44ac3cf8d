import type { TaskModel } from "../../network/model.ts";
import { batchBytes } from "../../network/training-memory.ts";
import { type FolderConfig, wordPatterns } from "./config.ts";

/** The fields of a generator's spec that decide how texts are read. */
interface GeneratorFields {
  readonly level: string;
  readonly condition: string;
  readonly features: number;
  readonly segmentation: "latin" | "unicode";
}

/** Returns what `train.py` of a generator needs besides spec and tables. */
export function generatorConfig(model: TaskModel): Partial<FolderConfig> {
  const { level, condition, features, segmentation } = model.spec as GeneratorFields & TaskModel["spec"];
  const { vocabulary } = model.tables as unknown as { readonly vocabulary: { readonly size: number } };
  const hasWords = level === "word" || (condition === "sequence" && !features);
  return {
    ...(hasWords && { patterns: wordPatterns(segmentation) }),
    stepBytes: batchBytes(model, vocabulary.size, 1, [1]),
  };
}
