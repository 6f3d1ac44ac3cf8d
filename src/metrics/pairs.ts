import { UnrolledError } from "../errors.ts";

/**
 * Checks that two lists have the same length and are not empty.
 *
 * @param rightName what error messages call `right`
 * @param givenName what error messages call `given`
 * @throws ERR_SHAPE if the lists differ in length or are empty
 */
export function checkPairs(
  right: ArrayLike<unknown>,
  given: ArrayLike<unknown>,
  rightName = "targets",
  givenName = "predictions",
): void {
  if (right.length === given.length && right.length > 0) return;
  throw new UnrolledError(
    "ERR_SHAPE",
    `${given.length} ${givenName} for ${right.length} ${rightName}, expected the same number, at least one`,
  );
}
