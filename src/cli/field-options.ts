import { type Command, Option } from "commander";
import type { Defaulted, Field } from "../schema.ts";
import { parser } from "./numbers.ts";

/**
 * The help text of a field, such as `<units> units in each layer`. If the field is a switch (a boolean), its text has no
 * `<value>`. The text of a switch that may have a value begins with `[value]`. If there are two texts, the field has two
 * switches, such as `--tied` and `--no-tied`.
 */
export type Help = string | readonly [on: string, off: string];

interface FieldOptions {
  /**
   * How the help shows the default value of an option; default `value`. A default value that the help text already contains is
   * not shown again.
   * - `value`: commander shows the default value.
   * - `text`: the default value is added to the help text.
   * - `no`: the help does not show the default value.
   */
  shown?: "value" | "text" | "no";
  /** Parsers by field name, for fields that are neither numbers nor choices. */
  parsers?: Readonly<Record<string, (text: string) => unknown>>;
}

/** Makes the options of one field. */
function optionsOf(
  name: string,
  field: Field<unknown> & Partial<Defaulted<unknown>>,
  help: Help,
  { shown = "value", parsers = {} }: FieldOptions = {},
): Option[] {
  const { standard, choices } = field;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof help !== "string")
    return [new Option(`--${flag}`, help[0]), new Option(`--no-${flag}`, help[1])];
  const end = help.search(/[>\]]/) + 1;
  if (typeof standard === "boolean" && !help.startsWith("["))
    return [new Option(standard ? `--no-${flag}` : `--${flag}`, help)];
  const isNamed = [undefined, null, false].includes(standard as null) || help.includes("(default: ");
  const text = help.slice(end + 1);
  const option = new Option(
    `--${flag} ${help.slice(0, end)}`,
    isNamed || shown !== "text" ? text : `${text} (default: ${standard})`,
  );
  if (choices) option.choices(choices as readonly string[]);
  else option.argParser(parsers[name] ?? parser(field as Field<number>));
  return [isNamed || shown !== "value" ? option : option.default(standard)];
}

/**
 * Makes the options that set fields of a spec or a recipe, in the order of the help texts. The schema of a field decides which
 * values are valid. If a switch is on by default, its option is `--no-name`. Otherwise it is `--name`.
 */
export function fieldOptions<Name extends string>(
  fields: Readonly<Record<NoInfer<Name>, Field<unknown>>>,
  help: Readonly<Record<Name, Help>>,
  how?: FieldOptions,
): Option[] {
  return (Object.keys(help) as Name[]).flatMap((name) => optionsOf(name, fields[name], help[name], how));
}

/** Adds the options of fields to a command. */
export function addFields<Name extends string>(
  command: Command,
  fields: Readonly<Record<NoInfer<Name>, Field<unknown>>>,
  help: Readonly<Record<Name, Help>>,
  how?: FieldOptions,
): Command {
  for (const option of fieldOptions(fields, help, how)) command.addOption(option);
  return command;
}
