import { expect } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";

/** Expects that a file is refused. Returns the message. */
export function refusal(file: Uint8Array): string {
  try {
    readOnnx(file);
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).code).toBe("ERR_FORMAT");
    return (error as Error).message;
  }
  throw new Error("the file is read");
}
