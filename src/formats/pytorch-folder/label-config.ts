import type { TaskModel } from "../../network/model.ts";
import { batchBytes } from "../../network/training-memory.ts";
import { type FolderConfig, wordPatterns } from "./config.ts";

/** The fields of a classifier's and a tagger's spec that decide how texts are read. */
interface LabelFields {
  readonly task: string;
  readonly level: string;
  readonly segmentation: "latin" | "unicode";
}

/** Returns what `train.py` of a classifier or a tagger needs besides spec and tables. */
export function labelConfig(model: TaskModel): Partial<FolderConfig> {
  const { task, level, segmentation } = model.spec as LabelFields & TaskModel["spec"];
  const { labels } = model.tables as unknown as { readonly labels: { readonly size: number } };
  const isTagger = task === "tagger";
  return {
    ...(level === "word" && !isTagger && { patterns: wordPatterns(segmentation) }),
    stepBytes: batchBytes(model, isTagger ? labels.size : 0, 1, [1]),
  };
}
