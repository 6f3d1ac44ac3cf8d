import { UnrolledError } from "../errors.ts";

/** Returns the error for a file whose model only runs with `unrolled`. @param what the field that needs it, and its value */
export function needsUnrolled(what: string): UnrolledError {
  return new UnrolledError("ERR_FORMAT", `openModel: ${what}; use loadModel of unrolled`);
}
