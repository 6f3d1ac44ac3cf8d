// Whether pictures are right: their numbers against those that the library computes here from the model that the page saves. Each
// scenario trains for a moment only: a picture has to be right whatever the model has learnt.

import { open } from "./driver.mjs";
import { compareAll } from "./right/compare.mjs";
import { compareFlow, compareTextFlow } from "./right/flow.mjs";
import { compareConfusion, compareSaliency, compareTags } from "./right/labels.mjs";
import { compareRuns, compareScores } from "./right/losses.mjs";
import { compareSequences, compareSymbols } from "./right/plane.mjs";
import { compareForecast } from "./right/series.mjs";
import { compareAlignment } from "./right/sound.mjs";
import { compareActivations, compareGates, compareUnitSearch, shortenText } from "./right/states.mjs";
import { compareCellEdit, compareEdit, compareNext, compareUnrolled } from "./right/text.mjs";
import { trained, trainedWith } from "./right/trained.mjs";
import { compareAttention, compareBeams } from "./right/writing.mjs";

const scenario = (name, run) => ({ name: `is right: ${name}`, evaluates: true, chromiumOnly: true, run });

/** What every language model is compared in. */
const TEXT = [shortenText, compareScores, compareGates, compareUnrolled, compareTextFlow];

/** Those of other cells are trained on the page of the one before. */
const CELLS = {
  LSTM: [...TEXT, compareUnitSearch, compareCellEdit],
  RNN: TEXT,
};

const languageModels = scenario("the pictures of language models of three cells", async ({ page }) => {
  const fields = { "Units in each layer": 48, Iterations: 100 };
  const runs = [await trained(page, "language-model", fields)];
  const some = [compareNext, compareEdit, compareUnitSearch, compareActivations, compareSymbols];
  const seen = [await compareAll(page, runs[0], [...TEXT, ...some])];
  for (const [cell, comparisons] of Object.entries(CELLS)) {
    runs.push(await trainedWith(page, cell));
    seen.push(`${cell}: ${await compareAll(page, runs.at(-1), comparisons)}`);
  }
  await open(page, "runs");
  const notes = runs.map(({ notes }) => notes);
  return [...seen, await compareAll(page, notes, [compareRuns])].join("; ");
});

/** What models of other tasks are compared in. */
const ALL = [compareScores, compareGates, compareFlow];
const OF_SYMBOLS = [...ALL, compareActivations, compareSymbols];

const TASKS = {
  classifier: [...OF_SYMBOLS, compareSequences, compareConfusion, compareSaliency],
  tagger: [...OF_SYMBOLS, compareTags],
  "encoder-decoder": [...OF_SYMBOLS, compareAttention, compareBeams],
  autoencoder: [...OF_SYMBOLS, compareSequences, compareBeams],
  generator: OF_SYMBOLS,
  embedder: [...OF_SYMBOLS, compareSequences],
  forecaster: [...ALL, compareForecast],
  transcriber: [...ALL, compareAlignment],
};

/** How they are trained. A transcriber writes nothing until it has learnt a little. */
const FIELDS = {
  forecaster: { Iterations: 20 },
  transcriber: { "Units in each layer": 48, "Learning rate": 0.04, "Mini-batch": 8, Epochs: 4 },
};

export const rightScenarios = [
  languageModels,
  ...Object.entries(TASKS).map(([task, comparisons]) =>
    scenario(`the pictures of the task ${task}`, async ({ page }) =>
      compareAll(page, await trained(page, task, FIELDS[task] ?? { Epochs: 1 }), comparisons),
    ),
  ),
];
