import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { loadModel, serializeModel } from "../network/model-file.ts";
import { checkNotData } from "./data-files.ts";
import { checkModelName, checkNew, checkWritable, writeWhole } from "./files.ts";
import { withModel } from "./open-model.ts";
import { thousands } from "./progress.ts";
import { KINDS } from "./tasks/index.ts";

interface QuantizeFlags {
  out: string;
  force?: boolean;
  json?: boolean;
}

export function addQuantize(program: Command): void {
  program
    .command("quantize")
    .summary("make a model file a quarter as large")
    .description(
      "Writes a model of any task to another file, with 8 bits instead of 32 for each number of its matrices of weights, and a scale for each row of a matrix. " +
        "Every command opens the file. Streams, such as those of sample and score, then calculate with 8 bits.",
    )
    .argument("<model>", "model file")
    .requiredOption("--out <file>", "where the quantised model is saved")
    .option("--force", "replace the file of --out if it exists")
    .option(
      "--json",
      "print one JSON object: sizes in bytes, number of matrices, and the largest error of a row",
    )
    .action(quantize);
}

async function quantize(file: string, { out, force, json }: QuantizeFlags): Promise<void> {
  checkModelName(out);
  await checkNotData("--out", out, [file]);
  await checkWritable(out);
  if (!force) checkNew("--out", out);
  await withModel(file, async (model: TaskModel, before) => {
    if (model.dtype === "int8") {
      throw new UnrolledError("ERR_VALUE", `${file} is quantised already; give the file from before`);
    }
    const bytes = serializeModel(model, { dtype: "int8" });
    const rows = rowErrors(model, loadModel(model.runtime, bytes, KINDS));
    const worst = rows.reduce((most, one) => (one.error > most.error ? one : most));
    await writeWhole(out, bytes);
    const matrices = new Set(rows.map(({ name }) => name)).size;
    if (json) {
      const { name, row, error } = worst;
      const sizes = { bytes_before: before, bytes_after: bytes.length };
      const largest = { largest_row_error: error, row_of: name, row };
      console.log(
        JSON.stringify({ model: file, out, task: model.spec.task, ...sizes, matrices, ...largest }),
      );
      return;
    }
    const share = (bytes.length / before).toFixed(2);
    console.log(
      `${out} is the model of ${file} in ${thousands(bytes.length)} instead of ${thousands(before)} bytes, ${share} of its size.\n` +
        `${matrices} matrices of weights have 8 bits a number, and a scale for each row. The row that changes most, row ${worst.row} of ` +
        `${worst.name}, changes by ${(100 * worst.error).toPrecision(2)}% of its length.`,
    );
  });
}

interface RowError {
  /** Name of the matrix. */
  readonly name: string;
  /** Number of the row, from 0. */
  readonly row: number;
  /** Length of the difference, as a share of the length of the row. */
  readonly error: number;
}

/** Returns how much the rows of all matrices of weights changed. */
function rowErrors(before: TaskModel, after: TaskModel): RowError[] {
  const others = after.parameters();
  return Object.entries(before.parameters()).flatMap(([name, { shape, data }]) => {
    if (shape.length !== 2) return [];
    const [rows = 0, width = 0] = shape;
    const changed = others[name]!.data;
    return Array.from({ length: rows }, (_, row) => {
      let [sum, difference] = [0, 0];
      for (let i = row * width; i < (row + 1) * width; i++) {
        sum += data[i]! ** 2;
        difference += (data[i]! - changed[i]!) ** 2;
      }
      return { name, row, error: Math.sqrt(sum && difference / sum) };
    });
  });
}
