import type { Command } from "commander";
import { commandLine } from "./shell.ts";

/**
 * For a command whose arguments are a model file and texts: if a text looks like an unknown option, such as "-5 degrees", the error
 * also shows the call with `--` before the texts.
 */
export function adviseDashes(command: Command): Command {
  return command.configureOutput({
    outputError(message, write) {
      const call = message.includes("unknown option") && callWithDashes(command, process.argv.slice(3));
      write(call ? `${message}If it is a text, put -- before the texts: ${call}\n` : message);
    },
  });
}

/**
 * Returns the command line with known options first, then the model file, `--` and the texts. Returns undefined if there is no
 * model file.
 *
 * @param words the words after the name of the command
 */
function callWithDashes(command: Command, words: readonly string[]): string | undefined {
  const options: string[] = [];
  const others: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") {
      others.push(...words.slice(i + 1));
      break;
    }
    const [name] = word.split("=", 1);
    const option = command.options.find(({ short, long }) => name === short || name === long);
    if (!option) others.push(word);
    else if (option.required && word === name) options.push(word, ...words.slice(++i, i + 1));
    else options.push(word);
  }
  const place = others.findIndex((word) => !word.startsWith("-"));
  if (place < 0) return undefined;
  const texts = others.toSpliced(place, 1);
  return commandLine(command.name(), ...options, others[place]!, "--", ...texts);
}
