/** A matrix or vector in the memory of a runtime, in row-major order: a `Tensor`, or a weight of a file that is to be packed. */
export interface Weight {
  /**
   * Address of the first number. A weight of a file is copied into scratch memory each time that its address is read.
   *
   * @internal
   */
  readonly ptr: number;
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** How many numbers it has. */
  readonly size: number;
  /** Checks that it can be used. @throws ERR_DISPOSED if it was disposed @internal */
  assertUsable?(): void;
}
