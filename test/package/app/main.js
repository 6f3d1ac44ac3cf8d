import { compileKernels } from "unrolled";
import kernels from "./kernels.js";
import { trainTwice } from "./train.js";
import { trainInWorker } from "./worker.js";

/** What a test asks of the page, by name. */
globalThis.app = {
  inlined: () => trainTwice(),

  imported: async () => trainTwice({ module: await WebAssembly.compileStreaming(fetch(kernels)) }),

  /** Trains after the kernels could not be loaded. */
  async retried() {
    const error = await trainTwice().catch((error) => error);
    if (!(error instanceof Error)) throw new Error("the first start did not fail");
    return trainTwice();
  },

  worker: () => trainInWorker(),

  async worklet() {
    const context = new OfflineAudioContext(1, 128, 44_100);
    await context.audioWorklet.addModule("worklet.js");
    const processorOptions = { module: await compileKernels("strict") };
    new AudioWorkletNode(context, "recurrent", { processorOptions }).connect(context.destination);
    const sound = await context.startRendering();
    return [...sound.getChannelData(0).slice(0, 3)];
  },
};
