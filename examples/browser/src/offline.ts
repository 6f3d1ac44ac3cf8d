import { element } from "./page.ts";

/** Keeps the page's files, so that it opens without a network; tells when it does. */
export async function workOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    element("offline").textContent = "This page works without a network now.";
  } catch {
    element("offline").textContent = "This page needs a network: the browser does not let it keep its files.";
  }
}
