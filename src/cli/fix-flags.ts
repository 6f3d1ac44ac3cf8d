import { type Command, InvalidArgumentError } from "commander";
import { UnrolledError } from "../errors.ts";
import type { GraphInput } from "../formats/index.ts";

// The options --dims and --set, which fix what models of other frameworks leave open.

export interface FixFlags {
  dims: Readonly<Record<string, number>>;
  set: Readonly<Record<string, GraphInput | number>>;
}

/** Splits name=value pairs, separated by commas, and adds what `parse` makes of them to `before`. */
const pairs =
  <T>(parse: (value: string) => T) =>
  (text: string, before: Readonly<Record<string, T>>): Record<string, T> => {
    const added = text.split(/,(?=[^,=]+=)/).map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new InvalidArgumentError("expected name=value");
      return [pair.slice(0, at), parse(pair.slice(at + 1))] as const;
    });
    return { ...before, ...Object.fromEntries(added) };
  };

function length(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a whole number from 1, not ${text}`);
}

/** Parses a number, or numbers separated by commas. */
function numbers(text: string): number | readonly number[] {
  const values = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (values.some((value) => Number.isNaN(value)))
    throw new InvalidArgumentError(`expected a number, not ${text}`);
  return values.length === 1 ? values[0]! : values;
}

/** Adds the options --dims and --set to a command. */
export function addFixOptions(command: Command): Command {
  return command
    .option(
      "--dims <name=length>",
      "models of other frameworks: lengths of axes that the file only names, such as batch=1; several are separated by commas",
      pairs(length),
      {},
    )
    .option(
      "--set <name=number>",
      "models of other frameworks: an input that is the same in every call, such as sr=16000; what depends on it alone is computed once; may be given several times",
      pairs<GraphInput | number>(numbers),
      {},
    );
}

/** Returns the options that a user gave, in words: `--dims batch=1`. */
export const fixedText = ({ dims, set }: FixFlags): string =>
  [...Object.entries(dims), ...Object.entries(set)].map(([name, value]) => `${name}=${value}`).join(", ");

/** Refuses the options for a model of ours. @throws ERR_VALUE if one is given */
export function refuseFixed(file: string, flags: FixFlags): void {
  const given = fixedText(flags);
  if (!given) return;
  const problem = `${given} is for models of other frameworks, and ${file} is none`;
  throw new UnrolledError("ERR_VALUE", `${problem}; leave out --dims and --set`);
}
