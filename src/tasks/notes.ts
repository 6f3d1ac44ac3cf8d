import type { TextSource } from "./source.ts";
import type { FormatOptions, Sources } from "./task.ts";

type Noting = Pick<FormatOptions, "note">;

function withStart<O extends Noting>(options: O, start: string): O {
  const { note } = options;
  return note ? { ...options, note: (text: string) => note(start + text) } : options;
}

/** Returns the options for examples that are validated on: their notes say so. */
export const forValidation = <O extends Noting>(options: O): O => withStart(options, "validation: ");

/**
 * Returns the options with which a source of a run is read. If there is a source for validation too, notes begin with the name of
 * their source. Of several parts, `readParts` names each.
 */
export function optionsFor<O extends Noting>(
  options: O,
  { name, parts }: TextSource,
  { validation }: Sources,
): O {
  return validation && !parts ? withStart(options, `${name}: `) : options;
}
