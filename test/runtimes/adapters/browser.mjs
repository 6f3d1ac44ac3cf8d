import { openBrowser } from "../browsers.mjs";
import { serve } from "../server.mjs";

/** Storage limit of a page in bytes. */
const QUOTA = 10e6;

/** A browser under Playwright: every call loads the page again, whatever it was doing. */
function browserAdapter({ name, browser, preferences, limit = async () => {} }) {
  return {
    name,
    async open(defer) {
      const isolated = await serve({ isolated: true }, defer);
      const plain = await serve({ isolated: false }, defer);
      const context = await openBrowser(browser, preferences);
      defer(() => context.close());
      const page = await context.newPage();
      await limit(page, new URL(isolated.url).origin);
      const callAt = async (url, task, options = {}) => {
        await page.goto(url);
        return page.evaluate(
          async ([task, options]) => {
            const { tasks } = await import("/test/runtimes/scenario.mjs");
            return tasks[task](options);
          },
          [task, options],
        );
      };
      return {
        version: context.browser().version(),
        workers: "web",
        store: "store",
        quota: QUOTA,
        call: (task, options) => callAt(isolated.url, task, options),
        callWithoutIsolation: (task, options) => callAt(plain.url, task, options),
      };
    },
  };
}

export const chromium = browserAdapter({
  name: "Chromium",
  browser: "chromium",
  async limit(page, origin) {
    const session = await page.context().newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: QUOTA });
  },
});

export const firefox = browserAdapter({
  name: "Firefox",
  browser: "firefox",
  // In kB, for all sites; one site gets a fifth.
  preferences: { "dom.quotaManager.temporaryStorage.fixedLimit": (QUOTA * 5) / 1000 },
});
