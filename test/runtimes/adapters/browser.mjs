import { openBrowser } from "../browsers.mjs";
import { serve } from "../server.mjs";

/** A browser under Playwright: every call is an empty page of its own. */
export function browserAdapter(name, browser) {
  return {
    name,
    async open() {
      const server = await serve({ isolated: true });
      const context = await openBrowser(browser);
      return {
        version: context.browser().version(),
        async call(task, options = {}) {
          const page = await context.newPage();
          await page.goto(server.url);
          try {
            return await page.evaluate(
              async ([task, options]) => {
                const { tasks } = await import("/test/runtimes/scenario.mjs");
                return tasks[task](options);
              },
              [task, options],
            );
          } finally {
            await page.close();
          }
        },
        async close() {
          await context.close();
          server.close();
        },
      };
    },
  };
}

export const chromium = browserAdapter("Chromium", "chromium");
export const firefox = browserAdapter("Firefox", "firefox");
