import type { Command, Option } from "commander";
import { UnrolledError } from "../../errors.ts";
import type { TaskModel } from "../../network/model.ts";
import { type Given, pick } from "../given.ts";
import { ALL, FORMAT_OPTIONS } from "./index.ts";
import type { TaskCommands } from "./task-commands.ts";

type CommandName = keyof TaskCommands<never, never>["options"];

const isOption = (one: Option | string): one is Option => typeof one !== "string";

/**
 * Returns the options that all tasks together add to a command. An option that several tasks add appears once. The options that a
 * task lists stay in the order of its list.
 */
function optionsOf(command: CommandName): Option[] {
  const all: Option[] = [];
  for (const { options } of Object.values(ALL)) {
    let place = all.length;
    for (const option of [...(options[command]?.() ?? [])].filter(isOption).reverse()) {
      const found = all.findIndex(({ long }) => long === option.long);
      if (found >= 0) place = found;
      else all.splice(place, 0, option);
    }
  }
  return all;
}

/**
 * Adds the options of all tasks to a command.
 *
 * @param headings true: only options with a help heading; false: only options without a heading; default: all options
 */
export function addTaskOptions(command: Command, name: CommandName, headings?: boolean): Command {
  for (const option of optionsOf(name)) {
    const { helpGroupHeading } = option;
    if (headings === undefined || headings === (helpGroupHeading !== undefined)) command.addOption(option);
  }
  return command;
}

interface Owned {
  readonly long: string;
  readonly tasks: string[];
}

/** Returns the options that only some tasks have, with the names of these tasks. @param command default: all commands */
function ownedOptions(command?: CommandName): Map<string, Owned> {
  const owned = new Map<string, Owned>();
  for (const [task, { options }] of Object.entries(ALL)) {
    const lists = command ? [options[command]] : Object.values(options);
    for (const option of lists.flatMap((list) => list?.() ?? [])) {
      const name = isOption(option) ? option.attributeName() : option;
      const long = isOption(option)
        ? option.long!
        : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
      const { tasks } = owned.get(name) ?? owned.set(name, { long, tasks: [] }).get(name)!;
      if (!tasks.includes(task)) tasks.push(task);
    }
  }
  return owned;
}

/**
 * Checks the options that the user set.
 *
 * @param command the command, if a task has some of its options only in other commands
 * @throws ERR_VALUE if the task does not have one of the options
 */
export function checkTaskOptions(given: Given, task: string, command?: CommandName): void {
  const owned = ownedOptions(command);
  for (const name of Object.keys(given)) {
    const option = owned.get(name);
    if (!option || option.tasks.includes(task)) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `${option.long} goes with task ${option.tasks.join(" or ")}, not with ${task}`,
    );
  }
}

/** Options of `eval` and `predict` that only models of texts have, by task. */
const OF_TEXTS: Readonly<Record<string, readonly string[]>> = {
  autoencoder: ["beam", "maxLength", "lengthPenalty"],
};

/**
 * Checks the options that the user set for a model.
 *
 * @throws ERR_VALUE if its task does not have one of the options, or a model of vectors does not
 */
export function checkModelOptions(given: Given, { spec }: TaskModel, command?: CommandName): void {
  const { task, features } = spec as typeof spec & { readonly features?: number };
  checkTaskOptions(given, task, command);
  const name = features ? OF_TEXTS[task]?.find((name) => Object.hasOwn(given, name)) : undefined;
  if (name === undefined) return;
  const { long } = ownedOptions(command).get(name)!;
  throw new UnrolledError(
    "ERR_VALUE",
    `${long} is for writing tokens, but this ${task} reads and writes vectors; leave the option out`,
  );
}

/** Adds the options that say how files are read, those of all tasks, to a command. */
export function addFormatOptions(command: Command): Command {
  for (const option of optionsOf("eval")) {
    if (FORMAT_OPTIONS.includes(option.attributeName())) command.addOption(option);
  }
  return command;
}

/** Checks the options that say how files are read. @throws ERR_VALUE if the task does not have one of those that the user set */
export function checkFormatOptions(given: Given, task: string): void {
  checkTaskOptions(pick(given, FORMAT_OPTIONS), task, "eval");
}
