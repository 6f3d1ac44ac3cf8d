import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { type Answer, answerTable } from "./answers.ts";
import { checkNotData, type Recorded, repeated } from "./data-files.ts";
import { checkWritable, writeWhole } from "./files.ts";
import type { PredictFlags } from "./flags.ts";
import { givenTo } from "./given.ts";
import { withModel } from "./open-model.ts";
import { count } from "./progress.ts";
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
    .option(
      "--data <file>",
      "examples or rows, instead of arguments: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option(
      "--out <file>",
      "write a table with the columns of the data and the answers, as CSV, tab-separated or JSON lines, like the data unless the name ends otherwise",
    )
    .option("--force", "replace the file at --out")
    .option("--json", "print one JSON object per example");
  addTaskOptions(command, "predict").action(predict);
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
  await checkOut(file, flags);
  const recorded: Recorded[] | undefined = flags.out !== undefined && flags.data ? [] : undefined;
  await withModel(file, async (model) => {
    const { task } = model.spec;
    checkTaskOptions(givenTo(command), task);
    const predictions = taskOf(model.spec).predict?.(model, texts, {
      ...flags,
      ...(recorded && { recorded }),
    });
    if (!predictions) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${file}: a ${task} has nothing to predict; write text with sample, or compare texts with score`,
      );
    }
    const answers: Answer[] = [];
    for await (const { json, text, answer } of predictions) {
      if (flags.out !== undefined) answers.push(answer);
      else console.log(flags.json ? JSON.stringify(json) : text);
    }
    const { out } = flags;
    if (out === undefined) return;
    const { ownRows = false } = taskOf(model.spec);
    const table = answerTable(out, recorded ?? [], answers, flags as { format?: string }, ownRows);
    await writeWhole(out, new TextEncoder().encode(table));
    if (flags.json) console.log(JSON.stringify({ out, answers: answers.length }));
    else console.error(`${out}: ${count(answers.length, "answer")}`);
  });
}

/** @throws ERR_VALUE if the file exists or is one of the data; ERR_FILE if it cannot be written */
async function checkOut(model: string, { out, data, force }: PredictFlags): Promise<void> {
  if (out === undefined) return;
  await checkNotData("--out", out, data, [model]);
  await checkWritable(out);
  if (!force && existsSync(out)) {
    throw new UnrolledError("ERR_VALUE", `${out} exists; give another --out, or --force to replace it`);
  }
}
