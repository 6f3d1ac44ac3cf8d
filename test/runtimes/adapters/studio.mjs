// The studio, with its own checks. PICTURES=FOLDER saves screenshots.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildStudio } from "../../../studio/build.mjs";
import { shownBy } from "../../studio/page/driver.mjs";
import { scenarios } from "../../studio/page/scenarios.mjs";
import { serveSite } from "../../studio/page/site.mjs";
import { openBrowser } from "../browsers.mjs";

let built;

function studioAdapter(name, browser) {
  return {
    name,
    async open(defer) {
      built ??= buildStudio();
      await built;
      const context = await openBrowser(browser);
      defer(() => context.close());
      return { version: context.browser().version(), context };
    },
    checks: scenarios
      .filter(({ chromiumOnly }) => !chromiumOnly || browser === "chromium")
      .map((scenario) => ({
        name: scenario.name,
        run: ({ context }) => play(scenario, context, browser),
      })),
  };
}

/** @throws Error also if the page has an error that it does not show */
async function play(scenario, context, browser) {
  const { isolated = true, viewport, colorScheme, before, run } = scenario;
  // Firefox's driver evaluates scripts for every action; in Chromium most scenarios run under the page's own policy.
  const evaluates = scenario.evaluates || browser === "firefox";
  const pictures = picturesOf(browser);
  const site = await serveSite({ isolated, evaluates });
  const page = await context.newPage();
  const problems = [];
  page.setDefaultTimeout(60_000); // other checks run beside it
  page.on("pageerror", (error) => problems.push(error.stack ?? error));
  try {
    await page.setViewportSize(viewport ?? { width: 1280, height: 800 });
    if (colorScheme) await page.emulateMedia({ colorScheme });
    await before?.(page);
    await page.goto(site.url);
    await page.locator("h1").waitFor();
    const note = await run({ page, context, site, browser, picture: (name) => pictures(page, name) }).catch(
      (error) => shownWith(error, page),
    );
    if (problems.length) throw new Error(problems.join("\n"));
    return note;
  } finally {
    await page.close();
    await site.close();
  }
}

/** @throws Error which also says what the page shows */
async function shownWith(error, page) {
  if (!error.message.includes("the page shows")) error.stack += `\nthe page shows\n${await shownBy(page)}`;
  throw error;
}

function picturesOf(browser) {
  const folder = process.env.PICTURES;
  if (!folder) return async () => {};
  mkdirSync(folder, { recursive: true });
  return (page, name) => page.screenshot({ path: join(folder, `${browser}-${name}.png`), fullPage: true });
}

export const studioInChromium = studioAdapter("Studio in Chromium", "chromium");
export const studioInFirefox = studioAdapter("Studio in Firefox", "firefox");
