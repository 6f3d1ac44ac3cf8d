import { checkEntries, checkList } from "../checks.ts";
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
  checkList(rightName, right);
  checkList(givenName, given);
  if (right.length === given.length && right.length > 0) return;
  throw new UnrolledError(
    "ERR_SHAPE",
    `${given.length} ${givenName} for ${right.length} ${rightName}, expected the same number, at least one`,
  );
}

/**
 * Checks two lists of lists as `checkPairs` does.
 *
 * @throws ERR_VALUE if an entry is not a list
 */
export function checkListPairs(
  right: ArrayLike<unknown>,
  given: ArrayLike<unknown>,
  rightName: string,
  givenName: string,
): void {
  checkPairs(right, given, rightName, givenName);
  checkLists(rightName, right);
  checkLists(givenName, given);
}

/** Returns the list. @throws ERR_VALUE if it is not a list of lists */
export function checkLists<T extends ArrayLike<unknown>>(name: string, lists: T): T {
  return checkEntries(name, lists, (entry) => Array.isArray(entry) || ArrayBuffer.isView(entry), "a list");
}

/** Returns the list. @throws ERR_VALUE if it is not a list of numbers */
export function checkNumbers<T extends ArrayLike<unknown>>(name: string, numbers: T): T {
  return checkEntries(name, numbers, (entry) => typeof entry === "number", "a number");
}
