// Keeps the page's files, so that it opens offline: all of one version. The page itself comes from the network where there is
// one, and so is never an old one; its other files have their hashes in their names. The build fills in the first two lines.

const VERSION = "";
const FILES = [];

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(registration.scope)) return;
  event.respondWith(mode === "navigate" ? newest(event.request) : kept(event.request));
});

/** Past the browser's own cache, which might have files of another version. */
async function keep() {
  const cache = await caches.open(VERSION);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
}

/** Once no tab has the version before. */
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

/** Servers may say that an answer varies with headers; these files do not. */
async function kept(request) {
  const options = { cacheName: VERSION, ignoreSearch: true, ignoreVary: true };
  return (await caches.match(request, options)) ?? fetch(request);
}
