import type { LanguageModel } from "../../models/language-model/model.ts";
import { unknownSymbols } from "../../models/language-model/text.ts";
import { languageModelTask } from "../../tasks/language-model.ts";
import { readText, textSource } from "../../tasks/source.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { openText } from "../files.ts";
import type { EvalFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import type { TaskCommands } from "./task-commands.ts";

const characters: TaskCommands<LanguageModel, Evaluation> = {
  task: languageModelTask,
  unit: "chars",
  loss: "nats",
  target: "character",
  scores: () => ({}),
  note: ({ perplexity }) =>
    `perplexity ${perplexity < 1e6 ? perplexity.toFixed(2) : perplexity.toPrecision(2)}`,
  sample(model, seed) {
    const length = model.spec.level === "word" ? 30 : 160;
    return [...languageModelTask.write(model, { length, temperature: 0.8, seed })].join("");
  },
  write(model, { json, prompt, length, temperature, topK, topP, seed }) {
    if (!json && model.spec.level === "word") noteUnknown(model, prompt);
    return languageModelTask.write(model, { prompt, length, temperature, topK, topP, seed });
  },
  evaluate,
};

export const languageModel: TaskCommands<LanguageModel, Evaluation> = {
  ...characters,
  words: { ...characters, unit: "words", target: "word" },
};

async function evaluate(model: LanguageModel, { data, json, streams }: EvalFlags): Promise<object> {
  const text = await readText(openText(data));
  if (!json) noteUnknown(model, text);
  const { loss: _, ...result } = await languageModelTask.evaluate(model, textSource(text, data), { streams });
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
