// Which moments of a recording a transcriber turns into which symbols.

import assert from "node:assert/strict";
import { ctcGreedy } from "unrolled";
import { picture, tab } from "../driver.mjs";
import { aboutOf, close, rowsOf } from "./compare.mjs";
import { opacitiesOf } from "./drawn.mjs";
import { logSoftmax, rowsOfArray } from "./maths.mjs";

/** Two probabilities so close are equally likely to a model in other kernels. */
const TIE = 1e-4;

/** Compares the probabilities of all moments, the best path and its text. */
export async function compareAlignment(page, { model }) {
  await tab(page, "Gates"); // whose field has the recording
  const written = await page.locator("#inside-panel textarea").inputValue();
  const vectors = written.split("\n").map((line) => line.split(" ").map(Number));
  await tab(page, "Alignment");
  const rows = await rowsOf(page, "Alignment");
  const [logits] = model.logits([vectors]);
  const { classes } = model.coding;
  const all = rowsOfArray(logits, classes).map((own) => logSoftmax(own).map(Math.exp));
  const labels = ["blank", ...model.symbols.symbols];
  for (const { moment, symbol, probability } of rows) {
    close(probability, all[moment - 1][labels.indexOf(symbol)], `${symbol} at ${moment}`);
  }
  assert.deepEqual(
    await opacitiesOf(page, "Alignment"),
    rows.map(({ probability }) => Number(probability)),
    "colours of the cells",
  );
  const shown = [...new Set(rows.map(({ symbol }) => symbol))];
  const path = await pathOf(page, shown, all.length);
  for (const [t, symbol] of path.entries()) {
    const own = all[t][labels.indexOf(symbol)];
    assert(own > Math.max(...all[t]) - TIE, `the path is at ${symbol} at ${t + 1}, which has ${own}`);
  }
  assert.deepEqual(new Set([...path, "blank"]), new Set(shown), "symbols of the path");
  const text = path.filter((symbol, t) => symbol !== path[t - 1] && symbol !== "blank").join("");
  const about = await aboutOf(page, "Alignment");
  assert(about.startsWith(`It wrote ${text || "nothing"}. `), `${about}\nexpected ${text}`);
  const isTie = all.some((own) => own.filter((share) => share > Math.max(...own) - TIE).length > 1);
  const greedy = model.coding.text(ctcGreedy(logits, classes));
  if (!isTie) assert.equal(text, greedy);
  return `${rows.length} probabilities, ${JSON.stringify(text)}`;
}

/** Returns the symbols of the line that is drawn. @param symbols those of the rows, from the top */
async function pathOf(page, symbols, steps) {
  const points = await picture(page, "Alignment").locator("svg polyline").getAttribute("points");
  const heights = points.split(" ").map((point) => Number(point.split(",")[1]));
  assert.equal(heights.length, steps);
  const tops = await picture(page, "Alignment")
    .locator("svg > g")
    .evaluateAll((groups) => groups.map((group) => Number(group.querySelector("rect").getAttribute("y"))));
  const row = (y) => tops.findLastIndex((top) => top < y);
  return heights.map((y) => symbols[row(y)]);
}
