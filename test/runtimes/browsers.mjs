// Opens browsers under Playwright.

import { installPackages, installPrograms, programs } from "./install.mjs";

/** What Chromium needs as root and without a screen, and what it must not do in a test. */
const chromiumFlags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/**
 * Playwright's own Firefox is a patched one that cannot be had from a package, so Debian's is driven by WebDriver BiDi:
 * playwright-core 1.55 is the last that does so with a Firefox before 143, under this name. Clicking, typing, choosing
 * files, reloading and screenshots work; `setOffline` and routes do nothing, so stop the server instead.
 */
const launchers = {
  chromium: ({ chromium }) =>
    chromium.launchPersistentContext("", { executablePath: programs.chromium.path, args: chromiumFlags }),
  firefox: ({ _bidiFirefox }, firefoxUserPrefs) =>
    _bidiFirefox.launchPersistentContext("", { executablePath: programs.firefox.path, firefoxUserPrefs }),
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
