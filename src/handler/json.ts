const encoder = new TextEncoder();

/**
 * Returns a value as JSON can hold it: typed arrays as lists. Fields that are undefined are left out.
 *
 * @throws Error if it cannot be held: JSON.stringify would write null or nothing
 */
function asJson(this: unknown, _: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  const type = typeof value;
  const isLost = type === "function" || type === "symbol" || (type === "undefined" && Array.isArray(this));
  if (!isLost && (type !== "number" || Number.isFinite(value))) return value;
  throw new Error(
    `an answer has ${type === "number" ? value : `a value of type ${type}`}, which JSON cannot hold`,
  );
}

/** Makes an answer in JSON. @throws Error if JSON cannot hold the value */
export function json(value: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const bytes = encoder.encode(JSON.stringify(value, asJson));
  const own = { "content-type": "application/json", "content-length": String(bytes.length) };
  return new Response(bytes, { status, headers: { ...own, ...headers } });
}
