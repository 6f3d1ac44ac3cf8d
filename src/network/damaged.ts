import { UnrolledError } from "../errors.ts";

/** Returns the error for a model whose results are not finite. */
export function damaged(problem: string): UnrolledError {
  return new UnrolledError("ERR_NAN", `${problem}; the model's weights are damaged or far too large`);
}

/**
 * Checks that all numbers are finite, then returns them.
 *
 * @param what name of the numbers in the error message
 * @throws ERR_NAN if a number is not finite
 */
export function expectFinite<T extends ArrayLike<number>>(what: string, numbers: T): T {
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i])) throw damaged(`the ${what} are not finite`);
  }
  return numbers;
}
