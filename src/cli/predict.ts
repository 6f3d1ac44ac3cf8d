import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { adviseDashes } from "./dashed-texts.ts";
import { checkNotData, repeated } from "./data-files.ts";
import { checkNew, checkWritable, writeWhole } from "./files.ts";
import type { PredictFlags } from "./flags.ts";
import { givenTo } from "./given.ts";
import { withModel } from "./open-model.ts";
import { answerTable } from "./predict-table.ts";
import { ALL, taskOf } from "./tasks/index.ts";
import { addTaskOptions, checkModelOptions } from "./tasks/options.ts";
import { readInputs } from "./tasks/predict-inputs.ts";
import type { Prediction } from "./tasks/task-commands.ts";

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
      "texts, conditions for a generator, or numbers for a forecaster; for a tagger, texts are split into words at spaces and punctuation; put -- before texts that begin with a dash",
    )
    .option(
      "--data <file>",
      "examples or rows, instead of arguments: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option(
      "--out <file>",
      "write a table with the rows of the files and the answers instead: .csv, .jsonl, or columns between tabs",
    )
    .option("--force", "replace the file of --out if it exists")
    .option("--json", "print one JSON object per example");
  adviseDashes(addTaskOptions(command, "predict")).action(predict);
}

async function predict(file: string, texts: string[], flags: PredictFlags, command: Command): Promise<void> {
  if (texts.length > 0 === (flags.data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "predict: give either texts or a file with --data");
  }
  if (flags.cut !== undefined && !flags.data) {
    throw new UnrolledError(
      "ERR_VALUE",
      "predict: --cut shortens the examples of --data; give shorter texts",
    );
  }
  await withModel(file, async (model) => {
    const { task } = model.spec;
    checkModelOptions(givenTo(command), model, "predict");
    const commands = taskOf(model.spec);
    if (!commands.predict) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${file}: a ${task} has nothing to predict; write text with sample, or compare texts with score`,
      );
    }
    const { out } = flags;
    if (out !== undefined) await checkOut(out, flags, file);
    const inputs = await readInputs(commands.task, model, texts, flags);
    const predictions: Prediction[] = [];
    for await (const prediction of commands.predict(model, inputs, flags)) {
      if (out !== undefined) predictions.push(prediction);
      else console.log(flags.json ? JSON.stringify(prediction.json) : prediction.text);
    }
    if (out !== undefined) {
      const table = answerTable(out, inputs.file, predictions, (note) => console.error(note));
      await writeWhole(out, new TextEncoder().encode(table));
    }
  });
}

/** Names of files whose format `--out` does not write. */
const OTHER_FORMATS = /\.(?:json|xlsx?|ods|parquet|xml|html?)$/i;

/**
 * Checks that a table may be written.
 *
 * @param model file of the model, which the table must not replace
 * @throws ERR_VALUE if it would replace a file; ERR_FILE if it cannot be written
 */
async function checkOut(
  out: string,
  { data, force, json, among }: PredictFlags,
  model: string,
): Promise<void> {
  if (!data) {
    throw new UnrolledError(
      "ERR_VALUE",
      "--out writes the rows of --data with their answers; give --data FILE",
    );
  }
  if (json)
    throw new UnrolledError("ERR_VALUE", "--out and --json: give a file that ends in .jsonl to --out");
  if (OTHER_FORMATS.test(out)) {
    throw new UnrolledError("ERR_VALUE", `--out ${out}: predict writes .csv, .tsv and .jsonl`);
  }
  await checkNotData("--out", out, data, [model], among === undefined ? [] : [among]);
  await checkWritable(out);
  if (!force) checkNew("--out", out);
}
