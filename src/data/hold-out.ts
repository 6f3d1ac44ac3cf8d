import { checkFunction, checkList, checkWhole } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { shuffled } from "./shuffle.ts";

/** Examples to train on and examples to validate on. */
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
 * @param labelsOf returns the labels of an example. Every label then keeps an example to train on: an example that is the last
 *   one with a label is not held out, and the next one is taken instead. If fewer than `least` examples can be held out, a tenth
 *   is in both parts.
 * @throws ERR_DATA if there are fewer than 2 x `least` examples
 *
 * @example
 * ```js
 * const examples = Array.from({ length: 20 }, (_, i) => `example ${i}`);
 * const { train, validation } = holdOut(examples, 3);
 * console.log(train.length, validation); // 18 [ 'example 14', 'example 7' ]
 * ```
 */
export function holdOut<T>(
  examples: readonly T[],
  seed: number,
  least = 1,
  labelsOf?: (example: T) => Iterable<string>,
): Parts<T> {
  checkList("holdOut: examples", examples);
  checkWhole("holdOut: seed", seed);
  checkWhole("holdOut: least", least);
  if (labelsOf !== undefined) checkFunction("holdOut: labelsOf", labelsOf);
  if (examples.length < 2 * least) {
    const given = counted(examples.length, "example", "examples");
    throw new UnrolledError(
      "ERR_DATA",
      `${given}, expected at least ${2 * least}: ${least} to train on and ${least} to validate on`,
    );
  }
  const order = Array.from(shuffled(examples.length, seed), (n) => examples[n]!);
  const size = Math.max(least, Math.floor(examples.length / 10));
  if (!labelsOf) return { train: order.slice(size), validation: order.slice(0, size) };
  const held = heldOut(order, size, labelsOf);
  if (held.size < least) return { train: order, validation: order.slice(0, size) };
  return {
    train: order.filter((_, place) => !held.has(place)),
    validation: order.filter((_, place) => held.has(place)),
  };
}

/** Returns the places of the first examples, at most `size`, without which each label still has an example. */
function heldOut<T>(
  order: readonly T[],
  size: number,
  labelsOf: (example: T) => Iterable<string>,
): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const example of order) {
    for (const label of new Set(labelsOf(example))) left.set(label, (left.get(label) ?? 0) + 1);
  }
  const held = new Set<number>();
  for (let place = 0; place < order.length && held.size < size; place++) {
    const labels = [...new Set(labelsOf(order[place]!))];
    if (labels.some((label) => left.get(label) === 1)) continue;
    for (const label of labels) left.set(label, left.get(label)! - 1);
    held.add(place);
  }
  return held;
}
