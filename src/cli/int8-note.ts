import type { TaskModel } from "../network/model.ts";

/** Says on standard error that a command calculates in float32 although the model's file is quantised. */
export function noteInt8({ dtype }: TaskModel, file: string, quiet: boolean | undefined): void {
  if (dtype !== "int8" || quiet) return;
  console.error(`${file}: the weights are int8; inspect calculates in float32 with the rounded weights`);
}
