import { UnrolledError } from "../../errors.ts";

/** Refuses a model. @throws ERR_FORMAT, always */
export function fail(problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `ONNX: ${problem}`);
}
