/** Advice if a browser refuses to start a script. Browsers do not tell pages the reason: Firefox's error has no text. */
export const CROSS_ORIGIN_ADVICE =
  "if the package has another origin than the page, use the option crossOrigin: true";

/**
 * Starts a worker. Browsers refuse to start a script of another origin than the page. For such a script, the worker runs a
 * blob that imports the script.
 *
 * @param start calls `new Worker` with the address of the script; it must do nothing else
 */
export function startAcross(start: () => Worker): Worker {
  if (!globalThis.origin) return start(); // Deno and Bun start worker scripts of every origin
  const { href, origin } = addressOf(start);
  if (origin === globalThis.origin) return start();
  const script = new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(script), { type: "module" });
}

/** Returns the address that `start` passes to `new Worker`. Bundlers put the bundled script's address into that call only. */
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
