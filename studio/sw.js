// Keeps the page's files, all of one version, so that it opens offline. The page itself comes from the network if there is one,
// so it is never outdated; the other files have hashes in their names. The build fills in the first two lines.

const VERSION = "";
const FILES = [];

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(registration.scope)) return;
  event.respondWith(mode === "navigate" ? newest(event.request) : kept(event.request));
});

/** Caches the files. Bypasses the browser's own cache, which might have files of another version. */
async function keep() {
  const cache = await caches.open(VERSION);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
}

/** Deletes other versions, once no tab uses them. */
async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
  await clients.claim();
}

async function newest(request) {
  try {
    return await fetch(request);
  } catch {
    return kept(request);
  }
}

/** Finds a cached file. Ignores `Vary`: servers may send it, but these files do not vary with headers. */
async function kept(request) {
  const options = { cacheName: VERSION, ignoreSearch: true, ignoreVary: true };
  return (await caches.match(request, options)) ?? fetch(request);
}
