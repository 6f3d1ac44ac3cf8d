import { checkOptions } from "../checks.ts";
import { holdOut, type Parts } from "../data/hold-out.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { readTextPairs, type TextPair } from "../models/embedder/pairs.ts";
import { defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  EMBEDDER_RECIPE,
  type EmbedderEvaluation,
  EmbedderTrainer,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT } from "./labels.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, withContext } from "./source.ts";
import type { DataOptions, Sources, Task, TaskData } from "./task.ts";

export const embedderTask = /* @__PURE__ */ refuseUnknown({
  kind: SequenceEmbedder,
  length: () => ({ epochs: 30 }),
  recipe: () => EMBEDDER_RECIPE,
  newData: (sources, complete, options, seed) =>
    embedderData(
      sources,
      SequenceEmbedder.checkSpec(complete(defaultEmbedderSpec(options.level))),
      options,
      seed,
    ),
  sameData: embedderData,
  async evaluate(model, data) {
    const pairs = await readAll(data, readTextPairs);
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  predict(model: SequenceEmbedder, texts: readonly string[], options: object = {}) {
    checkOptions("predict", options, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);

async function embedderData(
  sources: Sources,
  spec: EmbedderSpec,
  { minCount = DEFAULT_MIN_COUNT }: DataOptions,
  seed: number,
): Promise<TaskData<SequenceEmbedder, EmbedderEvaluation>> {
  const { data, validation } = sources;
  const pairs = await readAll(data, readTextPairs);
  const held = validation && (await readAll(validation, readTextPairs));
  const parts: Parts<TextPair> = held ? { train: pairs, validation: held } : holdOut(pairs, seed, 2);
  return {
    hash: await hashOf(sources),
    model: (runtime) => {
      const vocabulary = embedderVocabulary(parts.train, spec.level, { minCount });
      return new SequenceEmbedder(runtime, spec, { vocabulary });
    },
    trainer: (model, recipe) => new EmbedderTrainer(model, parts, recipe),
  };
}
