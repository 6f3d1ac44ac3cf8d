import type { Command } from "commander";
import { UnrolledError } from "../../errors.ts";
import { isGiven } from "../recipe-flags.ts";
import type { TaskName } from "./index.ts";

/** Options that go with some tasks only. */
const ONLY: Readonly<Record<string, readonly TaskName[]>> = {
  lines: ["language-model"],
  seq: ["language-model", "forecaster"],
  gradientFlow: ["language-model"],
  streams: ["language-model"],
  characters: ["classifier", "tagger"],
  characterHidden: ["classifier", "tagger"],
  wordDropout: ["classifier", "tagger"],
  embeddingStart: ["classifier", "tagger"],
  tokens: ["language-model"],
  vocabulary: ["language-model"],
  minCount: [
    "language-model",
    "classifier",
    "tagger",
    "encoder-decoder",
    "autoencoder",
    "generator",
    "embedder",
  ],
  labelFirst: ["classifier"],
  format: ["classifier", "tagger"],
  level: ["language-model", "classifier", "autoencoder", "generator", "embedder"],
  pooling: ["classifier", "embedder"],
  tagColumn: ["tagger"],
  sourceLevel: ["encoder-decoder"],
  targetLevel: ["encoder-decoder"],
  lowerCase: ["encoder-decoder"],
  attention: ["encoder-decoder"],
  teacherForcing: ["encoder-decoder", "autoencoder"],
  beam: ["encoder-decoder", "autoencoder"],
  maxLength: ["encoder-decoder", "autoencoder"],
  lengthPenalty: ["encoder-decoder", "autoencoder"],
  column: ["forecaster"],
  target: ["forecaster"],
  horizon: ["forecaster"],
  strategy: ["forecaster"],
  changes: ["forecaster"],
  loss: ["forecaster"],
  from: ["forecaster"],
  steps: ["forecaster"],
  condition: ["generator"],
  size: ["embedder"],
  among: ["embedder"],
  top: ["embedder"],
};

/** @throws ERR_VALUE for an option that the task does not have */
export function checkTaskOptions(command: Command, task: string): void {
  for (const option of command.options) {
    const tasks: readonly string[] | undefined = ONLY[option.attributeName()];
    if (!tasks || tasks.includes(task) || !isGiven(command, option.attributeName())) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `${option.long} goes with task ${tasks.join(" or ")}, not with ${task}`,
    );
  }
}
