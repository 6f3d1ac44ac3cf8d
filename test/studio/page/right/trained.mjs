// A model that the page has trained, as the library opens its file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRuntime, loadModel, parseSafetensors } from "unrolled";
import { completeRecipe, TASKS, textSource } from "unrolled/tasks";
import { change, downloaded, open, press, until, untilPhase } from "../driver.mjs";

const root = new URL("../../../../", import.meta.url);

/** The data of a task that the page offers first. */
const DATA = {
  "language-model": "studio/data/romeo.txt",
  classifier: "examples/data/names.tsv",
  tagger: "studio/data/people.tsv",
  "encoder-decoder": "studio/data/dates.tsv",
  autoencoder: "examples/data/names.tsv",
  generator: "examples/data/names.tsv",
  embedder: "studio/data/families.tsv",
  forecaster: "examples/data/passengers.csv",
  transcriber: "studio/data/digits.jsonl",
};

/**
 * Trains a task for a moment.
 *
 * @param fields of the network and its training, by their names
 * @returns the model that the page saves
 */
export async function trained(page, task, fields) {
  await open(page, `task/${task}`);
  await change(page, fields);
  await press(page, "Train");
  await page.locator(".phase").waitFor({ timeout: 60_000 });
  await untilPhase(page, "Finished", 180);
  return savedModel(page);
}

/** Trains the network of a finished run with another cell. @returns the model that the page saves */
export async function trainedWith(page, cell) {
  await press(page, cell);
  await until(cell, page, async () => (await page.locator("h1").innerText()).endsWith(`, ${cell}`));
  await untilPhase(page, "Finished", 180);
  return savedModel(page);
}

/** Opens the model that the page saves, with the notes and the data of its run. */
async function savedModel(page) {
  const bytes = new Uint8Array(await downloaded(page, () => press(page, "Save the model")));
  const { studio } = parseSafetensors(bytes).metadata;
  const rt = await createRuntime({ variant: "strict" });
  const model = loadModel(
    rt,
    bytes,
    TASKS.map(({ Model }) => Model),
  );
  const notes = JSON.parse(studio);
  const { task } = notes.plan;
  return { task, model, notes, text: await readFile(new URL(DATA[task], root), "utf8") };
}

/** Reads the data of a run as its training did. @returns a trainer of the saved model */
export async function trainerOf({ model, notes, text }) {
  const { task, options, spec, recipe } = notes.plan;
  const own = TASKS.find(({ Model }) => Model.task === task);
  const data = await own.read({ data: textSource(new File([text], "data")) }, options);
  const whole = completeRecipe(own.defaultRecipe(options.level), recipe);
  const run = await data.prepare((defaults) => ({ ...defaults, ...spec }), whole.seed);
  assert.deepEqual({ ...model.spec }, { ...run.model(model.runtime).spec });
  return run.trainer(model, whole);
}
