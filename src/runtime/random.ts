import { checkWhole } from "../checks.ts";

/** Where a runtime stands in its stream of random numbers. */
export interface RandomState {
  readonly seed: number;
  readonly position: number;
}

/**
 * A position in the stream of Philox blocks that a seed names (assembly/random.ts). Whoever needs random numbers takes
 * the next blocks; a block's numbers depend on the seed and its place alone.
 */
export class Random {
  #seed: number;
  #position = 0;

  constructor(seed: number) {
    this.#seed = checkWhole("seed", seed);
  }

  get seed(): number {
    return this.#seed;
  }

  /** Number of the first of `blocks` blocks (of four numbers), which nobody else gets. @internal */
  take(blocks: number): number {
    const first = this.#position;
    this.#position += blocks;
    return first;
  }

  get state(): RandomState {
    return { seed: this.#seed, position: this.#position };
  }

  set state({ seed, position }: RandomState) {
    this.#seed = checkWhole("seed", seed);
    this.#position = checkWhole("position", position);
  }
}
