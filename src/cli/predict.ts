import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import type { PredictFlags } from "./flags.ts";
import { givenTo } from "./given.ts";
import { withModel } from "./open-model.ts";
import { ALL, taskOf } from "./tasks/index.ts";
import { addTaskOptions, checkTaskOptions } from "./tasks/options.ts";

export function addPredict(program: Command): void {
  const predicts = Object.values(ALL).flatMap(({ predicts }) => predicts ?? []);
  const command = program
    .command("predict")
    .summary("let a model label, write, forecast or find")
    .description(
      "Lets a model say what it makes of texts that are given, or of a file like the one that it was trained on, with or without what it is " +
        `to predict: ${predicts.slice(0, -1).join(", ")}, and ${predicts.at(-1)}.`,
    )
    .argument("<model>", "model file")
    .argument(
      "[text...]",
      "texts, conditions of a generator, or numbers of a forecaster; the words of a tagger are found at spaces and punctuation",
    )
    .option("--data <file>", "file of examples, or rows, instead")
    .option("--json", "one JSON object an example");
  addTaskOptions(command, "predict").action(predict);
}

async function predict(file: string, texts: string[], flags: PredictFlags, command: Command): Promise<void> {
  if (texts.length > 0 === (flags.data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "predict: give texts, or a file by --data, and not both");
  }
  await withModel(file, async (model) => {
    const { task } = model.spec;
    checkTaskOptions(givenTo(command), task);
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
