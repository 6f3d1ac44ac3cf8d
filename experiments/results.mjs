// Stores the measured figures: a file for each task, with a run for each cell and seed.

import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";

/**
 * The measurements of one cell with one seed.
 *
 * @typedef {object} Run
 * @property {string} cell
 * @property {number} seed
 * @property {object} config
 * @property {string} variant variant of the kernels
 * @property {number} parameters
 * @property {number} iterations
 * @property {number} seconds processor time of the training
 * @property {number} stepsPerSecond
 * @property {Record<string, number>} figures figures at the end
 * @property {{ iteration: number, seconds: number, figures: Record<string, number> }[]} checks figures during training
 * @property {{ start: number[], end: number[] }} flow norm of dL/dh by distance, before and after training
 */

const fileOf = (task) => new URL(`results/${task}.json`, import.meta.url);

const sameRun = (a, b) => a.cell === b.cell && a.seed === b.seed;

/**
 * Reads the runs of a task, in the order of its cells, then of seeds; empty if nothing was saved.
 *
 * @param {string} task
 * @returns {Promise<Run[]>}
 */
export async function readResults(task) {
  try {
    return JSON.parse(await readFile(fileOf(task), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Returns the first run of each cell.
 *
 * @param {readonly string[]} cells
 * @param {readonly Run[]} runs
 * @returns {Run[]}
 */
export const firstRuns = (cells, runs) =>
  cells.flatMap((cell) => runs.find((run) => run.cell === cell) ?? []);

/**
 * Adds a run to its task's file; it replaces an earlier one of the same cell and seed.
 *
 * @param {string} task
 * @param {readonly string[]} cells in the order of the file
 * @param {Run} run
 */
export async function saveResult(task, cells, run) {
  const machine = `${cpus()[0].model.trim()}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const others = (await readResults(task)).filter((other) => !sameRun(other, run));
  const runs = [...others, { ...run, machine, date }];
  runs.sort((a, b) => cells.indexOf(a.cell) - cells.indexOf(b.cell) || a.seed - b.seed);
  await writeFile(fileOf(task), `[\n${runs.map((each) => JSON.stringify(each, shortened)).join(",\n")}\n]\n`);
}

/** Rounds numbers to six digits, which are enough to read. */
const shortened = (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
