import type { Sources } from "./task.ts";

/** Of all that a run reads, for its checkpoint, and of how it is read; once it was read. */
export async function hashOf(
  { data, validation }: Sources,
  ...how: readonly (string | number | boolean)[]
): Promise<string> {
  return [await data.hash(), await validation?.hash(), ...how].join(" ");
}
