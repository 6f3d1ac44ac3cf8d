import { UnrolledError } from "../../src/errors.ts";
import { show } from "../../src/schema.ts";

/** Maximum number of threads in a group. */
export const MOST_WORKERS = 256;

/** @throws ERR_VALUE unless `workers` is a number of threads that a group can have */
export function checkWorkers(workers: number): void {
  if (Number.isSafeInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `workers is ${show(workers)}, expected a whole number from 1 to ${MOST_WORKERS}`,
  );
}
