import { checkObject, checkWhole } from "../checks.ts";

/** A runtime's position in its stream of random numbers. */
export interface RandomState {
  /** The seed of the stream. */
  readonly seed: number;
  /** Number of blocks of four random numbers that were already taken. */
  readonly position: number;
}

/**
 * A seed and a position in a stream of blocks of random numbers (Philox, see assembly/random.ts). A caller that needs random
 * numbers reserves the next blocks. The numbers of a block depend only on the seed and on the position of the block.
 */
export class Random {
  #seed: number;
  #position = 0;

  /** Starts the stream of `seed` at position 0. @throws ERR_VALUE if the seed is not a whole number from 0 to 2^53 - 1 */
  constructor(seed: number) {
    this.#seed = checkWhole("seed", seed);
  }

  /** The seed of the stream. */
  get seed(): number {
    return this.#seed;
  }

  /** Reserves the next `blocks` blocks, of four random numbers each. Returns the position of the first block. @internal */
  take(blocks: number): number {
    const first = this.#position;
    this.#position += blocks;
    return first;
  }

  /** Seed and position. To repeat random numbers, assign an earlier state. */
  get state(): RandomState {
    return { seed: this.#seed, position: this.#position };
  }

  /** Sets seed and position. @throws ERR_VALUE if one of them is not a whole number; nothing has changed then */
  set state(state: RandomState) {
    const { seed, position } = checkObject("random", state, "state is");
    checkWhole("position", position);
    this.#seed = checkWhole("seed", seed);
    this.#position = position;
  }
}
