import { checkThat } from "../checks.ts";
import { UnrolledError } from "../errors.ts";

/** Computes the SHA-256 in hexadecimal. @throws ERR_STATE on pages loaded over http, where browsers offer no SHA-256; ERR_VALUE if `bytes` are no bytes */
export async function sha256(bytes: BufferSource): Promise<string> {
  const right = bytes instanceof ArrayBuffer || ArrayBuffer.isView(bytes);
  return digest(checkThat("sha256: bytes", bytes, right, "an ArrayBuffer or a typed array"));
}

/** Computes the SHA-256 of what are bytes in hexadecimal. @throws ERR_STATE on pages loaded over http */
export async function digest(bytes: BufferSource): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new UnrolledError("ERR_STATE", "cannot hash data: browsers allow it only on https or localhost");
  }
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
