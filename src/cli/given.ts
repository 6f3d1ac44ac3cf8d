import type { Command } from "commander";

/** Values of the options that the user set, by name. Options that the user did not set are missing. */
export type Given = Readonly<Record<string, unknown>>;

/** Returns the options that the user set, in the order of the help. */
export function givenTo(command: Command): Given {
  const names = command.options.map((option) => option.attributeName());
  const given = names.filter((name) => command.getOptionValueSource(name) === "cli");
  return Object.fromEntries(given.map((name) => [name, command.getOptionValue(name)]));
}

/** Returns the options with these names. */
export function pick(given: object, names: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}
