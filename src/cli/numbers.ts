import { InvalidArgumentError } from "commander";
import type { Activation, ActivationName } from "../autograd/activation.ts";

// Readers of option values. Commander prints which option was wrong and stops with exit code 1.

function numberWhere(test: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (test(value)) return value;
    throw new InvalidArgumentError(`expected ${expected}`);
  };
}

/** A whole number of at least `least`. */
export const whole = (least: number) =>
  numberWhere((value) => Number.isSafeInteger(value) && value >= least, `a whole number from ${least} on`);

/** A number from `least` on. */
export const from = (least: number) =>
  numberWhere((value) => Number.isFinite(value) && value >= least, `a number from ${least} on`);

export const positive = numberWhere((value) => Number.isFinite(value) && value > 0, "a number above 0");

/** A number from 0 to below 1. */
export const fraction = numberWhere((value) => value >= 0 && value < 1, "a number from 0 to below 1");

/** A number above 0, up to 1. */
export const share = numberWhere((value) => value > 0 && value <= 1, "a number above 0, up to 1");

/** A number from 0 to 1. */
export const upToOne = numberWhere((value) => value >= 0 && value <= 1, "a number from 0 to 1");

export const finite = numberWhere(Number.isFinite, "a number");

/** Sizes with commas between them. */
export const sizes = (text: string): number[] => text.split(",").map(whole(1));

/** Activations with commas between them: a name, or name:alpha or name:alpha:beta. */
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
