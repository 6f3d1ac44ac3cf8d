import { describe, expect, it } from "vitest";
import { publicCalls } from "../../public-options.ts";
import { rows as data } from "./data.ts";
import { rows as files } from "./files.ts";
import { rows as foreign } from "./foreign.ts";
import { rows as metrics } from "./metrics.ts";
import { rows as models } from "./models.ts";
import { rows as modules } from "./modules.ts";
import { rows as operations } from "./operations.ts";
import { rows as readers } from "./readers.ts";
import { rows as runtime } from "./runtime.ts";
import { rows as serving } from "./serving.ts";
import { rt } from "./setup.ts";
import { rows as specs } from "./specs.ts";
import { rows as tasks } from "./tasks.ts";
import { rows as training } from "./training.ts";
import { wrongAnswers } from "./values.ts";
import { rows as workers } from "./workers.ts";

// Every function, constructor, method and setter that programs call answers values of wrong types with an UnrolledError, or
// takes them. A call that is missing here goes into the rows of its room.

const ROOMS = Object.entries({
  operations,
  runtime,
  serving,
  modules,
  data,
  readers,
  files,
  foreign,
  metrics,
  specs,
  models,
  training,
  tasks,
  workers,
});

const ADDRESS = "it takes addresses of the runtime's memory";
const BATCH = "it takes a batch that the model's own batches made";
const CHECKED = "loadModel calls it with a spec that it has checked";
const ROW = "it runs for every row of data that its reader has checked";

/** Calls without a row, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "new UnrolledError": "what is thrown is never refused",
  "new Tensor": ADDRESS,
  "FeedForwardStream.run": ADDRESS,
  "AdaptiveSoftmaxStream.run": ADDRESS,
  "PackedNorm.run": ADDRESS,
  "AttentionStream.run": ADDRESS,
  "LabelModel.loss": BATCH,
  "SequenceEmbedder.loss": BATCH,
  "Forecaster.loss": BATCH,
  "ConditionalGenerator.loss": BATCH,
  "SequenceToSequence.loss": BATCH,
  "Autoencoder.loss": BATCH,
  "Transcriber.loss": BATCH,
  "ConditionReader.forward": BATCH,
  "PackedConditionReader.read": "it takes the numbers of a condition that the model's own steps made",
  "LabelModel.tables": CHECKED,
  "ConditionalGenerator.tables": CHECKED,
  "SequenceEmbedder.tables": CHECKED,
  "EncoderDecoder.tables": CHECKED,
  "Autoencoder.tables": CHECKED,
  "ForecasterCoding.read": ROW,
  "ForecasterCoding.expect": ROW,
  "ForecasterCoding.decode": ROW,
  "ForecasterCoding.unit": ROW,
  "TEXT_PAIR_FORM.divide": ROW,
};

describe.each(ROOMS)("wrong types: %s", (_, rows) => {
  it.each(rows)("%s", async (...row) => {
    const found = await wrongAnswers(row, { Tensor: () => rt.tensor([1]) });
    expect(found.slice(0, 60)).toEqual([]);
  });
});

it("has a row for every call of the public API", () => {
  const names = ROOMS.flatMap(([, rows]) => rows.map(([name]) => name.replace(/:.*/, "")));
  const calls = publicCalls();
  expect(calls.length).toBeGreaterThan(400);
  expect(calls.filter((name) => !names.includes(name) && !LEFT_OUT[name])).toEqual([]);
  expect(Object.keys(LEFT_OUT).filter((name) => !calls.includes(name) || names.includes(name))).toEqual([]);
}, 60_000);
