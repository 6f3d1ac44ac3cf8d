import { Vocabulary } from "../../data/vocabulary.ts";
import { LanguageModel } from "../../models/language-model.ts";
import { DEFAULT_SPEC, type LanguageModelSpec } from "../../models/spec.ts";
import { hashText } from "../../train/checkpoint.ts";
import { type Evaluation, evaluateText } from "../../train/evaluate.ts";
import { DEFAULT_RECIPE } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { about, readText } from "../files.ts";
import type { EvalFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import type { TaskCommands, TaskData } from "./task-commands.ts";

export const languageModel: TaskCommands<LanguageModel, Evaluation> = {
  kind: LanguageModel,
  unit: "chars",
  loss: "nats",
  target: "character",
  length: { iterations: 2000 },
  recipe: (flags, command) => recipeFrom(DEFAULT_RECIPE, flags, command),
  newData: ({ data, ...flags }, command) =>
    textData(data, LanguageModel.checkSpec(specFrom(DEFAULT_SPEC, flags, command))),
  sameData: ({ data }, spec) => textData(data, spec),
  scores: () => ({}),
  note: ({ perplexity }) =>
    `perplexity ${perplexity < 1e6 ? perplexity.toFixed(2) : perplexity.toPrecision(2)}`,
  sample(model, seed) {
    const packed = model.pack();
    try {
      return [...packed.generate({ length: 160, temperature: 0.8, seed })].join("");
    } finally {
      packed.dispose();
    }
  },
  evaluate,
};

async function textData(file: string, spec: LanguageModelSpec): Promise<TaskData<LanguageModel, Evaluation>> {
  const text = await readText(file);
  return {
    hash: await hashText(text),
    model: (runtime) => new LanguageModel(runtime, spec, Vocabulary.fromText(text)),
    trainer: (model, recipe) => new Trainer(model, model.vocabulary.encode(text), recipe),
  };
}

async function evaluate(model: LanguageModel, { data, json, streams }: EvalFlags): Promise<object> {
  const text = await readText(data);
  if (!json) noteUnknown(model, text);
  const ids = await about(data, () => model.vocabulary.encode(text));
  const { loss: _, ...result } = await about(data, () =>
    evaluateText(model, ids, streams ? { streams } : {}),
  );
  if (!json) {
    console.log(
      `${thousands(result.tokens)} characters: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, ` +
        `perplexity ${result.perplexity.toFixed(3)}`,
    );
  }
  return result;
}

/** Says which characters count as the unknown symbol, where there are any. */
export function noteUnknown({ vocabulary }: LanguageModel, text: string, file = "the model"): void {
  const unknown = vocabulary.unknownIn(text);
  if (!unknown.length) return;
  const shown = unknown
    .slice(0, 20)
    .map((c) => JSON.stringify(c))
    .join(" ");
  console.error(`characters that ${file} never saw (${unknown.length}): ${shown}`);
}
