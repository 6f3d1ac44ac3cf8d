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
    .summary("label, write, forecast or find neighbours with a model")
    .description(
      "Predicts for the given texts, or for a file like the training data, with or without labels or targets: " +
        `${predicts.slice(0, -1).join(", ")}, and ${predicts.at(-1)}.`,
    )
    .argument("<model>", "model file")
    .argument(
      "[text...]",
      "texts, conditions for a generator, or numbers for a forecaster; for a tagger, texts are split into words at spaces and punctuation",
    )
    .option("--data <file>", "file of examples or rows, instead of arguments")
    .option("--json", "print one JSON object per example");
  addTaskOptions(command, "predict").action(predict);
}

async function predict(file: string, texts: string[], flags: PredictFlags, command: Command): Promise<void> {
  if (texts.length > 0 === (flags.data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "predict: give either texts or a file with --data");
  }
  await withModel(file, async (model) => {
    const { task } = model.spec;
    checkTaskOptions(givenTo(command), task, "predict");
    const predictions = taskOf(model.spec).predict?.(model, texts, flags);
    if (!predictions) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${file}: a ${task} has nothing to predict; write text with sample, or compare texts with score`,
      );
    }
    for await (const { json, text } of predictions) console.log(flags.json ? JSON.stringify(json) : text);
  });
}
