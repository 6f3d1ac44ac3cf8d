import type { Sources } from "./task.ts";

/**
 * Returns the hash for the checkpoint. The hash covers everything that a run reads. Call this function after reading all data.
 *
 * @param how settings of how the data are read, which are part of the hash
 */
export async function hashOf(
  { data, validation }: Sources,
  ...how: readonly (string | number | boolean)[]
): Promise<string> {
  return [await data.hash(), await validation?.hash(), ...how].join(" ");
}
