import type { FollowMessage, OpenMessage } from "./protocol.ts";

// Vite's development server merges the modules of a package into files of its own (`optimizeDeps`). Vite 7 and older leave the
// worker's script out of them. Such a file can start itself as a worker, which then loads the script that was merged into it.

/** How a worker knows that it was started so. */
const NAME = "unrolled/trainer-worker";

/**
 * The address of the merged file. Bundlers other than Vite have no `import.meta.env` and drop the rest: they would replace
 * `import.meta.url` with a path of the machine that builds.
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
    globalThis.dispatchEvent(new MessageEvent("message", { data })); // the script has missed it
  };
  globalThis.addEventListener("message", (event) => load(event).catch(reportError), { once: true });
}
