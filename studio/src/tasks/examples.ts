import type { TaskName } from "unrolled/worker";
import type { Run } from "../runs/run.ts";
import { DATASETS, type Dataset } from "./datasets.ts";

export const datasetsOf = (task: TaskName): readonly Dataset[] => DATASETS.filter((one) => one.task === task);

/** Returns inputs that show what a model has learned: those of its data set, or none. */
export function examplesOf({ plan: { source } }: Run): readonly unknown[] {
  return source.kind === "dataset" ? (DATASETS.find(({ id }) => id === source.id)?.examples ?? []) : [];
}
