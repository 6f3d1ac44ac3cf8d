import { expect, it } from "vitest";
import { Connection } from "../../worker/connect.ts";
import { STROKES } from "../models/sequence-to-sequence/strokes.ts";
import { expectRejection } from "../runtimes.ts";

const json = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const inputs = STROKES.slice(0, 2).map(({ vectors }) => vectors);
const run = { format: "jsonl", spec: { hidden: 8 }, iterations: 3 } as const;

it("an encoder-decoder in a worker reads vectors, as data and as lists", async () => {
  const worker = new Connection<"encoder-decoder">({ worker: false });
  const data = json(STROKES.map(({ vectors, text }) => ({ vectors, target: text })));
  await worker.start({ task: "encoder-decoder", data, ...run });
  await worker.train();
  const written = await worker.predict(inputs, { beam: 2 });
  expect(written).toEqual((await worker.predict({ data }, { beam: 2 })).slice(0, 2));
  await expectRejection(
    worker.predict(["up"]),
    "ERR_DATA",
    "input 1 is a text, but the model reads vectors of 3",
  );
  await expectRejection(worker.predict([inputs[0]!, [[1, 2]]]), "ERR_DATA", "input 2: step 1 has 2 numbers");
  await expectRejection(worker.predict([inputs[0]!, null] as never), "ERR_VALUE", "input 2 is null");
  expect(await worker.evaluate({ data })).toMatchObject({ sequences: STROKES.length });
  await worker.release();
});

it("an autoencoder in a worker gives vectors back", async () => {
  const worker = new Connection<"autoencoder">({ worker: false });
  const data = json(STROKES.map(({ vectors }) => ({ vectors })));
  await worker.start({ task: "autoencoder", data, ...run });
  await worker.train();
  const [first] = await worker.predict(inputs);
  expect(first).toMatchObject({ vector: expect.any(Float32Array), error: expect.any(Number) });
  expect(await worker.evaluate({ data })).toMatchObject({ mse: expect.any(Number) });
  await worker.release();
});
