import { UnrolledError } from "../errors.ts";

/** Returns the error of a model whose results are not finite. */
export function damaged(problem: string): UnrolledError {
  return new UnrolledError("ERR_NAN", `${problem}; the model's weights are damaged or far too large`);
}

/** Returns the numbers. @param what their name in the error message @throws ERR_NAN unless all of them are finite */
export function expectFinite<T extends ArrayLike<number>>(what: string, numbers: T): T {
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i])) throw damaged(`the ${what} are not finite`);
  }
  return numbers;
}
