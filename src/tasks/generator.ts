import { checkOptions } from "../checks.ts";
import { holdOut, type Parts } from "../data/hold-out.ts";
import { type Level, sequenceTokens } from "../data/labelled.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { type Condition, type Conditioned, readConditioned } from "../models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../models/generator/model.ts";
import { defaultGeneratorSpec, type GeneratorSpec } from "../models/generator/spec.ts";
import type { GeneratorOptions } from "../models/generator/stream.ts";
import { evaluateGenerator, GENERATOR_RECIPE, GeneratorTrainer } from "../models/generator/trainer.ts";
import type { GenerateOptions } from "../models/language-model/stream.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT } from "./labels.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, type TextSource, withContext } from "./source.ts";
import type { DataOptions, Sources, Task, TaskData } from "./task.ts";
import { writePacked } from "./write.ts";

export const generatorTask = /* @__PURE__ */ refuseUnknown({
  kind: ConditionalGenerator,
  length: () => ({ epochs: 30 }),
  recipe: () => GENERATOR_RECIPE,
  newData: (sources, complete, options, seed) =>
    generatorData(
      sources,
      ConditionalGenerator.checkSpec(complete(defaultGeneratorSpec(options.level))),
      options,
      seed,
    ),
  sameData: generatorData,
  async evaluate(model, data) {
    const examples = (await readLines(data))(model.spec.level);
    return withContext(data.name, () => evaluateGenerator(model, examples));
  },
  /** A sequence for each condition: number i with the seed and i, so that the same one twice does not write the same. */
  predict(
    model: ConditionalGenerator,
    conditions: readonly Condition[],
    options: GenerateOptions = {},
  ): string[] {
    const { seed = 1, ...rest } = checkOptions(
      "predict",
      options,
      "prompt length seed temperature topK topP",
    );
    const packed = model.pack();
    try {
      return conditions.map((condition, i) =>
        [...packed.generate({ ...rest, condition, seed: seed + i })].join(""),
      );
    } finally {
      packed.dispose();
    }
  },
  write: (model: ConditionalGenerator, options: GeneratorOptions) => writePacked(model.pack(), options),
} satisfies Task<ConditionalGenerator, Evaluation>);

async function generatorData(
  sources: Sources,
  spec: GeneratorSpec,
  { minCount = spec.level === "word" ? DEFAULT_MIN_COUNT : 1 }: DataOptions,
  seed: number,
): Promise<TaskData<ConditionalGenerator, Evaluation>> {
  const { data, validation } = sources;
  const all = (await readLines(data))(spec.level);
  const held = validation && (await readLines(validation))(spec.level);
  const parts: Parts<Conditioned> = held ? { train: all, validation: held } : holdOut(all, seed);
  return {
    hash: await hashOf(sources),
    model: (runtime) =>
      new ConditionalGenerator(runtime, spec, {
        vocabulary: generatorVocabulary(parts.train, { minCount }),
        conditions: Vocabulary.fromTokens(
          all.map(({ condition }) => String(condition)),
          { unknown: false },
        ),
      }),
    trainer: (model, recipe) => new GeneratorTrainer(model, parts, recipe),
  };
}

async function readLines(source: TextSource): Promise<(level: Level) => Conditioned[]> {
  const lines = await readAll(source, readConditioned);
  return (level) => lines.map(({ condition, text }) => ({ condition, tokens: sequenceTokens(text, level) }));
}
