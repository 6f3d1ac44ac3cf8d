// Writes the tables of docs/long-range.md from the measured runs.

import { readFile, writeFile } from "node:fs/promises";
import { diagnoseFlow } from "unrolled";
import { CELLS } from "./cells.mjs";
import { PYTORCH } from "./pytorch.mjs";
import { firstRuns, readResults } from "./results.mjs";
import { TASKS } from "./tasks/index.mjs";

const PAGE = new URL("../docs/long-range.md", import.meta.url);

const fixed = (digits) => (value) => value.toFixed(digits);
const percent = (share) => fixed(1)(100 * share);
const figure =
  (name, format = percent) =>
  ({ figures }) =>
    format(figures[name]);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Finds the first check after which the error stays below 0.01. */
function solvedFrom({ checks }) {
  const first = checks.findLastIndex(({ figures }) => figures.mse >= 0.01) + 1;
  return String(checks[first]?.iteration ?? "never");
}

/** Returns the figure of a run that stopped at the worst of the last five checks. */
const worstOfLastFive =
  (name) =>
  ({ checks }) =>
    percent(Math.min(...checks.slice(-5).map(({ figures }) => figures[name])));

/** The columns of each task's table. */
const COLUMNS = {
  adding: { "mean squared error": figure("mse", fixed(4)), "below 0.01 from iteration": solvedFrom },
  copy: {
    "recall, %": figure("recall"),
    "all right, %": figure("allRight"),
    "cross-entropy": figure("crossEntropy", fixed(4)),
  },
  reber: {
    "perfect, %": figure("perfect"),
    "longer than 30, %": figure("perfect30"),
    "its worst of 5 epochs": worstOfLastFive("perfect30"),
    "longer than 100, %": figure("perfect100"),
  },
  agreement: {
    "depth 0 to 2, %": ({ figures: { depth0, depth1, depth2 } }) => percent(Math.min(depth0, depth1, depth2)),
    "depth 3, %": figure("depth3"),
    "with 3 attractors": figure("depth3Attractors3"),
    "depth 6, %": figure("depth6"),
  },
};

function markdown(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Makes a table with a row for each cell, seeds side by side. */
function figureTable(name, runs) {
  const { cells, expected } = TASKS[name];
  const columns = Object.entries(COLUMNS[name]);
  const rows = cells.flatMap((cell) => {
    const ofCell = runs.filter((run) => run.cell === cell);
    if (ofCell.length === 0) return [];
    const wanted = expected[cell];
    const seconds = mean(ofCell.map((run) => run.seconds));
    const torch = PYTORCH[name][cell];
    return [
      [
        CELLS[cell].title,
        ...columns.map(([, tell]) => ofCell.map(tell).join(" / ")),
        wanted
          ? `${wanted.text}: ${ofCell.map((run) => (wanted.holds(run) ? "yes" : "**no**")).join(" / ")}`
          : "",
        seconds.toFixed(seconds < 10 ? 1 : 0),
        `${(mean(ofCell.map((run) => run.stepsPerSecond)) / 1000).toFixed(0)}k`,
        torch?.figure ?? "",
        torch ? String(torch.seconds) : "",
      ],
    ];
  });
  const head = [
    ...["cell", ...columns.map(([title]) => title)],
    ...["expected", "seconds", "steps/s", `PyTorch: ${PYTORCH[name].figure}`, "seconds"],
  ];
  return markdown(head, rows);
}

function conditions(runs) {
  const of = (name) => [...new Set(runs.map((run) => run[name]))].sort();
  const seeds = of("seed");
  const measured = [`${of("variant").join("; ")} build`, of("machine").join("; "), of("date").join(", ")];
  const seedText =
    seeds.length > 1
      ? `Seeds ${seeds.join(" / ")} where there are several figures, seconds are their mean`
      : `Seed ${seeds[0]}`;
  return `${seedText}; ${measured.join("; ")}.`;
}

function flowText(norms) {
  const { verdict, factor, thousandth } = diagnoseFlow({ norms });
  const lost = thousandth === null ? "" : `, below 1/1000 after ${thousandth}`;
  return `${verdict}, ${factor.toFixed(3)} a step${lost}`;
}

function flowTable(name, runs) {
  const rows = firstRuns(TASKS[name].cells, runs).map(({ cell, flow }) => [
    CELLS[cell].title,
    flowText(flow.start),
    flowText(flow.end),
  ]);
  return markdown(["gradient flow", "before training", "after training"], rows);
}

/**
 * Replaces the text between `<!-- TASK -->` and `<!-- end of TASK -->` of the page.
 *
 * @param {string} page
 * @returns {Promise<string>}
 */
export async function withFigures(page) {
  let result = page;
  for (const name of Object.keys(TASKS)) {
    const runs = await readResults(name);
    if (runs.length === 0) continue;
    const text = [figureTable(name, runs), conditions(runs), flowTable(name, runs)].join("\n\n");
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- end of ${name} -->)`);
    result = result.replace(place, (_, begin, end) => `${begin}${text}\n${end}`);
  }
  return result;
}

export async function writeTables() {
  await writeFile(PAGE, await withFigures(await readFile(PAGE, "utf8")));
}
