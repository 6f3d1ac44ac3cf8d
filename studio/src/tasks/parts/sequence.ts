import type { Sequence } from "../../desk/data.ts";

export type { Sequence } from "../../desk/data.ts";

/** Tells whether there is something to read in a sequence. */
export const isFilled = (sequence: Sequence): boolean =>
  typeof sequence === "string" ? sequence.trim() !== "" : sequence.length > 0;

/** Returns the first example that is a text, or an empty one. */
export const firstText = (examples: readonly unknown[]): string =>
  (examples.find((example) => typeof example === "string") as string | undefined) ?? "";

/**
 * Returns a smaller picture of steps [steps][features]: the means of neighbouring cells.
 *
 * @param most maximum numbers of steps and of features
 */
export function shrink(
  steps: readonly ArrayLike<number>[],
  most: { readonly steps: number; readonly features: number },
): number[][] {
  const blocks = (count: number, most: number) => {
    const size = Math.ceil(count / most);
    return Array.from({ length: Math.ceil(count / size) }, (_, i) => [
      i * size,
      Math.min(count, (i + 1) * size),
    ]);
  };
  const columns = blocks(steps[0]?.length ?? 0, most.features);
  return blocks(steps.length, most.steps).map(([from, to]) =>
    columns.map(([left, right]) => {
      let sum = 0;
      for (let t = from!; t < to!; t++) for (let k = left!; k < right!; k++) sum += steps[t]![k]!;
      return sum / (to! - from!) / (right! - left!);
    }),
  );
}
