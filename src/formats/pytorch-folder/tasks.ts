import type { TaskModel } from "../../network/model.ts";
import type { NetworkSpec } from "../../network/spec.ts";

/** What a folder of a task has. */
interface TaskParts {
  /** The parts of `model.py` after those that all tasks have. */
  readonly model: readonly string[];
  /** The parts of `data.py`; undefined if there is no `train.py` for the task. */
  readonly data?: readonly string[];
  /** Says why `train.py` cannot train a model exactly; undefined if it can. */
  refuse?(model: TaskModel): string | undefined;
}

/** The fields of a language model's spec that decide whether Python can train it. */
interface Text extends NetworkSpec {
  readonly segmenter: string;
  readonly zeroStart: boolean;
}

/** The tasks, by their names in specs. */
export const TASKS: Readonly<Record<string, TaskParts>> = {
  "language-model": {
    model: ["adaptive", "language_model"],
    data: ["shuffle", "batches", "text", "language_model_data"],
    refuse(model) {
      const { segmenter, zeroStart, norm, gateNorm } = model.spec as Text & TaskModel["spec"];
      if (segmenter && segmenter !== "characters") {
        return "The text has scripts without spaces between words. JavaScript has lists of their words, and Python has none.";
      }
      if (zeroStart && (norm === "batch" || gateNorm === "batch")) {
        return "zeroStart is true with batch normalisation, whose statistics leave the first step out; train it in JavaScript.";
      }
      return undefined;
    },
  },
  classifier: { model: ["pooling", "labels"] },
  tagger: { model: ["pooling", "labels"] },
  "encoder-decoder": { model: ["states", "sequence_to_sequence"] },
  autoencoder: { model: ["states", "sequence_to_sequence"] },
  forecaster: { model: ["forecaster"] },
  generator: { model: ["states", "generator"] },
  embedder: { model: ["pooling", "embedder"] },
  transcriber: { model: ["transcriber"] },
};

/** Says why a folder has no `train.py`; undefined if it has one. */
export function untrainable(model: TaskModel): string | undefined {
  const { task } = model.spec;
  const { data, refuse } = TASKS[task]!;
  if (!data)
    return `There is no train.py for a model of the task ${task}, only for language models; train it with unrolled train.`;
  return refuse?.(model);
}
