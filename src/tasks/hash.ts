import type { TaskModel } from "../network/model.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { FormatOptions, Sources } from "./task.ts";

/** Returns the part of a hash that says how sequences are shortened. Without `cut`, the hash is that of earlier versions. */
export const cutPart = ({ cut }: FormatOptions): string[] => (cut === undefined ? [] : [`cut ${cut}`]);

/** Returns the `cut` of a stopped run, which is the last part of its hash. It is undefined if the run had none. */
export function cutOf({
  progress,
  reading = {},
}: Pick<Checkpoint<TaskModel>, "progress" | "reading">): number | undefined {
  const dataHash = progress?.dataHash ?? "";
  // The name of a column, which may be the last part, may look like it.
  if (Object.entries(reading).some((column) => dataHash.endsWith(` ${column.join(" ")}`))) return undefined;
  const found = / cut (\d+)$/.exec(dataHash);
  return found ? Number(found[1]) : undefined;
}

/**
 * Returns a hash of everything that a run reads. The checkpoint stores this hash. Call this function after reading all data.
 *
 * @param how settings that change how the data are read. They are part of the hash.
 */
export async function hashOf(
  { data, validation }: Sources,
  ...how: readonly (string | number | boolean)[]
): Promise<string> {
  return [await data.hash(), await validation?.hash(), ...how].join(" ");
}
