import type { FollowMessage, OpenMessage } from "./protocol.ts";

// Vite's development server merges the modules of a package into new files (`optimizeDeps`). Vite 7 and older do not find the
// worker's script beside these files. The merged file therefore starts itself as the worker. In the worker, it loads the script
// with `import("./trainer-worker.ts")`. Because of this call, Vite merges the script too.

/** The name of the worker whose script is the merged file. If `globalThis.name` is this name, the file runs as the worker. */
const NAME = "unrolled/trainer-worker";

/**
 * The address of the merged file. It is undefined if this module was not merged. Only Vite has `import.meta.env`. Other bundlers
 * remove everything after `DEV &&`. Otherwise, they would replace `import.meta.url` with a path on the machine that builds.
 */
const address =
  (import.meta as { env?: { DEV?: boolean } }).env?.DEV && /\/deps\/[^/]+$/.test(import.meta.url)
    ? import.meta.url
    : undefined;

/** Starts the merged file as a worker. Returns undefined if this module was not merged. */
export function spawnMerged(): Worker | undefined {
  return address === undefined ? undefined : new Worker(address, { type: "module", name: NAME });
}

if (address !== undefined && (globalThis as { name?: string }).name === NAME) {
  const load = async ({ data }: MessageEvent<OpenMessage | FollowMessage>) => {
    await import("./trainer-worker.ts");
    globalThis.dispatchEvent(new MessageEvent("message", { data })); // the script was not yet loaded when the message came
  };
  globalThis.addEventListener("message", (event) => load(event).catch(reportError), { once: true });
}
