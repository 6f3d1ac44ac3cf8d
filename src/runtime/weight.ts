import type { Workspace } from "./workspace.ts";

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
  /** Copies numbers of a weight of a file into scratch memory, and returns their address. A `Tensor` lacks it. @internal */
  part?(first: number, count: number): number;
}

/** How many numbers of a file are copied at once: 64 KiB. */
const PART = 16_384;

/**
 * Calls `use` with the address of rows of a matrix: with all rows at once, or part by part if they have to be copied from a file. All parts
 * except the last have a multiple of 8 rows, as the panels of packed matrices have.
 */
export function eachPart(
  rt: Workspace,
  weight: Weight,
  first: number,
  count: number,
  use: (ptr: number, row: number, rows: number) => void,
): void {
  const width = weight.shape[1]!;
  if (!weight.part) {
    use(weight.ptr + first * width * 4, first, count);
    return;
  }
  const step = Math.ceil(PART / width / 8) * 8;
  for (let row = first; row < first + count; row += step) {
    const rows = Math.min(step, first + count - row);
    rt.frame(() => use(weight.part!(row * width, rows * width), row, rows));
  }
}
