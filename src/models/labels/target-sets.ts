import { labelSet } from "../../data/label-set.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";

/** The different sets of labels of a data set. A set has a number, so that a target needs no array of its own. */
export class TargetSets {
  readonly #labels: Vocabulary;
  readonly #numbers = new Map<string, number>();
  /** The ids of the labels in each set. */
  readonly #sets: Int32Array[] = [];

  constructor(labels: Vocabulary) {
    this.#labels = labels;
  }

  /** Returns the number of each cell's set (`labelSet`). Labels that the vocabulary lacks are left out. */
  encodeTokens(cells: readonly string[]): Int32Array {
    return Int32Array.from(cells, (cell) => {
      const found = this.#numbers.get(cell);
      if (found !== undefined) return found;
      this.#numbers.set(cell, this.#sets.length);
      return this.#sets.push(this.#labels.encodeTokens(labelSet(cell)).filter((id) => id >= 0)) - 1;
    });
  }

  /** Returns 1 for each label in each set, else 0, [sets, labels]. A number below 0 is a place without a set. */
  multiHot(numbers: Int32Array): Float32Array {
    return this.#rows(numbers, 0, () => 1);
  }

  /** Returns the weight of each label in each set, 1 for labels that a set lacks, and 0 for places without a set, [sets, labels]. */
  weights(numbers: Int32Array, weights: Float64Array): Float32Array {
    return this.#rows(numbers, 1, (id) => weights[id]!);
  }

  #rows(numbers: Int32Array, others: number, of: (id: number) => number): Float32Array {
    const { size } = this.#labels;
    const rows = new Float32Array(numbers.length * size);
    numbers.forEach((number, row) => {
      if (number < 0) return;
      if (others) rows.fill(others, row * size, (row + 1) * size);
      for (const id of this.#sets[number]!) rows[row * size + id] = of(id);
    });
    return rows;
  }
}
