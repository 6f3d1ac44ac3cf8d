import { holdOut, type Parts } from "../data/hold-out.ts";
import { encoderVocabulary, SequenceEncoder } from "../models/embedder/model.ts";
import { readTextPairs, type TextPair } from "../models/embedder/pairs.ts";
import { defaultEncoderSpec, type EncoderSpec } from "../models/embedder/spec.ts";
import {
  ENCODER_RECIPE,
  type EncoderEvaluation,
  EncoderTrainer,
  evaluateEncoder,
} from "../models/embedder/trainer.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT } from "./labels.ts";
import { about, readAll } from "./source.ts";
import type { DataOptions, Sources, Task, TaskData } from "./task.ts";

export const encoderTask = {
  kind: SequenceEncoder,
  length: () => ({ epochs: 30 }),
  recipe: () => ENCODER_RECIPE,
  newData: (sources, complete, options, seed) =>
    encoderData(
      sources,
      SequenceEncoder.checkSpec(complete(defaultEncoderSpec(options.level))),
      options,
      seed,
    ),
  sameData: encoderData,
  async evaluate(model, data) {
    const pairs = await readAll(data, readTextPairs);
    return about(data.name, () => evaluateEncoder(model, pairs));
  },
  predict: (model: SequenceEncoder, texts: readonly string[]) => model.encode(texts),
} satisfies Task<SequenceEncoder, EncoderEvaluation>;

async function encoderData(
  sources: Sources,
  spec: EncoderSpec,
  { minCount = DEFAULT_MIN_COUNT }: DataOptions,
  seed: number,
): Promise<TaskData<SequenceEncoder, EncoderEvaluation>> {
  const { data, validation } = sources;
  const pairs = await readAll(data, readTextPairs);
  const held = validation && (await readAll(validation, readTextPairs));
  const parts: Parts<TextPair> = held ? { train: pairs, validation: held } : holdOut(pairs, seed, 2);
  return {
    hash: await hashOf(sources),
    model: (runtime) => {
      const vocabulary = encoderVocabulary(parts.train, spec.level, { minCount });
      return new SequenceEncoder(runtime, spec, { vocabulary });
    },
    trainer: (model, recipe) => new EncoderTrainer(model, parts, recipe),
  };
}
