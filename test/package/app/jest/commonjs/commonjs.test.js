test("trains", async () => {
  const { trainTwice } = await import("../../train.js");
  const { trainInWorker } = await import("../../worker.js");
  expect(await trainTwice()).toBe(Number(process.env.TRAINED));
  expect(await trainInWorker()).toBe(Number(process.env.WORKER));
});
