import type { Command } from "commander";
import { tokensApart } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import { LanguageModel } from "../../models/language-model.ts";
import { DEFAULT_SPEC, DEFAULT_WORD_SPEC, type LanguageModelSpec } from "../../models/spec.ts";
import { textVocabulary, unknownSymbols } from "../../models/text.ts";
import { hashText } from "../../train/checkpoint.ts";
import { type Evaluation, evaluateText } from "../../train/evaluate.ts";
import { languageModelRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { about, readText } from "../files.ts";
import type { EvalFlags, TrainFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import { isGiven, recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import type { TaskCommands } from "./task-commands.ts";

const characters: TaskCommands<LanguageModel, Evaluation> = {
  kind: LanguageModel,
  unit: "chars",
  loss: "nats",
  target: "character",
  length: { iterations: 2000 },
  recipe: (flags, command) => recipeFrom(languageModelRecipe(flags.level ?? "char"), flags, command),
  async newData(flags, command) {
    const { text, ...data } = await readTexts(flags);
    const spec = specOf(text, flags, command);
    const { vocabulary: limit, minCount } = flags;
    const options = { ...(limit && { limit }), ...(minCount && { minCount }) };
    const vocabulary = await about(flags.data, () => textVocabulary(text, spec, options));
    return { ...data, model: (runtime) => new LanguageModel(runtime, spec, vocabulary) };
  },
  sameData: readTexts,
  scores: () => ({}),
  note: ({ perplexity }) =>
    `perplexity ${perplexity < 1e6 ? perplexity.toFixed(2) : perplexity.toPrecision(2)}`,
  sample(model, seed) {
    const length = model.spec.level === "word" ? 30 : 160;
    const packed = model.pack();
    try {
      return [...packed.generate({ length, temperature: 0.8, seed })].join("");
    } finally {
      packed.dispose();
    }
  },
  write(model, { json, prompt, length, temperature, topK, topP, seed }) {
    if (!json && model.spec.level === "word") noteUnknown(model, prompt);
    return model.pack().generate({ prompt, length, temperature, topK, topP, seed });
  },
  evaluate,
};

export const languageModel: TaskCommands<LanguageModel, Evaluation> = {
  ...characters,
  words: { ...characters, unit: "words", target: "word", length: { epochs: 4 } },
};

function specOf(text: string, flags: TrainFlags, command: Command): LanguageModelSpec {
  if (flags.level !== "word") return LanguageModel.checkSpec(specFrom(DEFAULT_SPEC, flags, command));
  const spec = specFrom(DEFAULT_WORD_SPEC, flags, command);
  return LanguageModel.checkSpec({
    ...spec,
    ...(!flags.tokens && tokensApart(text) && { tokens: "spaces" }),
    ...(!isGiven(command, "embedding") && { embedding: spec.hidden }),
  });
}

/** What is read, and what it takes to train on it. @throws ERR_FILE, ERR_DATA */
async function readTexts({ data, validation }: TrainFlags) {
  const text = await readText(data);
  const held = validation === undefined ? undefined : await readText(validation);
  if (held && held.trim().length < 2) {
    throw new UnrolledError("ERR_DATA", `${validation} has too little text to validate with`);
  }
  return {
    text,
    hash: await hashText(held === undefined ? text : JSON.stringify([text, held])),
    trainer: (model: LanguageModel, recipe: Recipe) =>
      new Trainer(model, model.encode(text), recipe, held === undefined ? undefined : model.encode(held)),
  };
}

async function evaluate(model: LanguageModel, { data, json, streams }: EvalFlags): Promise<object> {
  const text = await readText(data);
  if (!json) noteUnknown(model, text);
  const ids = await about(data, () => model.encode(text));
  const { loss: _, ...result } = await about(data, () =>
    evaluateText(model, ids, streams ? { streams } : {}),
  );
  if (!json) {
    console.log(
      `${thousands(result.tokens)} ${symbolsOf(model)}: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, ` +
        `perplexity ${result.perplexity.toFixed(3)}`,
    );
  }
  return result;
}

const symbolsOf = ({ spec }: LanguageModel) => (spec.level === "word" ? "words" : "characters");

/** Says which characters or words count as the unknown symbol, where there are any. */
export function noteUnknown(model: LanguageModel, text: string, file = "the model"): void {
  const unknown = unknownSymbols(text, model.spec, model.vocabulary);
  if (!unknown.length) return;
  const shown = unknown
    .slice(0, 20)
    .map((c) => JSON.stringify(c))
    .join(" ");
  console.error(`${symbolsOf(model)} that ${file} never saw (${unknown.length}): ${shown}`);
}
