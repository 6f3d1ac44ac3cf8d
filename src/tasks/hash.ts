import type { Sources } from "./task.ts";

/** Returns the hash for the checkpoint: of everything that a run reads, and of how it is read. Call it after reading all data. */
export async function hashOf(
  { data, validation }: Sources,
  ...how: readonly (string | number | boolean)[]
): Promise<string> {
  return [await data.hash(), await validation?.hash(), ...how].join(" ");
}
