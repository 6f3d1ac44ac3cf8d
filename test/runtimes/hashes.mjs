import { parseSafetensors, sha256 } from "unrolled";

/** Returns the SHA-256 of bytes or of a text: the first 16 hexadecimal digits. */
export async function digest(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return (await sha256(bytes)).slice(0, 16);
}

/** Returns a hash of the weights in a model file, by name; the rest of the file does not count. */
export async function weightsHash(modelFile) {
  const { tensors } = parseSafetensors(modelFile);
  const hashes = Object.keys(tensors)
    .sort()
    .map(async (name) => name + (await digest(tensors[name].data)));
  return digest((await Promise.all(hashes)).join());
}
