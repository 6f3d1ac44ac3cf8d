import { checkWhole } from "../checks.ts";

/** A runtime's position in its stream of random numbers. */
export interface RandomState {
  readonly seed: number;
  readonly position: number;
}

/**
 * A seed and a position in a stream of blocks of random numbers (Philox, see assembly/random.ts). A caller that needs random
 * numbers reserves the next blocks. The numbers of a block depend only on the seed and on the position of the block.
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

  /** Reserves the next `blocks` blocks, of four random numbers each. Returns the position of the first block. @internal */
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
