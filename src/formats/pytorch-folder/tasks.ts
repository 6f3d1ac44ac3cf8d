import type { TaskModel } from "../../network/model.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { type FolderConfig, textConfig, wordPatterns } from "./config.ts";
import { generatorConfig } from "./generator-config.ts";
import { labelConfig } from "./label-config.ts";
import { pairConfig } from "./pair-config.ts";

/** What a folder of a task has. */
interface TaskParts {
  /** The parts of `model.py` after those that all tasks have. */
  readonly model: readonly string[];
  /** The parts of `data.py`. */
  readonly data: readonly string[];
  /** Returns what `train.py` needs besides spec and tables. */
  config?(model: TaskModel): Partial<FolderConfig>;
  /** Says why `train.py` cannot train a model exactly; undefined if it can. */
  refuse?(model: TaskModel): string | undefined;
}

/** The fields of specs that decide how Python reads texts, and whether it can train a model. */
interface Text extends NetworkSpec {
  readonly level: string;
  readonly features: number;
  readonly segmentation: "latin" | "unicode";
  readonly segmenter: string;
  readonly zeroStart: boolean;
}

/** The fields of a generator's spec that decide whether Python can train it. */
interface Conditions {
  readonly features: number;
  readonly condition: string;
}

/** Refuses models whose words were cut by word lists. */
function refuseWordLists({ spec }: TaskModel): string | undefined {
  const { segmenter } = spec as Text & TaskModel["spec"];
  if (!segmenter || segmenter === "characters") return undefined;
  return "The text has scripts without spaces between words. JavaScript has lists of their words, and Python has none.";
}

/** Parts of `data.py` for examples that are texts in tables. */
const TABLES = ["shuffle", "batches", "text", "headers", "tables"] as const;

/** What classifiers and taggers have. */
const LABELS: TaskParts = {
  model: ["pooling", "labels"],
  data: [
    ...TABLES,
    "vectors",
    "label_sets",
    "selection",
    "sentences",
    "label_files",
    "label_scores",
    "spellings",
    "thresholds",
    "labels_data",
  ],
  config: labelConfig,
};

/** What encoder-decoders and autoencoders have. */
const PAIRS: TaskParts = {
  model: ["states", "scheduled_sampling", "sequence_to_sequence"],
  data: [...TABLES, "vectors", "philox", "pairs", "sequence_data"],
  config: pairConfig,
  refuse: refuseWordLists,
};

/** The tasks, by their names in specs. */
export const TASKS: Readonly<Record<string, TaskParts>> = {
  "language-model": {
    model: ["adaptive", "language_model"],
    data: ["shuffle", "batches", "text", "language_model_data"],
    config: textConfig,
    refuse(model) {
      const { zeroStart, norm, gateNorm } = model.spec as Text & TaskModel["spec"];
      const unspaced = refuseWordLists(model);
      if (unspaced) return unspaced;
      if (zeroStart && (norm === "batch" || gateNorm === "batch")) {
        return "zeroStart is true with batch normalisation, whose statistics leave the first step out; train it in JavaScript.";
      }
      return undefined;
    },
  },
  classifier: { ...LABELS, refuse: refuseWordLists },
  tagger: LABELS, // its tokens are those of the file
  "encoder-decoder": PAIRS,
  autoencoder: PAIRS,
  forecaster: {
    model: ["forecaster"],
    data: ["numbers", "number_table", "series", "shuffle", "forecaster_data"],
  },
  generator: {
    model: ["states", "generator"],
    data: [...TABLES, "label_sets", "vectors", "json_fields", "generator_data"],
    config: generatorConfig,
    refuse(model) {
      const { features, condition } = model.spec as Conditions & TaskModel["spec"];
      if (features && condition === "single") {
        return "The conditions are single vectors, which no file of examples has; train it in JavaScript.";
      }
      return refuseWordLists(model);
    },
  },
  embedder: {
    model: ["pooling", "embedder"],
    data: [...TABLES, "vectors", "json_fields", "selection", "contrast", "embedder_data"],
    config({ spec }) {
      const { level, features, segmentation } = spec as Text & TaskModel["spec"];
      return level === "word" && !features ? { patterns: wordPatterns(segmentation) } : {};
    },
    refuse: refuseWordLists,
  },
  transcriber: {
    model: ["transcriber"],
    data: [
      "shuffle",
      "batches",
      "headers",
      "tables",
      "vectors",
      "json_fields",
      "selection",
      "transcriber_data",
    ],
  },
};

/** Says why a folder has no `train.py`; undefined if it has one. */
export function untrainable(model: TaskModel): string | undefined {
  return TASKS[model.spec.task]!.refuse?.(model);
}
