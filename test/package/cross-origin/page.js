import { trainInGroup } from "./group.js";
import { trainInWorker } from "./worker.js";

async function answer() {
  const options = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  try {
    const worker = await trainInWorker(options);
    const workers = await trainInWorker({ ...options, workers: 2 });
    const { worker: script, crossOrigin } = options;
    return { worker, workers, group: await trainInGroup({ ...(script && { worker: script }), crossOrigin }) };
  } catch ({ code, message }) {
    return { code, message };
  }
}

document.querySelector("output").textContent = JSON.stringify(await answer());
