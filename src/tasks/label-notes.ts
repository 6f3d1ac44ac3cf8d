import { listed, shown } from "../errors.ts";
import { isMissing } from "../tables/header-words.ts";

/** Maximum number of labels that a note names. */
const NAMED = 5;

/**
 * Tells the user which labels stand for a missing value, such as NULL, and which differ only in the case of their letters. Each is a
 * class of its own.
 *
 * @param noun what a label is called
 */
export function noteLabels(
  labels: readonly string[],
  noun: string,
  note: ((text: string) => void) | undefined,
): void {
  if (!note) return;
  // Models join labels that differ only in their Unicode form.
  const different = [...new Set([...new Set(labels)].map((label) => label.normalize()))];
  const missing = different.filter(isMissing);
  if (missing.length) {
    const named = listed(missing.map(shown), NAMED);
    note(`${named} is learnt as a ${noun}; if it stands for a missing one, leave its examples out`);
  }
  const alike = new Map<string, string[]>();
  for (const label of different) {
    const lower = label.toLowerCase();
    alike.set(lower, [...(alike.get(lower) ?? []), label]);
  }
  const groups = [...alike.values()].filter(({ length }) => length > 1);
  if (!groups.length) return;
  const named = listed(
    groups.map((group) => group.map(shown).join(" and ")),
    NAMED,
  );
  note(`these ${noun}s differ only in the case of their letters, but are learnt as different ones: ${named}`);
}
