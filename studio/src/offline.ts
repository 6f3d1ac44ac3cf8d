import { signal } from "@preact/signals";

/** Whether the page opens offline, in words. */
export const offline = signal("");

/** Keeps the page's files, so that it opens offline. */
export async function workOffline(): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  try {
    await serviceWorker.register("sw.js");
    await serviceWorker.ready;
    offline.value = "This page is now stored in your browser and opens offline.";
  } catch {
    offline.value = "The browser does not let this page store its files, so it does not open offline.";
  }
}
