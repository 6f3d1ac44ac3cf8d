import { UnrolledError } from "../errors.ts";

/** @throws ERR_SHAPE if `right` and `given` differ in length or are empty; the message calls them `rightName`, `givenName` */
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
