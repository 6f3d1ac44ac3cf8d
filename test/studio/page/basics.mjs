// The way from the first page to a finished run, and what must not get lost on it.

import assert from "node:assert/strict";
import {
  change,
  chooseText,
  iteration,
  numbers,
  open,
  overflow,
  phase,
  press,
  stop,
  until,
  untilIteration,
  untilOffline,
  untilPhase,
  untilStill,
  violations,
} from "./driver.mjs";

/** Takes seconds, even in a slow browser. */
const QUICK = { "Units in each layer": 16, Iterations: 100, "Mini-batch": 10 };

/** Trains until it is stopped. */
const LONG = { ...QUICK, Iterations: 100_000 };

/** Trains on a text of its own. */
async function begin(page, fields = QUICK) {
  await open(page, "task/language-model");
  await chooseText(page);
  await change(page, fields);
  await press(page, "Train");
  await page.locator(".phase").waitFor();
}

export const basicScenarios = [
  {
    name: "trains with one click and shows its loss",
    evaluates: true,
    async run({ page, picture }) {
      await page.getByRole("link", { name: "Start with a text" }).click();
      await press(page, "Train");
      await untilPhase(page, "Training");
      assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "the keyboard's place");
      await until("a text", page, async () => (await page.locator(".written").innerText()).length > 100);
      await picture("training");
      assert((await numbers(page, "Loss")).length > 2);
      await stop(page);
    },
  },
  {
    name: "pauses, and goes on after a reload in mid-training",
    async run({ page }) {
      await begin(page, LONG);
      await untilIteration(page, 10);
      await press(page, "Pause");
      await untilPhase(page, "Paused");
      const paused = await untilStill(page);
      await press(page, "Resume");
      await untilIteration(page, paused + 10);
      await page.waitForTimeout(6000); // a checkpoint is saved every 5 s
      await page.reload();
      await untilPhase(page, "Stopped");
      const kept = await iteration(page);
      assert(kept >= paused, `kept ${kept}, paused at ${paused}`);
      const told = await page.getByText("closed or reloaded while it was training").innerText();
      assert.match(told, /after about iteration [\d,]+ was kept\. “Continue” goes on from there/);
      await press(page, "Continue");
      await untilPhase(page, "Training");
      await untilIteration(page, kept + 10);
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
    },
  },
  {
    name: "ends, and trains longer if asked to",
    async run({ page }) {
      await begin(page);
      await untilPhase(page, "Finished");
      assert.equal(await iteration(page), 100);
      await press(page, "Train longer");
      await until("200 iterations", page, async () => (await iteration(page)) === 200);
      await untilPhase(page, "Finished");
    },
  },
  {
    name: "opens and trains offline",
    async run({ page, site }) {
      await untilOffline(page);
      await site.close();
      await assert.rejects(fetch(site.url), "the server is gone");
      await page.reload();
      await begin(page);
      await untilPhase(page, "Finished");
    },
  },
  {
    name: "fits a phone",
    evaluates: true,
    viewport: { width: 360, height: 780 },
    async run({ page, picture }) {
      for (const address of ["home", "lessons", "runs", "about", "task/language-model"]) {
        await open(page, address);
        assert.equal(await overflow(page), 0, address);
      }
      await begin(page);
      await untilPhase(page, "Finished");
      assert.equal(await overflow(page), 0);
      await picture("phone");
    },
  },
  ...["light", "dark"].map((colorScheme) => ({
    name: `is accessible by the rules of axe, ${colorScheme}`,
    evaluates: true,
    colorScheme,
    async run({ page }) {
      const found = [];
      for (const address of ["home", "lessons", "runs", "about", "task/language-model"]) {
        await open(page, address);
        found.push(...(await violations(page)));
      }
      await begin(page);
      await untilPhase(page, "Finished");
      found.push(...(await violations(page)));
      assert.deepEqual(found, []);
    },
  })),
  {
    name: "trains without cross-origin isolation, with two threads",
    evaluates: true,
    isolated: false,
    async run({ page }) {
      assert.equal(await page.evaluate(() => crossOriginIsolated), false);
      await begin(page, { ...QUICK, Threads: 2 });
      await untilPhase(page, "Finished");
    },
  },
  {
    name: "stops at once and says so",
    async run({ page }) {
      await begin(page, LONG);
      await untilIteration(page, 5);
      await press(page, "Stop");
      assert.match(await phase(page), /Stopp/);
      await untilPhase(page, "Stopped");
    },
  },
];
