import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import type { PredictFlags } from "./flags.ts";
import { whole } from "./numbers.ts";
import { withModel } from "./open-model.ts";
import { stepsOption } from "./tasks/forecast-flags.ts";
import { taskOf } from "./tasks/index.ts";
import { addFormatOptions } from "./tasks/label-flags.ts";
import { checkTaskOptions } from "./tasks/options.ts";
import { addSearchOptions } from "./tasks/pair-flags.ts";

export function addPredict(program: Command): void {
  const command = program
    .command("predict")
    .summary("let a model label, write, forecast or find")
    .description(
      "Lets a model say what it makes of texts that are given, or of a file like the one that it was trained on, with or without what it is " +
        "to predict: a classifier labels texts, a tagger words, an encoder-decoder writes targets, an autoencoder its texts again (and by " +
        "--json vectors), a generator writes from conditions, an embedder gives vectors or finds neighbours, and a forecaster says " +
        "what follows the rows of a file, or the numbers that are given.",
    )
    .argument("<model>", "model file")
    .argument(
      "[text...]",
      "texts, conditions of a generator, or numbers of a forecaster; the words of a tagger are found at spaces and punctuation",
    )
    .option("--data <file>", "file of examples, or rows, instead")
    .option("--among <file>", "embedder: show the nearest lines of this file instead of vectors")
    .option("--top <k>", "embedder: how many of them (default: 5)", whole(1))
    .option("--json", "one JSON object an example");
  addSearchOptions(addFormatOptions(command)).addOption(stepsOption()).action(predict);
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
