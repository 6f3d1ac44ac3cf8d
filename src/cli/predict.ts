import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import type { PredictFlags } from "./flags.ts";
import { whole } from "./numbers.ts";
import { withModel } from "./open-model.ts";
import { taskOf } from "./tasks/index.ts";
import { addFormatOptions } from "./tasks/label-flags.ts";
import { checkTaskOptions } from "./tasks/options.ts";

export function addPredict(program: Command): void {
  const command = program
    .command("predict")
    .summary("let a model label, or write")
    .description(
      "Lets a classifier label texts, or a tagger the words of sentences, or a generator write from conditions, or an encoder give vectors: those that are given, or those of a file. " +
        "A classifier's file has a text a line, with a label by tab or without; a tagger's has a word a line, tags by tab or " +
        "not, and a blank line between sentences.",
    )
    .argument("<model>", "model file")
    .argument("[text...]", "texts; the words of a tagger are found at spaces and punctuation")
    .option("--data <file>", "file of examples instead of texts")
    .option("--among <file>", "encoder: show the nearest lines of this file instead of vectors")
    .option("--top <k>", "encoder: how many of them (default: 5)", whole(1))
    .option("--json", "one JSON object an example");
  addFormatOptions(command).action(predict);
}

async function predict(file: string, texts: string[], flags: PredictFlags, command: Command): Promise<void> {
  if (texts.length > 0 === (flags.data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "predict: give texts, or a file by --data, and not both");
  }
  await withModel(file, async (model) => {
    const { task } = model.spec;
    checkTaskOptions(command, task);
    const predictions = taskOf(model.spec).predict?.(model, texts, flags);
    if (!predictions) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${file}: a ${task} has nothing to predict; let it write by: sample, or weigh texts by: score`,
      );
    }
    for await (const { json, text } of predictions) console.log(flags.json ? JSON.stringify(json) : text);
  });
}
