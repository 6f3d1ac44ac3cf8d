import type { Command } from "commander";

/** The options that the user set: their values by name. Other options are missing. */
export type Given = Readonly<Record<string, unknown>>;

/** Returns the options that the user set, in the order in which the help lists them. */
export function givenTo(command: Command): Given {
  const names = command.options.map((option) => option.attributeName());
  const given = names.filter((name) => command.getOptionValueSource(name) === "cli");
  return Object.fromEntries(given.map((name) => [name, command.getOptionValue(name)]));
}

/** Returns only the options that are in `names`. */
export function pick(given: object, names: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}
