import type { Command } from "commander";
import type { LabelledParts } from "../data/labelled.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { Classifier } from "../models/classifier.ts";
import type { LabelModel } from "../models/label-model.ts";
import type { LabelSpec } from "../models/label-spec.ts";
import { LanguageModel } from "../models/language-model.ts";
import type { LanguageModelSpec } from "../models/spec.ts";
import { Tagger } from "../models/tagger.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { hashText } from "../train/checkpoint.ts";
import { LabelTrainer } from "../train/label-trainer.ts";
import type { Recipe } from "../train/recipe.ts";
import type { TaskTrainer } from "../train/task-trainer.ts";
import { Trainer } from "../train/trainer.ts";
import { readText } from "./files.ts";
import type { AnyModel } from "./kinds.ts";
import { readParts } from "./label-data.ts";
import { DEFAULT_MIN_COUNT, labelSpecOf } from "./label-flags.ts";
import type { TrainFlags } from "./run.ts";
import { specOf } from "./spec-flags.ts";

/** What a run learns. */
export interface TaskData {
  /** SHA-256 of all that is read, for the checkpoint. */
  readonly hash: string;
  /** A new model for it. @throws ERR_VALUE */
  model(runtime: Runtime): AnyModel;
  /** @throws ERR_DATA where there is too little of it */
  trainer(model: AnyModel, recipe: Recipe): TaskTrainer;
}

/** Data of a new run. @throws ERR_FILE, ERR_DATA, ERR_VALUE */
export async function newData(flags: TrainFlags, command: Command, seed: number): Promise<TaskData> {
  const { task } = flags;
  if (task === "language-model") return textData(flags, specOf(flags));
  const parts = await readParts(task, flags, seed);
  const spec = labelSpecOf(task, flags, command, flags.level ?? parts.level);
  return labelData(spec, parts.as(spec.level), flags.minCount);
}

/** Data of a run that goes on. @throws ERR_FILE, ERR_DATA */
export async function sameData(flags: TrainFlags, spec: AnyModel["spec"], seed: number): Promise<TaskData> {
  if (spec.task === "language-model") return textData(flags, spec);
  return labelData(spec, (await readParts(spec.task, flags, seed)).as(spec.level));
}

async function textData({ data }: TrainFlags, spec: LanguageModelSpec): Promise<TaskData> {
  const text = await readText(data);
  return {
    hash: await hashText(text),
    model: (runtime) => new LanguageModel(runtime, spec, Vocabulary.fromText(text)),
    trainer: (model, recipe) => new Trainer(model as LanguageModel, model.vocabulary.encode(text), recipe),
  };
}

async function labelData(
  spec: LabelSpec,
  parts: LabelledParts,
  minCount = DEFAULT_MIN_COUNT,
): Promise<TaskData> {
  return {
    hash: await hashText(JSON.stringify(parts)),
    model(runtime) {
      const tokens = parts.train.flatMap(({ tokens }) => tokens);
      const labels = parts.train.flatMap(({ labels }) => labels);
      const vocabularies = [
        Vocabulary.fromTokens(tokens, { minCount }),
        Vocabulary.fromTokens(labels, { unknown: false }),
      ] as const;
      return spec.task === "tagger"
        ? new Tagger(runtime, spec, ...vocabularies)
        : new Classifier(runtime, spec, ...vocabularies);
    },
    trainer: (model, recipe) => new LabelTrainer(model as LabelModel, parts, recipe),
  };
}
