import { checkTexts } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";

/** Which weights stay as they are: names, beginnings of names, or a function that returns true for their names. */
export type Freeze = readonly string[] | ((name: string) => boolean);

/** Returns the names that are frozen. @throws ERR_VALUE if an entry of a list is not the beginning of any name */
export function frozenNames(what: string, freeze: Freeze, names: readonly string[]): ReadonlySet<string> {
  if (typeof freeze === "function") return new Set(names.filter((name) => freeze(name)));
  const list = checkTexts(what, freeze);
  const idle = list.find((start) => !names.some((name) => name.startsWith(start)));
  if (idle === undefined)
    return new Set(names.filter((name) => list.some((start) => name.startsWith(start))));
  throw new UnrolledError(
    "ERR_VALUE",
    `${what}: no weight begins with ${show(idle)}; there are ${names.join(", ") || "none"}`,
  );
}
