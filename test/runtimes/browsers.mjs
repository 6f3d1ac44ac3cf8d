// Opens browsers under Playwright.

import { installPackages, installPrograms, programs } from "./install.mjs";

/** The arguments that Chromium needs as root and without a screen, and that switch off what disturbs a test. */
const chromiumFlags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/**
 * Playwright's own Firefox is patched and not available as a package, so Debian's is driven by WebDriver BiDi. The versions of
 * both have to match: playwright-core 1.62 works with Firefox ESR 153, whereas 1.60 waits for ever and 1.65 uses commands that
 * it does not know. Clicking, typing, choosing files, reloading and screenshots work; `setOffline` and routes do
 * nothing, so stop the server instead.
 */
const launchers = {
  chromium: ({ chromium }) =>
    chromium.launchPersistentContext("", { executablePath: programs.chromium.path, args: chromiumFlags }),
  firefox: ({ firefox }, firefoxUserPrefs) =>
    firefox.launchPersistentContext("", {
      channel: "moz-firefox",
      executablePath: programs.firefox.path,
      firefoxUserPrefs,
    }),
};

/**
 * Installs what is missing and opens a browser with a new profile, which is kept until the context is closed.
 *
 * @param {"chromium" | "firefox"} name
 * @param {object} [firefoxUserPrefs] settings of about:config
 * @returns {Promise<import("playwright-core").BrowserContext>}
 */
export async function openBrowser(name, firefoxUserPrefs) {
  await installPackages();
  await installPrograms(name);
  const { default: playwright } = await import("playwright-core");
  return launchers[name](playwright, firefoxUserPrefs);
}
