// Labels and tags: which are mixed up, and which parts of a text decided one.

import assert from "node:assert/strict";
import { holdOut } from "unrolled";
import { picture, tab } from "../driver.mjs";
import { aboutOf, close, PERCENT, percent, rowsOf, shareOf } from "./compare.mjs";
import { opacitiesOf } from "./drawn.mjs";

/** Two probabilities so close are equally likely to a model in other kernels. */
const TIE = 1e-4;

const linesOf = (text) => text.trim().split("\n");

/** Returns the two parts of the data as a training divides them. */
const partsOf = (examples, { recipe }) => holdOut(examples, recipe.seed, 1, ({ labels }) => labels);

/** Compares the confusion matrices of both parts of the data, and the scores of each label. */
export async function compareConfusion(page, { model, notes, text }) {
  await tab(page, "Confusion");
  const examples = linesOf(text)
    .map((line) => line.split("\t"))
    .map(([input, label]) => ({ input, labels: [label] }));
  const { validation, train } = partsOf(examples, notes.plan);
  const seen = [];
  for (const [part, some] of Object.entries({ kept: validation, learnt: train.slice(0, 1000) })) {
    await page.getByLabel("Part of the data").selectOption(part);
    const counts = new Map();
    let ties = 0;
    const found = model.predict(some.map(({ input }) => input));
    for (const [i, { label, probabilities }] of found.entries()) {
      const cell = `${some[i].labels[0]} as ${label}`;
      counts.set(cell, 1 + (counts.get(cell) ?? 0));
      const [first, second] = Object.values(probabilities).sort((a, b) => b - a);
      if (first - second < TIE) ties++;
    }
    const rows = await rowsOf(page, "Confusion matrix");
    const shown = new Map(rows.map(({ right, given, count }) => [`${right} as ${given}`, Number(count)]));
    assert.deepEqual(
      await opacitiesOf(page, "Confusion matrix"),
      rows.map(({ share }) => Number(share)),
      "colours of the cells",
    );
    const sum = [...shown.values()].reduce((a, b) => a + b, 0);
    assert.equal(sum, some.length, "examples in the matrix");
    const other = [...new Set([...shown.keys(), ...counts.keys()])].reduce(
      (all, cell) => all + Math.abs((shown.get(cell) ?? 0) - (counts.get(cell) ?? 0)),
      0,
    );
    assert(other <= 2 * ties, `${part}: ${other / 2} examples are in other cells, ${ties} are ties`);
    const right = rows.reduce((all, row) => all + (row.right === row.given ? Number(row.count) : 0), 0);
    assert((await aboutOf(page, "Confusion matrix")).includes(` ${percent(right / sum)} of them are right`));
    await compareScores(page, rows);
    seen.push(`${right} of ${sum}`);
  }
  return seen.join(", ");
}

/** Compares precision, recall and F1 with the cells of the matrix. */
async function compareScores(page, rows) {
  const details = page.locator("details:has-text('Precision and recall')");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  const table = details.locator("table");
  for (const line of await table.locator("tbody tr").all()) {
    const [label, examples, ...shown] = await line.locator("th, td").allInnerTexts();
    const sum = (of) => rows.filter(of).reduce((all, { count }) => all + Number(count), 0);
    const right = sum((row) => row.right === label && row.given === label);
    const given = sum((row) => row.given === label);
    const all = sum((row) => row.right === label);
    assert.equal(Number(examples), all);
    const computed = [right / given || 0, right / all || 0, (2 * right) / (given + all) || 0];
    for (const [i, share] of shown.entries()) close(shareOf(share), computed[i], label, 6e-4);
  }
}

/** A name without a letter twice, so that a letter can be changed by its embedding. */
const NAME = "Dvorsky";

/** How much a vector is changed, as a share of it, for the difference that estimates its slope. */
const CHANGE = 0.01;

/** Compares what decided two labels, by both methods. */
export async function compareSaliency(page, { model }) {
  await tab(page, "What decided");
  const title = "Which parts decided";
  await page.locator("#inside-panel").getByRole("textbox").first().fill(NAME);
  const letters = [...NAME];
  const probabilities = (text) => model.predict([text])[0].probabilities;
  const all = probabilities(NAME);
  const ranked = Object.keys(all).sort((a, b) => all[b] - all[a]);
  const explained = [];
  for (const label of ["", ranked.at(-1)]) {
    await page.getByLabel("Label to explain").selectOption(label);
    await page.getByLabel("Method").selectOption("leaveOneOut");
    const out = await rowsOf(page, title);
    const words = await picture(page, title).locator("[role=img]").getAttribute("aria-label");
    const [, own] = new RegExp(`^(.*?), ${PERCENT}`).exec(words);
    const isBest = all[own] > all[ranked[0]] - TIE;
    assert(label ? own === label : isBest, `${own} is explained, expected ${label || ranked[0]}`);
    const log = (text) => Math.log(probabilities(text)[own]);
    assert.deepEqual(
      out.map(({ token }) => token),
      letters,
    );
    for (const [i, row] of out.entries()) {
      const without = letters.filter((_, k) => k !== i).join("");
      close(row["change if left out"], log(NAME) - log(without), `${own} without ${letters[i]}`);
    }
    await page.getByLabel("Method").selectOption("gradientTimesInput");
    const rows = await rowsOf(page, title);
    explained.push({ own, values: rows.map((row) => Number(row["gradient times input"])) });
  }
  // The difference of two scores is that of the logarithms of the two probabilities.
  const [first, second] = explained;
  const difference = () => {
    const all = probabilities(NAME);
    return Math.log(all[first.own] / all[second.own]);
  };
  for (const [i, letter] of letters.entries()) {
    const [more, less] = [1 + CHANGE, 1 - CHANGE].map((factor) => scaled(model, letter, factor, difference));
    close(
      first.values[i] - second.values[i],
      (more - less) / (2 * CHANGE),
      `slope of ${first.own} against ${second.own} by ${letter}`,
      4e-3,
    );
  }
  return `${letters.length} letters`;
}

/** Runs with the embedding of a symbol multiplied by a factor. */
function scaled({ embedding, vocabulary }, symbol, factor, run) {
  const { weight } = embedding;
  const width = weight.shape[1];
  const at = vocabulary.symbols.indexOf(symbol) * width;
  const before = weight.data.slice(at, at + width);
  weight.data.set(
    before.map((value) => value * factor),
    at,
  );
  try {
    return run();
  } finally {
    weight.data.set(before, at);
  }
}

/** Compares the tags of the sentences that are shown first, of both parts of the data, and how many of all are right. */
export async function compareTags(page, { model, notes, text }) {
  await tab(page, "Tags");
  const sentences = text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => linesOf(block).map((line) => line.split("\t")))
    .map((rows) => ({ words: rows.map(([word]) => word), labels: rows.map(([, tag]) => tag) }));
  const { validation, train } = partsOf(sentences, notes.plan);
  const seen = [];
  for (const [part, some] of Object.entries({ kept: validation, learnt: train.slice(0, 500) })) {
    await page.getByLabel("Part of the data").selectOption(part);
    const rows = await rowsOf(page, "Tags");
    const { symbols } = model.labels;
    const all = model.probabilities(some.map(({ words }) => words));
    let [right, ties, count] = [0, 0, 0];
    for (const [s, { words, labels }] of some.entries()) {
      const own = rows.filter(({ sentence }) => Number(sentence) === s + 1);
      if (own.length)
        assert.deepEqual(
          own.map(({ token }) => token),
          words,
          `sentence ${s + 1} of ${part}`,
        );
      for (const [t, label] of labels.entries()) {
        const shares = [...all[s].slice(t * symbols.length, (t + 1) * symbols.length)];
        const most = Math.max(...shares);
        count++;
        if (symbols[shares.indexOf(most)] === label) right++;
        if (shares.filter((share) => share > most - TIE).length > 1) ties++;
        if (!own.length) continue;
        const what = `${words[t]} in sentence ${s + 1} of ${part}`;
        assert.equal(own[t].right, label, what);
        close(own[t].probability, most, what);
        assert(shares[symbols.indexOf(own[t].given)] > most - TIE, `${what} is tagged ${own[t].given}`);
      }
    }
    const [, shown] = new RegExp(`(${PERCENT}) of the tags are right`).exec(await aboutOf(page, "Tags"));
    assert(
      Math.abs(shareOf(shown) - right / count) < ties / count + 6e-4,
      `${shown} right, computed ${right} of ${count}`,
    );
    seen.push(`${rows.length} of ${count} tags`);
  }
  return seen.join(", ");
}
