// Draws the gradient flow of docs/long-range.md from the measured runs.

import { writeFile } from "node:fs/promises";
import { svgChart } from "../dist/svg-chart.js";
import { CELLS } from "./cells.mjs";
import { firstRuns, readResults } from "./results.mjs";
import { TASKS } from "./tasks/index.mjs";

const FIGURES = new URL("../docs/figures/", import.meta.url);
const MOMENTS = { start: "before training", end: "after training" };

/** Draws the norm of dL/dh by distance, with all cells of a task in one picture. */
function picture(name, moment, runs) {
  return svgChart({
    title: `${name}, ${MOMENTS[moment]}`,
    xLabel: "distance from the last step (steps)",
    yLabel: "norm of dL/dh<t>",
    logY: true,
    series: runs.map(({ cell, flow }) => ({
      name: CELLS[cell].title,
      points: flow[moment].map((norm, distance) => [distance, norm]),
    })),
  });
}

/** Draws two pictures for each task that has results. */
export async function drawPictures() {
  for (const [name, { cells }] of Object.entries(TASKS)) {
    const runs = firstRuns(cells, await readResults(name));
    for (const moment of Object.keys(MOMENTS)) {
      const file = new URL(`long-range-${name}-${moment}.svg`, FIGURES);
      if (runs.length) await writeFile(file, picture(name, moment, runs));
    }
  }
}
