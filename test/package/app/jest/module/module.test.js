import { trainTwice } from "../../train.js";
import { trainInWorker } from "../../worker.js";

test("trains", async () => {
  expect(await trainTwice()).toBe(Number(process.env.TRAINED));
  expect(await trainInWorker()).toBe(Number(process.env.WORKER));
});
