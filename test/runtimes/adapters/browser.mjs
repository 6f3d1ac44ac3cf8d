import { openBrowser } from "../browsers.mjs";
import { serve } from "../server.mjs";

/**
 * A browser under Playwright: every call loads the page anew, whatever it was doing.
 *
 * @param isolated whether its threads may share memory; else they hand buffers over
 */
function browserAdapter(name, browser, isolated) {
  return {
    name,
    async open(defer) {
      const server = await serve({ isolated }, defer);
      const context = await openBrowser(browser);
      defer(() => context.close());
      const page = await context.newPage();
      return {
        version: context.browser().version(),
        workers: "web",
        store: "store",
        page,
        async call(task, options = {}) {
          await page.goto(server.url);
          return page.evaluate(
            async ([task, options]) => {
              const { tasks } = await import("/test/runtimes/scenario.mjs");
              return tasks[task](options);
            },
            [task, options],
          );
        },
      };
    },
  };
}

export const chromium = browserAdapter("Chromium", "chromium", true);
export const firefox = browserAdapter("Firefox", "firefox", false);
