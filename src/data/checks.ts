import { checkList } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";

/** @throws UnrolledError `ERR_SHAPE` if the length of `out` is not `steps` * `batch`. */
export function checkOut(what: string, out: Int32Array, steps: number, batch: number): void {
  if (checkList(what, out).length !== steps * batch) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${what} has ${counted(out.length, "element", "elements")}, expected [${steps}, ${batch}]`,
    );
  }
}
