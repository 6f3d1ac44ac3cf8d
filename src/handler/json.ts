const encoder = new TextEncoder();

/** Writes typed arrays as lists. */
const asLists = (_: string, value: unknown) =>
  ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;

/** Makes an answer in JSON. */
export function json(value: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const bytes = encoder.encode(JSON.stringify(value, asLists));
  const own = { "content-type": "application/json", "content-length": String(bytes.length) };
  return new Response(bytes, { status, headers: { ...own, ...headers } });
}
