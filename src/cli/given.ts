import type { Command } from "commander";

/** Values of options by name, without those that were left at their defaults. */
export type Given = Readonly<Record<string, unknown>>;

/** The options that a command was given, in the order of its help. */
export function givenTo(command: Command): Given {
  const names = command.options.map((option) => option.attributeName());
  const given = names.filter((name) => command.getOptionValueSource(name) === "cli");
  return Object.fromEntries(given.map((name) => [name, command.getOptionValue(name)]));
}

/** Those of these names. */
export function pick(given: object, names: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}
