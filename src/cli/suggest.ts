import type { Command } from "commander";
import { AdaptiveLanguageModel } from "../models/language-model/adaptive.ts";
import type { LanguageModel } from "../models/language-model/model.ts";
import { Suggester } from "../models/language-model/suggester.ts";
import { withContext } from "../tasks/source.ts";
import { adviseDashes } from "./dashed-texts.ts";
import { whole } from "./numbers.ts";
import { withModel } from "./open-model.ts";
import { noteUnknown } from "./tasks/language-model.ts";
import { noteSegmenter } from "./text-notes.ts";

interface SuggestFlags {
  top: number;
  json?: boolean;
}

export function addSuggest(program: Command): void {
  adviseDashes(program.command("suggest"))
    .summary("suggest the next word, or the end of the current one")
    .description(
      "Suggests words for the end of a text with a language model, as a keyboard does: the next word if the text ends with white space or a mark, " +
        "else words that begin with the letters of the last one. Probabilities are those of the word, given the text so far. " +
        "Unknown words and the ends of sentences are never suggested.",
    )
    .argument("<model>", "model file")
    .argument("[text]", "text so far; put -- before a text that begins with a dash", "")
    .option("--top <k>", "maximum number of suggestions", whole(1), 5)
    .option("--json", "print one JSON object: the suggestions, each with text and probability")
    .action(suggest);
}

async function suggest(file: string, text: string, { top, json }: SuggestFlags): Promise<void> {
  const show = async (model: LanguageModel) => {
    noteSegmenter(model, json);
    if (!json) noteUnknown(model, model.spec.level === "word" ? text.replace(/\S+$/u, "") : text);
    const suggestions = await withContext("suggest", () =>
      new Suggester(model.pack()).suggest(text, { top }),
    );
    if (json) console.log(JSON.stringify({ suggestions }));
    else for (const { text, probability } of suggestions) console.log(`${probability.toFixed(4)}  ${text}`);
  };
  await withModel(file, show, [AdaptiveLanguageModel]);
}
