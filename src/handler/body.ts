import { badRequest, Failure } from "./failure.ts";

const tooLarge = (limit: number) =>
  new Failure(413, "ERR_TOO_LARGE", `the body is too large, expected at most ${limit} bytes`);

/**
 * Reads the body of a request as a JSON object.
 *
 * @param limit maximum number of bytes; a body is not read further than that
 * @throws Failure 415 if the body is not sent as JSON, 413 if it is too large, 400 if it is not an object in JSON
 */
export async function readBody(request: Request, limit: number): Promise<Record<string, unknown>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type.trim())) {
    throw new Failure(415, "ERR_TYPE", "the content-type is not application/json");
  }
  const text = decode(await readBytes(request, limit));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("the body is not JSON");
  }
  if (value && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest("the body is not a JSON object");
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge(limit);
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { value, done } = await reader.read().catch(() => {
      throw badRequest("the body breaks off");
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => {}); // not awaited: a client that sends no end would keep the answer
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badRequest("the body is not UTF-8");
  }
}
