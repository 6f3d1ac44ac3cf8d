// Tests the page of examples/browser in Chromium and Firefox: node test/runtimes/page/run.mjs [BROWSER...] [--only WORDS] [--pictures FOLDER]
// The last line is "N passed, N failed"; the exit code is 0 only if none failed.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPage } from "../../../examples/browser/build.mjs";
import { openBrowser } from "../browsers.mjs";
import { installPackages } from "../install.mjs";
import { untilPhase } from "./driver.mjs";
import { serveSite } from "./site.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", default: "" }, pictures: { type: "string" } },
});
await installPackages();
const { scenarios } = await import("./scenarios.mjs");
await buildPage();
if (values.pictures) mkdirSync(values.pictures, { recursive: true });

const totals = { passed: 0, failed: 0 };
for (const browser of positionals.length ? positionals : ["chromium", "firefox"]) {
  console.log(`The page in ${browser}`);
  const context = await openBrowser(browser);
  for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
    const begun = performance.now();
    let line;
    try {
      const note = await play(scenario, context, browser);
      totals.passed++;
      line = `  ok      ${scenario.name}${note ? ` (${note})` : ""}`;
    } catch (error) {
      totals.failed++;
      line = `  FAILED  ${scenario.name}\n${String(error.stack).replace(/^/gm, "            ")}`;
    }
    console.log(`${line}  ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
  await context.close();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
if (totals.failed || !totals.passed) process.exitCode = 1;

/** @throws Error also where the page has an error that it does not tell */
async function play(
  { isolated = true, evaluates = false, viewport, colorScheme, before, run },
  context,
  browser,
) {
  const site = await serveSite({ isolated, evaluates });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.stack ?? error));
  try {
    await page.setViewportSize(viewport ?? { width: 1280, height: 900 });
    if (colorScheme) await page.emulateMedia({ colorScheme });
    await before?.(page);
    await page.goto(site.url);
    await untilPhase(page, "");
    const picture = async (name) => {
      if (!values.pictures) return;
      await page.screenshot({ path: join(values.pictures, `${browser}-${name}.png`), fullPage: true });
    };
    const note = await run({ page, context, site, picture });
    if (problems.length) throw new Error(problems.join("\n"));
    return note;
  } finally {
    await page.close();
    await site.close();
  }
}
