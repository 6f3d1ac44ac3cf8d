import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect } from "vitest";
import { UnrolledError } from "../../src/errors.ts";

/** Unpacks a file that make-fixtures.py made. */
export const unpacked = (text: string): Uint8Array => new Uint8Array(gunzipSync(Buffer.from(text, "base64")));

/** Calls a reader, which must return or throw an UnrolledError, within a second. */
export function readsOrRefuses(read: () => unknown): void {
  const start = performance.now();
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
  }
  expect(performance.now() - start).toBeLessThan(1000);
}

/** Returns the message of the error that a call throws. */
export function refusal(call: () => unknown, code = "ERR_FORMAT"): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).code).toBe(code);
    return (error as UnrolledError).message;
  }
  throw new Error("nothing was thrown");
}

/** Changes some bytes of a file, cuts it off, or repeats a part of it. */
export const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const place = fc.nat(bytes.length - 1);
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  return fc.oneof(
    fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 8 }).map((changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      return changed;
    }),
    place.map((end) => bytes.slice(0, end)),
    fc.tuple(place, place, fc.nat(64)).map(([from, to, length]) => {
      const changed = bytes.slice();
      changed.set(bytes.subarray(from, Math.min(from + length, from + bytes.length - to)), to);
      return changed;
    }),
  );
};
