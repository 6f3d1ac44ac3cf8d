import { element } from "./page.ts";

/** Keeps the page's files, so that it opens offline, and tells the user about it. */
export async function workOffline(): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  try {
    await serviceWorker.register("sw.js");
    await serviceWorker.ready;
    element("offline").textContent = "This page is now stored in your browser and opens offline.";
  } catch {
    element("offline").textContent =
      "The browser does not let this page store its files, so it does not open offline.";
  }
}
