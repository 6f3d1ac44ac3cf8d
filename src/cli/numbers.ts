import { InvalidArgumentError } from "commander";
import type { Activation, ActivationName } from "../autograd/activation.ts";
import * as rules from "../schema.ts";

// Parsers of option values. If a value is invalid, the library commander prints the option and exits with code 1.

/** Makes a parser of numbers. It accepts a number if the rule `test` allows it. */
export const parser =
  ({ expected, test }: rules.Field<number>) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (test(value)) return value;
    throw new InvalidArgumentError(`expected ${expected}`);
  };

export const whole = (least: number) => parser(rules.whole(least));
export const from = (least: number) => parser(rules.numberFrom(least));
export const positive = parser(rules.positive());
const finite = parser(rules.number());

/** Parses the optional value of a switch. @param value the only value that it may have */
export const onlyValue =
  (value: string) =>
  (text: string): string => {
    if (text === value) return value;
    throw new InvalidArgumentError(`expected ${value}, or no value`);
  };

/** Parses layer sizes separated by commas. */
export const sizes = (text: string): number[] => text.split(",").map(whole(1));

/** Parses activations separated by commas. Each is name, name:alpha or name:alpha:beta. `Activation` explains alpha and beta. */
export const activations = (text: string): Activation[] =>
  text.split(",").map((part) => {
    const [name, alpha, beta, ...more] = part.split(":");
    if (more.length) throw new InvalidArgumentError(`expected name:alpha:beta, not ${part}`);
    if (alpha === undefined) return name as ActivationName;
    return {
      name: name as ActivationName,
      alpha: finite(alpha),
      ...(beta !== undefined && { beta: finite(beta) }),
    };
  });
