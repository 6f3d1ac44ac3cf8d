// Every lesson: its experiments run to their end, its pictures have numbers, and it fits a phone.

import assert from "node:assert/strict";
import { numbers, open, overflow, until, violations } from "./driver.mjs";

const LESSONS = [
  "why-recurrence",
  "backpropagation",
  "vanishing",
  "gru",
  "lstm",
  "directions",
  "language-models",
  "attention",
];

/** Runs all experiments of a lesson, one after the other. @returns how many there are */
async function experiment(page) {
  const buttons = page.locator(".run-button > button");
  const count = await buttons.count();
  for (let i = 0; i < count; i++) {
    const button = buttons.nth(i);
    const name = await button.innerText();
    await button.click();
    await until(`the end of ${name}`, page, async () => (await button.innerText()) !== "Stop", 300);
    assert.equal(await page.locator(".run-button .problem").count(), 0, name);
  }
  return count;
}

export const lessonScenarios = LESSONS.map((id) => ({
  name: `lesson ${id}: its experiments run, and it fits a phone`,
  evaluates: true,
  async run({ page, picture }) {
    await open(page, `lesson/${id}`);
    await page.locator("main h2").first().waitFor();
    const found = await violations(page);
    const count = await experiment(page);
    await page.locator("figure.figure").first().waitFor(); // drawn when the lab has answered
    const titles = await page.locator("figure.figure figcaption").allInnerTexts();
    for (const title of titles) assert((await numbers(page, title)).length > 0, `${title} has no numbers`);
    await picture(`lesson-${id}`);
    await page.setViewportSize({ width: 360, height: 780 });
    assert.equal(await overflow(page), 0, "on a phone");
    assert.deepEqual([...found, ...(await violations(page))], []);
    return `${count} experiments, ${titles.length} pictures`;
  },
}));
