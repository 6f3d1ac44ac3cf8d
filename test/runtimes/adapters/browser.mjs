import { openBrowser } from "../browsers.mjs";
import { serve } from "../server.mjs";

/** A browser under Playwright: every call is an empty page of its own. */
export function browserAdapter(name, browser) {
  return {
    name,
    async open(defer) {
      const server = await serve({ isolated: true }, defer);
      const context = await openBrowser(browser);
      defer(() => context.close());
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
      };
    },
  };
}

export const chromium = browserAdapter("Chromium", "chromium");
export const firefox = browserAdapter("Firefox", "firefox");
