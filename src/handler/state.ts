import { badRequest } from "./failure.ts";

/** The arrays of a state, in an order that the model's task fixes. */
export type StateParts = readonly (Float32Array | Float64Array)[];

/** The first bytes of every state: "URS" and the version of this layout. */
const MARK = Uint8Array.of(0x55, 0x52, 0x53, 1);

/** Bytes of the fingerprint of a model file in a state. */
const FINGERPRINT = 16;

/** Bytes before the parts: the mark, the fingerprint and a checksum of all that follows. */
const HEADER = MARK.length + FINGERPRINT + 4;

/**
 * Turns states into text and back: version, fingerprint of the model file, checksum and the numbers (little-endian), as base64.
 */
export class StateCodec {
  readonly #fingerprint: Uint8Array;

  /** @param fingerprint the SHA-256 of the model file in hexadecimal */
  constructor(fingerprint: string) {
    this.#fingerprint = Uint8Array.from({ length: FINGERPRINT }, (_, i) =>
      Number.parseInt(fingerprint.slice(2 * i, 2 * i + 2), 16),
    );
  }

  /** Writes a state. */
  encode(parts: StateParts): string {
    const bytes = new Uint8Array(HEADER + sizeOf(parts));
    bytes.set(MARK);
    bytes.set(this.#fingerprint, MARK.length);
    let at = HEADER;
    for (const part of parts) {
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    new DataView(bytes.buffer).setUint32(HEADER - 4, checksum(bytes.subarray(HEADER)), true);
    return toBase64(bytes);
  }

  /**
   * Reads a state.
   *
   * @param like parts of the same sizes
   * @throws Failure 400 if the text is not a state of this model file
   */
  decode(text: unknown, like: StateParts): StateParts {
    const bytes = fromBase64(text);
    const size = HEADER + sizeOf(like);
    if (bytes.length < HEADER || !MARK.every((byte, i) => bytes[i] === byte)) {
      throw badRequest("state: not a state of this version; begin without a state");
    }
    if (!this.#fingerprint.every((byte, i) => bytes[MARK.length + i] === byte)) {
      throw badRequest("state: made by another model file; begin without a state");
    }
    if (bytes.length !== size) {
      throw badRequest(`state: ${bytes.length} bytes, expected ${size}; send all that the last answer has`);
    }
    if (new DataView(bytes.buffer).getUint32(HEADER - 4, true) !== checksum(bytes.subarray(HEADER))) {
      throw badRequest("state: its bytes were changed; send what the last answer has");
    }
    let at = HEADER;
    return like.map((part) => {
      const { buffer } = bytes.slice(at, at + part.byteLength);
      at += part.byteLength;
      return part instanceof Float32Array ? new Float32Array(buffer) : new Float64Array(buffer);
    });
  }
}

const sizeOf = (parts: StateParts) => parts.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Largest part of an array that one call of `fromCharCode` gets. */
const CHUNK = 4096;

/** FNV-1a: finds bytes that were changed by mistake. It is no protection against forged states. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ bytes[i]!, 0x01000193);
  return sum >>> 0;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    // `apply` takes typed arrays as they are: 5 us for 1 kB, a spread 60.
    text += String.fromCharCode.apply(undefined, bytes.subarray(i, i + CHUNK) as unknown as number[]);
  }
  return btoa(text);
}

function fromBase64(text: unknown): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string") throw badRequest("state: not a text");
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw badRequest("state: not base64; send what the last answer has");
  }
  const state = new Uint8Array(bytes.length);
  for (let i = 0; i < state.length; i++) state[i] = bytes.charCodeAt(i); // `Uint8Array.from` takes 20 times as long
  return state;
}
