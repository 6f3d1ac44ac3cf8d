import { element } from "./page.ts";

/**
 * Keeps the page's files, so that it opens offline, and says when it does.
 *
 * @param mayReload whether a new version may take over now; else it does at the next visit
 */
export async function workOffline(mayReload: () => boolean): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  try {
    const updated = serviceWorker.controller !== null;
    serviceWorker.addEventListener("controllerchange", () => updated && mayReload() && location.reload());
    const registration = await serviceWorker.register("sw.js");
    registration.waiting?.postMessage("take over");
    await serviceWorker.ready;
    element("offline").textContent = "This page is kept in your browser now, and opens offline.";
  } catch {
    element("offline").textContent =
      "The browser does not let this page keep its files: it does not open offline.";
  }
}
