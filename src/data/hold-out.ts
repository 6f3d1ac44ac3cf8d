import { UnrolledError } from "../errors.ts";
import { shuffled } from "./shuffle.ts";

/** Examples to learn from, and others that tell how well it goes. */
export interface Parts<T> {
  readonly train: readonly T[];
  readonly validation: readonly T[];
}

/**
 * Holds a tenth of the examples out, chosen by the seed.
 *
 * @param least how many each part needs; default 1
 * @throws ERR_DATA for fewer than twice as many
 */
export function holdOut<T>(examples: readonly T[], seed: number, least = 1): Parts<T> {
  if (examples.length < 2 * least) {
    throw new UnrolledError(
      "ERR_DATA",
      `${examples.length} examples, expected at least ${2 * least}: ${least} to learn from and ${least} to validate`,
    );
  }
  const order = Array.from(shuffled(examples.length, seed), (n) => examples[n]!);
  const held = Math.max(least, Math.floor(examples.length / 10));
  return { train: order.slice(held), validation: order.slice(0, held) };
}
