import type { SequenceToSequence } from "../../models/sequence-to-sequence/model.ts";
import type { TaskModel } from "../../network/model.ts";
import { batchBytes } from "../../network/training-memory.ts";
import { type FolderConfig, wordPatterns } from "./config.ts";

/** The fields of an encoder-decoder's and an autoencoder's spec that decide how texts and vectors are read. */
interface PairFields {
  readonly features: number;
  readonly segmentation: "latin" | "unicode";
  readonly level?: string;
  readonly sourceLevel?: string;
  readonly targetLevel?: string;
}

/** Returns what `train.py` of an encoder-decoder or an autoencoder needs besides spec and tables. */
export function pairConfig(model: TaskModel): Partial<FolderConfig> {
  const { features, level, sourceLevel, targetLevel, segmentation } = model.spec as PairFields &
    TaskModel["spec"];
  const { target } = model as TaskModel & Pick<SequenceToSequence, "target">;
  const outputs = target?.size ?? features;
  // Our function adds the end symbol to the steps of a target.
  const bytes = (rows: number, x: number, y: number) => batchBytes(model, outputs, rows, [x, y - 1]);
  const [ofSource, ofTarget, once] = [bytes(1, 1, 0), bytes(1, 0, 1), bytes(0, 1, 1)];
  return {
    ...([level, sourceLevel, targetLevel].includes("word") && { patterns: wordPatterns(segmentation) }),
    pairBytes: [ofSource, ofTarget, bytes(1, 1, 1) - ofSource - ofTarget - once, once],
    randomBlocks: model.runtime.random.state.position,
  };
}
