// Trains every task of rows.mjs with each seed and writes scores and times into results.json: see ../quality.md.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { exampleRows } from "./examples/rows.mjs";
import { int8Rows, measureInt8 } from "./int8.mjs";
import { writeReport } from "./report.mjs";
import { rowsOf } from "./rows.mjs";
import { soonRows } from "./time-to-score.mjs";

const USAGE = `node bench/quality/run.mjs [options]
  --data FOLDER       the data sets, one folder each
  --reference FOLDER  the folder of reference_tasks.py, splits/ and gen/; without both, only the rows that bring or make their data
  --only TEXT         rows whose name or variant contains this text; may be repeated
  --seed N            instead of a row's own seeds; may be repeated
  --again             also runs that are already in results.json
  --python PATH       a Python with PyTorch: measure its time for each row (100 iterations) instead of training; train
                      the networks of the examples (examples/main.py)
  --time-to-score     train some networks until they have PyTorch's score, and measure PyTorch's time (time-to-score.mjs);
                      needs --python
  --int8              train some rows with their first seed, quantise the models and measure both (int8.mjs)
  --report            train nothing: write the table of bench/quality.md from results.json`;

const RESULTS = new URL("results.json", import.meta.url);
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const run = promisify(execFile);
const BUFFER = { maxBuffer: 1 << 28 };

const linesOf = (stdout) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Makes times those of the processor, which other programs on the machine do not change. */
const PROCESSOR_TIME = `data:text/javascript,${encodeURIComponent(
  "performance.now = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };",
)}`;

async function unrolled(...args) {
  const node = ["--import", PROCESSOR_TIME, CLI];
  return linesOf((await run(process.execPath, [...node, ...args, "--json"], BUFFER)).stdout);
}

/** Calls a function with a new folder that has the files of a row. */
async function withFiles(row, use) {
  const folder = await mkdtemp(join(tmpdir(), "quality-"));
  try {
    for (const [name, text] of Object.entries((await row.files?.()) ?? {})) {
      await writeFile(join(folder, name), text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Trains a row once: the score of its last weights. */
const trainRow = (row, seed) =>
  withFiles(row, async (folder) => {
    const model = join(folder, "model.safetensors");
    const lines = await unrolled("train", ...row.train(seed, folder), "--seed", String(seed), "--out", model);
    const end = lines.at(-1);
    const validations = lines.filter((line) => "best" in line);
    const { command = "eval", use } = row;
    const told = use ? await unrolled(command, model, ...use(folder)) : validations;
    return {
      score: row.score(told.at(-1), told),
      ...row.also?.(told.at(-1)),
      iterations: end.iters,
      seconds: end.training_seconds,
    };
  });

/** Lets a script of PyTorch measure the time of the processor. */
const PYTHON_PROCESSOR_TIME =
  "import runpy, sys, time; time.perf_counter = time.process_time; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')";

/** Runs a row's network in PyTorch. @returns a line for each seed */
const runPyTorch = (row, python, reference, ...options) =>
  withFiles(row, async (folder) => {
    const { task, variant, script } = row.pytorch;
    const [file, ...args] = script?.(folder) ?? [`${reference}/reference_tasks.py`, task, "--only", variant];
    const command = ["-c", PYTHON_PROCESSOR_TIME, file, ...args, ...options];
    return linesOf((await run(python, command, BUFFER)).stdout);
  });

/** Measures PyTorch's seconds for an iteration on one thread. */
async function timePyTorch(row, python, reference) {
  const lines = await runPyTorch(row, python, reference, "--seeds", "0", "--max-iters", "100");
  const { seconds, steps } = lines.at(-1);
  return { pytorchSeconds: seconds / steps };
}

/** Trains a row's network and measures it in float32 and in int8. */
const quantiseRow = (row, small, seed) =>
  withFiles(row, async (folder) => {
    const file = join(folder, "model.safetensors");
    await unrolled("train", ...row.train(seed, folder), "--seed", String(seed), "--out", file);
    return measureInt8(small, CLI, file, folder);
  });

/** Measures how soon a network has the score of a row. @returns the results to store, by recipe */
async function measureTimeToScore(soon, row, python, reference, seed) {
  const { score, seconds, iterations } = await trainRow({ ...row, train: soon.train, use: undefined }, seed);
  const { pytorchSeconds } = await timePyTorch(row, python, reference);
  return { score, seconds, iterations, seed, pytorchSeconds: pytorchSeconds * soon.steps };
}

const keyOf = (row) => `${row.name}; ${row.variant}`;

async function main() {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      reference: { type: "string" },
      only: { type: "string", multiple: true, default: [""] },
      seed: { type: "string", multiple: true },
      again: { type: "boolean", default: false },
      python: { type: "string" },
      int8: { type: "boolean", default: false },
      "time-to-score": { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { data, reference, only, seed, again, python, int8 } = values;
  if (values.help) return console.log(USAGE);
  const results = JSON.parse(await readFile(RESULTS, "utf8"));
  if (!data !== !reference) throw new Error(`--data and --reference are needed together\n${USAGE}`);
  const all = [...rowsOf(data, reference), ...exampleRows()];
  const small = int8Rows(data, reference);
  const soon = soonRows(data, reference);
  if (values.report) return writeReport(all, results, small, soon);
  const rows = data ? all : all.filter(({ pytorch }) => pytorch.script);
  const machine = `${availableParallelism()} x ${cpus()[0].model.trim()}, Node ${process.versions.node}`;
  const save = async (key, result) => {
    results[key] = { ...results[key], ...result };
    await writeFile(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
  };
  for (const row of rows) {
    const key = keyOf(row);
    if (!only.some((text) => key.includes(text))) continue;
    if (int8) {
      const quantised = small.find(({ of }) => of === key);
      if (!quantised || (results[key]?.int8 && !again)) continue;
      const result = await quantiseRow(row, quantised, seed?.[0] ?? row.seeds[0]);
      console.log(
        `${key}: ${quantised.metric} ${result.f32.toFixed(4)} in float32, ${result.int8.toFixed(4)} in int8`,
      );
      await save(key, { int8: result });
      continue;
    }
    if (values["time-to-score"]) {
      for (const one of soon.filter(({ of }) => of === key)) {
        const stored = results[key]?.timeToScore ?? {};
        if (stored[one.recipe] && !again) continue;
        const result = await measureTimeToScore(one, row, python, reference, seed?.[0] ?? row.seeds[0]);
        console.log(
          `${key}, ${one.recipe}: ${result.score.toFixed(4)} in ${result.seconds.toFixed(1)} s, PyTorch ${row.pytorch.score} in ${result.pytorchSeconds.toFixed(1)} s`,
        );
        await save(key, { timeToScore: { ...stored, [one.recipe]: result } });
      }
      continue;
    }
    if (python && !row.pytorch.isTrained) {
      const time = await timePyTorch(row, python, reference);
      console.log(`${key}: PyTorch ${(1000 * time.pytorchSeconds).toFixed(1)} ms per iteration`);
      await save(key, time);
      continue;
    }
    const field = python ? "pytorchRuns" : "runs";
    for (const n of seed?.map(Number) ?? row.seeds) {
      const runs = results[key]?.[field] ?? {};
      if (runs[n] && !again) continue;
      const result = python
        ? (await runPyTorch(row, python, reference, "--seed", String(n))).at(-1)
        : await trainRow(row, n);
      console.log(
        `${key}: seed ${n}: ${python ? "PyTorch's " : ""}${row.metric} ${result.score.toFixed(4)}, ${result.seconds.toFixed(1)} s`,
      );
      await save(key, { [field]: { ...runs, [n]: result }, machine });
    }
  }
}

main().catch((error) => {
  console.error(`quality: ${error.stderr ?? error.message}`);
  process.exit(1);
});
