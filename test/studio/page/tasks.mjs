// Every task from one click to every picture of the inside.

import assert from "node:assert/strict";
import { numbers, open, overflow, press, stop, until, violations } from "./driver.mjs";

const TASKS = [
  "language-model",
  "classifier",
  "tagger",
  "encoder-decoder",
  "autoencoder",
  "generator",
  "embedder",
  "forecaster",
  "transcriber",
];

/** Opens every picture and reads its numbers. @returns the titles of the pictures */
async function lookInside(page) {
  const titles = [];
  const tabs = page.getByRole("tab");
  for (let i = 0; i < (await tabs.count()); i++) {
    await tabs.nth(i).click();
    const panel = page.locator("#inside-panel");
    const figures = panel.locator("figure.figure");
    await until("a picture", page, async () => (await figures.locator("svg").count()) > 0);
    for (const title of await figures.locator("figcaption").allInnerTexts()) {
      const rows = await numbers(page, title);
      assert(rows.length > 0, `${title} has no numbers`);
      for (const row of rows)
        for (const value of Object.values(row)) assert.doesNotMatch(value, /NaN|undefined/, title);
      titles.push(title);
    }
  }
  return titles;
}

/** Returns the scores whose button for an explanation is not beside their words. */
const strayButtons = (page) =>
  page.locator("dl.figures dt:has(button)").evaluateAll((terms) =>
    terms.flatMap((term) => {
      const words = document.createRange();
      words.selectNode(term.firstChild);
      const [text, button] = [words, term.querySelector("button")].map((one) => one.getBoundingClientRect());
      const isBeside = button.left > text.right - 1 && button.top < text.bottom && button.bottom > text.top;
      return isBeside ? [] : [term.textContent];
    }),
  );

export const taskScenarios = TASKS.map((task) => ({
  name: `${task}: trains with one click, is tried, shows its inside`,
  evaluates: true,
  async run({ page, picture }) {
    await open(page, `task/${task}`);
    await press(page, "Train");
    await until("the model", page, async () => (await page.locator(".use").count()) > 0, 120);
    await stop(page);
    assert.deepEqual(await strayButtons(page), []);
    const titles = await lookInside(page);
    await picture(task);
    assert.equal(await overflow(page), 0);
    await page.setViewportSize({ width: 360, height: 780 });
    assert.equal(await overflow(page), 0, "on a phone");
    assert.deepEqual(await violations(page), []);
    return titles.join(", ");
  },
}));
