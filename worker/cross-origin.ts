/** What to do where browsers refuse a script. They do not tell pages why: Firefox's error has no text. */
export const CROSS_ORIGIN_ADVICE =
  "if the package has another origin than the page, use the option crossOrigin: true";

/**
 * Starts a worker by a blob that imports the script if the script has another origin than the page, since browsers refuse to
 * start such a script itself.
 *
 * @param start is `new Worker` with the address of the script, and nothing else
 */
export function startAcross(start: () => Worker): Worker {
  if (!globalThis.origin) return start(); // Deno and Bun start any script
  const { href, origin } = addressOf(start);
  if (origin === globalThis.origin) return start();
  const script = new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(script), { type: "module" });
}

/** Returns the address that `start` passes to `new Worker`. Bundlers write the address of their script there and nowhere else. */
function addressOf(start: () => Worker): URL {
  const { Worker } = globalThis;
  let address = "";
  const listener = class {
    constructor(url: string | URL) {
      address = String(url);
    }
  };
  globalThis.Worker = listener as unknown as typeof Worker;
  try {
    start();
  } finally {
    globalThis.Worker = Worker;
  }
  return new URL(address, location.href);
}
