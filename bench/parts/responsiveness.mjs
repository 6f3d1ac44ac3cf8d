// Responsiveness of a page and of an event loop during training.

import { openBrowser } from "../../test/runtimes/browsers.mjs";
import { installPackages } from "../../test/runtimes/install.mjs";
import { ask } from "../child.mjs";
import { pseudoText } from "../text.mjs";

/** Maximum milliseconds. */
const TARGETS = { delay: 20, task: 50, click: 100 };

export async function responsiveness({ engines, effort }) {
  const rows = [];
  for (const engine of engines.filter(({ role }) => role === "main" || role === "running")) {
    const delays = await ask(engine, "responsiveness", effort);
    for (const [place, value] of Object.entries(delays)) {
      rows.push({
        name: `event loop while ${place}`,
        engine: engine.name,
        measured: "delay, 99th percentile",
        value,
        unit: "ms",
        ...(place !== "the thread trains" && { most: TARGETS.delay }),
      });
    }
  }
  await installPackages();
  const { serve } = await import("../../test/runtimes/server.mjs"); // it imports one of these packages
  for (const workers of [1, 2]) rows.push(...(await pageRows(serve, workers, effort)));
  return rows;
}

/** Measures a page that shows the progress of its training and is clicked ten times a second. */
async function pageRows(serve, workers, effort) {
  const ends = [];
  const server = await serve({ isolated: true }, (end) => ends.push(end));
  const browser = await openBrowser("chromium");
  const page = await browser.newPage();
  await page.goto(server.url);
  const measured = page.evaluate(trainAndWatch, {
    data: pseudoText(200_000),
    workers,
    duration: 20_000 * effort,
  });
  const done = measured.then(() => true);
  while (!(await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 100))]))) {
    await page.click("button");
  }
  const { steps, task, frame, click } = await measured;
  await browser.close();
  for (const end of ends) end();
  const row = (what, value, most) => ({
    name: `page while ${workers === 1 ? "a worker trains" : "two workers train"}: ${what}`,
    engine: `Chromium ${browser.browser().version().split(".")[0]}`,
    measured: `${steps} iterations, longest`,
    value,
    unit: "ms",
    ...(most && { most }),
  });
  return [
    row("task", task, TARGETS.task),
    row("animation frame", frame),
    row("click to paint", click, TARGETS.click),
  ];
}

/**
 * Runs in the page. @returns iterations, and the longest task (0 if none took 50 ms or more), animation frame (0 if none took
 * 50 ms or more) and click (8 if none took longer), by the browser's own records
 */
async function trainAndWatch({ data, workers, duration }) {
  const longest = { longtask: 0, "long-animation-frame": 0, event: 8 };
  const observer = new PerformanceObserver((list) => {
    for (const { entryType, duration } of list.getEntries()) {
      longest[entryType] = Math.max(longest[entryType], duration);
    }
  });
  for (const type of Object.keys(longest)) observer.observe({ type, durationThreshold: 16 });
  const [button, progress] = [document.createElement("button"), document.createElement("output")];
  button.textContent = "0";
  button.onclick = () => {
    button.textContent = String(Number(button.textContent) + 1);
  };
  document.body.append(button, progress);

  const { connect } = await import("unrolled/worker");
  const connection = await connect({ workers });
  await connection.start({ data });
  let steps = 0;
  const onStep = ({ iteration, loss }) => {
    steps = iteration;
    progress.textContent = `${iteration}: ${loss.toFixed(3)}`;
  };
  const signal = AbortSignal.timeout(duration);
  await connection.train({ iterations: 1e6, signal, onStep }).catch((error) => {
    if (error.code !== "ERR_ABORTED") throw error;
  });
  connection.release();
  return {
    steps,
    task: longest.longtask,
    frame: longest["long-animation-frame"],
    click: longest.event,
  };
}
