import { parseSafetensors } from "unrolled";

/** SHA-256 of bytes or of a text, the first 16 digits in hexadecimal. */
export async function digest(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A hash of the weights in a model file, by name; what else the file says does not matter. */
export async function weightsHash(modelFile) {
  const { tensors } = parseSafetensors(modelFile);
  const hashes = Object.keys(tensors)
    .sort()
    .map(async (name) => name + (await digest(tensors[name].data)));
  return digest((await Promise.all(hashes)).join());
}
