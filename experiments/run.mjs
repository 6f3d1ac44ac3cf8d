// Trains cells on tasks that need a long memory: see README.md.

import { parseArgs } from "node:util";
import { saveResult } from "./results.mjs";
import { TASKS } from "./tasks/index.mjs";
import { trainTask } from "./train.mjs";

const USAGE = `node experiments/run.mjs [TASK ...] [options]
  TASK               ${Object.keys(TASKS).join(", ")}; default all
  --cell NAME        may be repeated; default all cells of the task
  --seed N           may be repeated; default 0
  --iterations N     instead of the task's own budget
  --variant NAME     build of the kernels: strict (default: the same figures everywhere), relaxed or auto
  --json             every run as JSON, one object a line, and nothing else on standard output
  --save             put the figures into experiments/results/
  --report           train nothing: write tables and pictures of docs/long-range.md from experiments/results/`;

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cell: { type: "string", multiple: true },
      seed: { type: "string", multiple: true, default: ["0"] },
      iterations: { type: "string" },
      variant: { type: "string", default: "strict" },
      json: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const names = positionals.length ? positionals : Object.keys(TASKS);
  const unknown = names.find((name) => !Object.hasOwn(TASKS, name));
  if (unknown)
    throw new Error(`there is no task ${unknown}, expected one of ${Object.keys(TASKS).join(", ")}`);
  for (const name of names) {
    const { cells } = TASKS[name];
    const missing = values.cell?.find((cell) => !cells.includes(cell));
    if (missing) throw new Error(`${name} has no cell ${missing}, expected one of ${cells.join(", ")}`);
  }
  if (values.save && values.iterations)
    throw new Error("--save needs the task's own budget, without --iterations");
  const { iterations } = values;
  return {
    ...values,
    names,
    seeds: values.seed.map((text) => whole("--seed", text)),
    budget: iterations && { iterations: whole("--iterations", iterations) },
  };
}

function whole(option, text) {
  if (!/^\d+$/.test(text)) throw new Error(`${option} is ${text}, expected a whole number`);
  return Number(text);
}

const shown = (figures) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ");

async function runOne(name, cell, seed, { budget, variant, json, save }) {
  const task = TASKS[name];
  const config = { ...task.config, ...budget };
  const title = `${name}, ${cell}, seed ${seed}`;
  const say = json ? console.error : console.log;
  const result = await trainTask(task, {
    ...{ cell, seed, config, variant },
    onCheck: ({ iteration, seconds, figures }) =>
      say(`${title}: iteration ${iteration}, ${seconds.toFixed(1)} s, ${shown(figures)}`),
  });
  const run = { cell, seed, config, ...result };
  const expected = task.expected[cell];
  if (expected && !budget) say(`${title}: expected ${expected.text}: ${expected.holds(run) ? "yes" : "NO"}`);
  if (json) console.log(JSON.stringify({ task: name, ...run }));
  if (save) await saveResult(name, task.cells, run);
}

async function report() {
  const { writeTables } = await import("./report.mjs");
  const { drawPictures } = await import("./pictures.mjs");
  await writeTables();
  await drawPictures();
}

async function main() {
  const options = readOptions();
  if (options.help) return console.log(USAGE);
  if (options.report) return report();
  for (const name of options.names) {
    for (const cell of options.cell ?? TASKS[name].cells) {
      for (const seed of options.seeds) await runOne(name, cell, seed, options);
    }
  }
}

main().catch((error) => {
  console.error(`experiments: ${error.message}`);
  process.exit(1);
});
