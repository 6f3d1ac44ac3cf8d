// A link that holds a model, after `#/shared/`: its length, then the model file, deflated and in base64url. What follows `#` is not
// sent to servers. The length tells whether a program has cut the link, and the sum at the end of zlib's format whether one has
// changed it.

/** Longest link in characters: Firefox takes about a million. */
export const MOST_CHARACTERS = 1_000_000;

/** Longest link that messengers pass on whole. */
export const SAFE_CHARACTERS = 64_000;

/** Largest model file that a link is unpacked to. */
const MOST_BYTES = 32 * 2 ** 20;

/** Number of characters that say how many follow. */
const LENGTH = 5;

/** What is wrong with a link or a file, and what to do. */
export class OpenError extends Error {
  /** The problem in a few words, for a heading. */
  readonly title: string;

  constructor(title: string, message: string) {
    super(message);
    this.title = title;
  }
}

const AGAIN = "Ask for the link once more, or better for the file of the model.";

/** Returns what follows `#/shared/`. */
export async function packed(model: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([model]).stream().pipeThrough(new CompressionStream("deflate"));
  const text = toBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
  return text.length.toString(36).padStart(LENGTH, "0") + text;
}

/** Returns the model file of a link. @throws OpenError that says what is wrong with the link */
export async function unpacked(link: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = fromBase64(wholeText(link));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream.getReader();
  const read = () =>
    reader.read().catch(() => {
      throw new OpenError("This link is damaged", `A program has changed some of its characters. ${AGAIN}`);
    });
  for (let part = await read(); !part.done; part = await read()) {
    parts.push(part.value as Uint8Array<ArrayBuffer>);
    length += part.value.length;
    if (length > MOST_BYTES) {
      throw new OpenError(
        "The model of this link is too large",
        "It would take more than 32 MB of memory, so it is not opened. Ask for the file of the model instead.",
      );
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Returns the deflated model of a link as text, without what programs append to links, such as a full stop. */
function wholeText(link: string): string {
  if (!link) {
    throw new OpenError("This link holds no model", `All that should follow “shared/” is missing. ${AGAIN}`);
  }
  const length = Number.parseInt(link.slice(0, LENGTH), 36);
  const text = link.slice(LENGTH, LENGTH + length);
  if (!/^[0-9a-z]{5}/.test(link) || !/^[\w-]*$/.test(text)) {
    throw new OpenError("This link is damaged", `It has characters that no link of the studio has. ${AGAIN}`);
  }
  if (text.length < length) {
    const [here, all] = [LENGTH + text.length, LENGTH + length].map((count) => count.toLocaleString("en"));
    throw new OpenError(
      "This link has been cut",
      `${here} of its ${all} characters have arrived: many programs cut long links. Ask for the file of the model instead.`,
    );
  }
  return text;
}

/** Returns the id of the run of a link, the same for the same link. The end of a link has the sum of the model file. */
export const idOfLink = (link: string) => {
  const text = wholeText(link);
  return `link-${text.length}-${text.slice(-24)}`;
};

const CHUNK = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    throw new OpenError("This link is damaged", `Its characters do not fit together. ${AGAIN}`);
  }
}
