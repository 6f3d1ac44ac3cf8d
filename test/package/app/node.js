import * as library from "unrolled";
import { trainInGroup } from "./group.js";
import { recurrent } from "./recurrent.js";
import { trainTwice } from "./train.js";
import { trainInWorker } from "./worker.js";

const next = recurrent(library, await library.compileKernels("strict"));
console.log(
  JSON.stringify({
    trained: await trainTwice(),
    worker: await trainInWorker(),
    workers: await trainInWorker({ workers: 2 }),
    group: await trainInGroup(),
    sound: [next(1), next(1), next(1)],
  }),
);
