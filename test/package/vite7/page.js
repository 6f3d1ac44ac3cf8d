import { trainInGroup } from "./group.js";
import { trainInWorker } from "./worker.js";

async function answer() {
  try {
    const worker = await trainInWorker();
    return { worker, workers: await trainInWorker({ workers: 2 }), group: await trainInGroup() };
  } catch (error) {
    return { error: `${error}\n${error.stack}` };
  }
}

document.querySelector("output").textContent = JSON.stringify(await answer());
