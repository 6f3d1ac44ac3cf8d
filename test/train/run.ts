import { createHash } from "node:crypto";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../src/train/recipe.ts";
import type { TrainStore } from "../../src/train/train.ts";

/** About 1000 characters with something to learn. */
export const TEXT = Array.from({ length: 50 }, (_, i) => `${(i * 7) % 13} apples, ${i % 5} pears\n`).join("");

export interface RunOptions {
  readonly text?: string;
  readonly spec?: Partial<LanguageModelSpec>;
  readonly recipe?: Partial<Recipe>;
}

/** Makes a trainer of a small model, before its first iteration. */
export function newTrainer(
  rt: Runtime,
  { text = TEXT, spec = {}, recipe = {} }: RunOptions = {},
): LanguageModelTrainer {
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 6, ...spec }, vocabulary);
  return new LanguageModelTrainer(model, vocabulary.encode(text), {
    ...DEFAULT_RECIPE,
    batch: 4,
    seq: 6,
    ...recipe,
  });
}

/** Returns the SHA-256 in hexadecimal, so that differing bytes give a short message. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Keeps everything that a run saves, in order. */
export class MemoryStore implements TrainStore {
  readonly models: Uint8Array[] = [];
  readonly checkpoints: Uint8Array[] = [];

  async saveModel(bytes: Uint8Array): Promise<void> {
    this.models.push(bytes);
  }

  async saveCheckpoint(bytes: Uint8Array): Promise<void> {
    this.checkpoints.push(bytes);
  }
}
