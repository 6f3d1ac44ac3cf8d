// A link that holds a model: the model file, deflated and in base64url, after `#/shared/`. What follows `#` is not sent to servers.

/** Longest link in characters: Firefox takes about a million. */
export const MOST_CHARACTERS = 1_000_000;

/** Longest link that messengers pass on whole. */
export const SAFE_CHARACTERS = 64_000;

/** Largest model file that a link is unpacked to. */
const MOST_BYTES = 32 * 2 ** 20;

/** Returns what follows `#/shared/`. */
export async function packed(model: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([model]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return toBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Returns the model file of a link. @throws Error if the link is damaged */
export async function unpacked(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value as Uint8Array<ArrayBuffer>);
    length += part.value.length;
    if (length > MOST_BYTES) throw new Error("The model of the link is too large.");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Returns the id of the run of a link, the same for the same link. The end of a link has the last weights. */
export const idOfLink = (text: string) => `link-${text.length}-${text.slice(-24)}`;

const CHUNK = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const fromBase64 = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
