import { checkList, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { shuffled } from "./shuffle.ts";

/** Examples to train on, and different examples to validate on. */
export interface Parts<T> {
  /** Examples to train on. */
  readonly train: readonly T[];
  /** Examples to validate on. */
  readonly validation: readonly T[];
}

/**
 * Holds out a tenth of the examples, chosen by the seed.
 *
 * @param least minimum number of examples in each part, default 1
 * @throws ERR_DATA if there are fewer than 2 x `least` examples
 *
 * @example
 * ```js
 * const examples = Array.from({ length: 20 }, (_, i) => `example ${i}`);
 * const { train, validation } = holdOut(examples, 3);
 * console.log(train.length, validation); // 18 [ 'example 14', 'example 7' ]
 * ```
 */
export function holdOut<T>(examples: readonly T[], seed: number, least = 1): Parts<T> {
  checkList("holdOut: examples", examples);
  checkWhole("holdOut: seed", seed);
  checkWhole("holdOut: least", least);
  if (examples.length < 2 * least) {
    const given = examples.length === 1 ? "1 example" : `${examples.length} examples`;
    throw new UnrolledError(
      "ERR_DATA",
      `${given}, expected at least ${2 * least}: ${least} to train on and ${least} to validate on`,
    );
  }
  const order = Array.from(shuffled(examples.length, seed), (n) => examples[n]!);
  const held = Math.max(least, Math.floor(examples.length / 10));
  return { train: order.slice(held), validation: order.slice(0, held) };
}
