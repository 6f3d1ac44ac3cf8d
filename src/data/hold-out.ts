import { UnrolledError } from "../errors.ts";
import { shuffled } from "./shuffle.ts";

/** Examples to learn from, and others that tell how well it goes. */
export interface Parts<T> {
  readonly train: readonly T[];
  readonly validation: readonly T[];
}

/**
 * Holds a tenth of the examples out, at least one, chosen by the seed.
 *
 * @throws ERR_DATA for fewer than 2
 */
export function holdOut<T>(examples: readonly T[], seed: number): Parts<T> {
  if (examples.length < 2) {
    throw new UnrolledError(
      "ERR_DATA",
      `${examples.length} examples, expected at least 2: one to learn from and one to validate`,
    );
  }
  const order = Array.from(shuffled(examples.length, seed), (n) => examples[n]!);
  const held = Math.max(1, Math.floor(examples.length / 10));
  return { train: order.slice(held), validation: order.slice(0, held) };
}
