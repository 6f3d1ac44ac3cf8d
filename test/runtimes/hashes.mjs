import { parseSafetensors, sha256 } from "unrolled";

/** SHA-256 of bytes or of a text, the first 16 digits in hexadecimal. */
export async function digest(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return (await sha256(bytes)).slice(0, 16);
}

/** A hash of the weights in a model file, by name; what else the file says does not matter. */
export async function weightsHash(modelFile) {
  const { tensors } = parseSafetensors(modelFile);
  const hashes = Object.keys(tensors)
    .sort()
    .map(async (name) => name + (await digest(tensors[name].data)));
  return digest((await Promise.all(hashes)).join());
}
