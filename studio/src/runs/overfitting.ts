import type { Losses, Point } from "./history.ts";

/** Validations after the least one, and the share of the loss by which they have to be above it. */
const [LATER, RISE] = [4, 0.05];

/** How many times the noise of the line the rise has to be, and the share of the whole fall. */
const [NOISE, FALL] = [3, 0.05];

const loss = ({ loss }: Point) => loss;

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** How far a value usually is from the mean of its neighbours: 0 for a straight line, however steep. */
const noiseOf = (values: readonly number[]) =>
  median(values.slice(1, -1).map((value, i) => Math.abs(value - (values[i]! + values[i + 2]!) / 2)));

/**
 * Returns the iteration since which the validation loss has really risen: the last validations are all above the least one, by more than
 * the noise of the line, and by a part of what it has fallen before, so that the rise can be seen in the chart.
 *
 * @returns undefined if it does not overfit
 */
export function overfitsSince({ validations }: Losses): number | undefined {
  const losses = validations.map(loss);
  const least = Math.min(...losses);
  const at = losses.indexOf(least);
  const later = losses.slice(at + 1);
  if (later.length < LATER) return undefined;
  const margin = Math.max(RISE * Math.abs(least), NOISE * noiseOf(losses), FALL * (losses[0]! - least));
  const isAbove = Math.min(...later.slice(-LATER)) > least + margin;
  return isAbove ? validations[at]!.iteration : undefined;
}
