// What the page of examples/browser has to do. Each scenario has its own site, without what others have stored.
// With `evaluates`, the page's content policy allows the driver to evaluate scripts; the others run under the real policy.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { inPackage } from "../install.mjs";
import {
  begin,
  chooseSample,
  chooseText,
  iteration,
  LONG,
  overflow,
  press,
  QUICK,
  saved,
  textOf,
  until,
  untilIteration,
  untilNotice,
  untilPhase,
  untilSamples,
  write,
} from "./driver.mjs";
import { faultScenarios } from "./fault-scenarios.mjs";

export const scenarios = [
  ...faultScenarios,
  {
    name: "trains, pauses and goes on after a reload",
    async run({ page, picture }) {
      await picture("empty");
      await chooseSample(page);
      await begin(page, { ...LONG, hidden: 64 });
      await untilIteration(page, 10);

      await page.locator("#pause").focus();
      await page.keyboard.press("Enter");
      await untilPhase(page, "Paused");
      assert.equal(await page.locator("#resume:focus").count(), 1, "the keyboard's place");
      await page.waitForTimeout(300);
      const paused = await iteration(page);
      await page.waitForTimeout(500);
      assert.equal(await iteration(page), paused);
      await picture("paused");
      await page.keyboard.press("Enter");
      await untilIteration(page, paused + 10);
      await untilSamples(page, 2);
      await picture("training");

      await page.reload();
      await untilPhase(page, "Stopped");
      const kept = await iteration(page);
      assert(kept >= paused, `kept ${kept}, paused at ${paused}`);
      assert((await page.locator("#samples li").count()) > 0, "samples are kept");
      assert.match(
        await page.locator("#chart").getAttribute("aria-label"),
        /from \d.* at iteration/,
        "losses are kept",
      );
      await picture("reloaded");
      await press(page, "Continue");
      await untilPhase(page, "Training");
      assert((await iteration(page)) >= kept);
      await untilIteration(page, kept + 10);
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
      return `${paused}, ${kept}, ${await textOf(page, "iteration")}`;
    },
  },
  {
    name: "ends, and trains more where asked to",
    async run({ page, picture }) {
      await chooseText(page);
      await begin(page, { ...QUICK, lr: 0.02 });
      await untilPhase(page, "Finished");
      assert.equal(await textOf(page, "iteration"), "100 of 100");
      assert(Number(await textOf(page, "validation")) < 2.5);
      await picture("finished");
      await press(page, "Train 100 more");
      await until("200 iterations", page, async () => (await textOf(page, "iteration")) === "200 of 200");
    },
  },
  {
    name: "ends where it is paused as it ends",
    evaluates: true,
    async run({ page }) {
      await chooseText(page);
      for (let run = 0; run < 5; run++) {
        await begin(page, { ...QUICK, iterations: 30 });
        await page.evaluate(pauseAndResume);
        await untilPhase(page, "Finished");
      }
    },
  },
  {
    name: "writes from a prompt while it trains",
    async run({ page }) {
      await chooseText(page);
      await begin(page, LONG);
      await untilIteration(page, 5);
      await page.getByLabel("Begin with").fill("All is well");
      await write(page.getByLabel("Characters", { exact: true }), "50");
      await press(page, "Write");
      await until("text", page, async () => (await textOf(page, "written")).length > 11);
      const written = await page.locator("#written").textContent();
      assert(written.startsWith("All is well"));
      assert.equal(written.length, 11 + 50);
      assert.equal(await textOf(page, "phase"), "Training");
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
    },
  },
  {
    name: "saves its model and opens it again",
    evaluates: true,
    async run({ page }) {
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
      const file = await saved(page);
      await press(page, "Delete the run");
      await until("no run", page, async () => (await textOf(page, "run-title")) === "No run yet");
      // Not `:focus`, which needs the front window: in Firefox that is now the list of downloads.
      assert.equal(await page.evaluate(() => document.activeElement.id), "run", "the keyboard's place");
      await page.reload();
      await until("no model", page, () => page.locator("#generate").isDisabled());
      assert.equal(await textOf(page, "run-title"), "No run yet");
      await page.locator("#open").setInputFiles({ name: "tales.safetensors", mimeType: "", buffer: file });
      await until("a model", page, () => page.locator("#generate").isEnabled());
      assert.equal(await textOf(page, "model-about"), "The network of tales.safetensors");
      await press(page, "Write");
      await until("text", page, async () => (await textOf(page, "written")).length > 100);

      const broken = file.subarray(0, 1000);
      await page.locator("#open").setInputFiles({ name: "broken.safetensors", mimeType: "", buffer: broken });
      await untilNotice(page, "This is not a model");
    },
  },
  {
    name: "opens and trains offline",
    async run({ page, site, picture }) {
      await until("kept files", page, async () => (await textOf(page, "offline")).includes("opens offline"));
      await site.close();
      await assert.rejects(fetch(site.url), "the server is gone");
      await page.reload();
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
      await picture("offline");
    },
  },
  {
    name: "is of the newest version online, and keeps that one alone",
    evaluates: true,
    async run({ page, context, site }) {
      await until("kept files", page, async () => (await textOf(page, "offline")).includes("opens offline"));
      const names = () => page.evaluate(() => caches.keys());
      const [first] = await names();
      await site.update("next");
      await page.reload();
      assert.equal(await page.title(), "next");
      await until("two versions", page, async () => (await names()).length === 2);
      assert.deepEqual((await names()).sort(), [first, "next"]);
      if (context.browser().browserType().name() === "chromium")
        return "two, as Playwright holds Chromium's service workers";
      await page.goto("about:blank");
      await page.goto(site.url);
      await until("one version", page, async () => String(await names()) === "next");
    },
  },
  {
    name: "shows what is chosen and how far it is in the colours of a system",
    chromiumOnly: true, // Firefox's driver does not change colours
    evaluates: true,
    async run({ page, picture }) {
      await page.emulateMedia({ forcedColors: "active" });
      const colour = (cell) =>
        page.locator(`[value=${cell}] + span`).evaluate((span) => getComputedStyle(span).backgroundColor);
      assert.notEqual(await colour("lstm"), await colour("gru"));
      await page.getByRole("radio", { name: "GRU" }).check();
      assert.notEqual(await colour("gru"), await colour("lstm"));
      await page.getByRole("slider", { name: "Temperature" }).fill("1.2");
      assert.equal(await textOf(page, "temperature-value"), "1.2");
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
      await picture("forced-colours");
    },
  },
  ...[true, false].map((isolated) => ({
    name: `trains with two threads ${isolated ? "that share memory" : "that do not, without cross-origin isolation"}`,
    evaluates: true,
    isolated,
    async run({ page }) {
      assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
      await chooseText(page);
      await begin(page, { ...QUICK, threads: 2 });
      await untilPhase(page, "Finished");
      assert.match(await textOf(page, "run-about"), /2 threads/);
      await begin(page, { ...QUICK, threads: 1 });
      await until("one thread", page, async () => !(await textOf(page, "run-about")).includes("threads"));
      await untilPhase(page, "Finished");
    },
  })),
  {
    name: "fits a phone, in all states",
    evaluates: true,
    viewport: { width: 360, height: 780 },
    async run({ page, picture }) {
      assert.equal(await overflow(page), 0);
      await chooseText(page, `${"a_very_long_name".repeat(8)}.txt`, undefined);
      await begin(page, LONG);
      await untilSamples(page);
      assert.equal(await overflow(page), 0);
      await picture("phone-training");
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
      await press(page, "Write");
      await until("text", page, async () => (await textOf(page, "written")).length > 100);
      assert.equal(await overflow(page), 0);
      await picture("phone");
    },
  },
  ...["light", "dark"].map((colorScheme) => ({
    name: `is accessible by the rules of axe, ${colorScheme}`,
    evaluates: true,
    colorScheme,
    async run({ page, picture }) {
      await untilPhase(page, "");
      const checks = [await violations(page)];
      await chooseText(page, "short.txt", "Too short.");
      await begin(page, QUICK);
      await untilNotice(page, "This text cannot be used");
      checks.push(await violations(page));
      await chooseSample(page);
      await begin(page, LONG);
      await untilSamples(page);
      checks.push(await violations(page));
      await picture(colorScheme);
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
      await press(page, "Write");
      await until("text", page, async () => (await textOf(page, "written")).length > 100);
      await page.locator("summary", { hasText: "as a table" }).click();
      checks.push(await violations(page));
      assert.deepEqual(checks.flat(), []);
    },
  })),
];

/** Runs in the page: presses whichever of the two buttons is there until all iterations are done. */
async function pauseAndResume() {
  const at = (id) => document.getElementById(id);
  const isUnderWay = () => !["Finished", "Stopped"].includes(at("phase").textContent);
  for (const end = performance.now() + 60_000; isUnderWay() && performance.now() < end; ) {
    for (const id of ["pause", "resume"]) if (!at(id).hidden) at(id).click();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** Returns what axe finds, of any severity: the rule and the place. */
async function violations(page) {
  await page.evaluate(await readFile(inPackage("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}
