// The studio in Chromium: how soon it can be used, and how smooth it is while it trains and plays.

import { buildStudio } from "../../studio/build.mjs";
import { openBrowser } from "../../test/runtimes/browsers.mjs";

/** Maximum milliseconds. */
const TARGETS = { interactive: 1000, task: 50, frame: 33 };

export async function studio({ effort }) {
  await buildStudio();
  const { serveStudio } = await import("../../studio/site.mjs");
  const site = await serveStudio({ port: 0 });
  const browser = await openBrowser("chromium");
  const page = await browser.newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  try {
    const interactive = await untilUsable(page, site.url);
    const task = await longestTask(page, 20_000 * effort);
    const frame = await playFrames(page, 10_000 * effort);
    const engine = `Chromium ${browser.browser().version().split(".")[0]}`;
    const row = (name, measured, value, most) => ({ name, engine, measured, value, unit: "ms", most });
    return [
      row("studio: from its address to a task's page", "minimum of 5", interactive, TARGETS.interactive),
      row("studio: page while it trains", "longest task", task, TARGETS.task),
      row("studio: activations that play", "frame, 95th percentile", frame, TARGETS.frame),
    ];
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Opens the page and clicks a link, once without and then with kept files. @returns the least of the milliseconds until the next page of the studio is shown */
async function untilUsable(page, url) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    await page.goto("about:blank");
    const begun = performance.now();
    await page.goto(`${url}?${i}`, { waitUntil: "commit" });
    await page.getByRole("link", { name: "Start with a text" }).click();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    times.push(performance.now() - begun);
  }
  return Math.min(...times);
}

/** Trains, and lists tasks of the page's thread. @returns the longest in milliseconds; 0 if none took 50 ms */
async function longestTask(page, duration) {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.locator(".use").waitFor();
  await page.waitForTimeout(1000); // the code of the panels is loaded once
  const longest = await page.evaluate(
    (duration) =>
      new Promise((resolve) => {
        let most = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) most = Math.max(most, entry.duration);
        }).observe({ type: "longtask" });
        setTimeout(() => resolve(most), duration);
      }),
    duration,
  );
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  if ((await stop.getAttribute("aria-disabled")) !== "true") await stop.click();
  await page.waitForTimeout(3000);
  return longest;
}

/** Plays the activations of a text. @returns the 95th percentile of the time between two frames, in milliseconds */
async function playFrames(page, duration) {
  await page.getByRole("tab", { name: "Activations" }).click();
  await page.getByRole("button", { name: "Play" }).click();
  return page.evaluate(
    (duration) =>
      new Promise((resolve) => {
        const frames = [];
        const end = performance.now() + duration;
        let before = performance.now();
        const next = (now) => {
          frames.push(now - before);
          before = now;
          if (now < end) requestAnimationFrame(next);
          else resolve(frames.sort((a, b) => a - b)[Math.floor(0.95 * frames.length)]);
        };
        requestAnimationFrame(next);
      }),
    duration,
  );
}
