import type { FormatOptions, Sources } from "./task.ts";

/** Returns the part of a hash that says how sequences are shortened. Without `cut`, the hash is that of earlier versions. */
export const cutPart = ({ cut }: FormatOptions): string[] => (cut === undefined ? [] : [`cut ${cut}`]);

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
