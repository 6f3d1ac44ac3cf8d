// Compares the library with the peak of the machine and with its peers: see README.md.

import { parseArgs } from "node:util";
import { describeMachine, findEngines, findTorch } from "./engines.mjs";
import { files } from "./parts/files.mjs";
import { frames } from "./parts/frames.mjs";
import { kernels } from "./parts/kernels.mjs";
import { memory } from "./parts/memory.mjs";
import { processes } from "./parts/processes.mjs";
import { responsiveness } from "./parts/responsiveness.mjs";
import { serving } from "./parts/serving.mjs";
import { size } from "./parts/size.mjs";
import { start } from "./parts/start.mjs";
import { steps } from "./parts/steps.mjs";
import { studio } from "./parts/studio.mjs";
import { suggest } from "./parts/suggest.mjs";
import { threads } from "./parts/threads.mjs";
import { training } from "./parts/training.mjs";
import { variants } from "./parts/variants.mjs";
import { words } from "./parts/words.mjs";
import { textTable, verdict, writeJson, writeReadme } from "./report.mjs";
import { setUp } from "./setup.mjs";

const PARTS = {
  kernels,
  training,
  words,
  variants,
  threads,
  processes,
  responsiveness,
  steps,
  suggest,
  frames,
  serving,
  size,
  start,
  memory,
  files,
  studio,
};

const USAGE = `npm run bench -- [options]
  --only NAME    one part; may be repeated: ${Object.keys(PARTS).join(", ")}
  --quick        a tenth of the time, rough figures
  --python PATH  a Python with PyTorch; default $PYTHON, or python3
  --models DIR   measure the models of this folder's cases.json, too (part frames)
  --json FILE    write the rows as JSON
  --readme       write the figures into bench/README.md`;

/** Share of the full measuring time with --quick. */
const QUICK = 0.1;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: Object.keys(PARTS) },
      quick: { type: "boolean", default: false },
      python: { type: "string" },
      models: { type: "string" },
      json: { type: "string" },
      readme: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const unknown = values.only.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown)
    throw new Error(`there is no part ${unknown}, expected one of ${Object.keys(PARTS).join(", ")}`);
  if (values.readme && (values.quick || values.only.length < Object.keys(PARTS).length)) {
    throw new Error("--readme needs a full run, without --only and --quick");
  }
  return values;
}

async function measure(only, context) {
  const rows = [];
  for (const name of only) {
    console.error(`bench: ${name}`);
    rows.push(...(await PARTS[name](context)).map((row) => ({ part: name, ...row })));
  }
  return rows;
}

async function main() {
  const { only, quick, python, models, json, readme, help } = readOptions();
  if (help) return console.log(USAGE);
  await setUp();
  const engines = await findEngines();
  const torch = await findTorch(python);
  const machine = describeMachine(engines, torch);
  console.log(machine);
  if (engines[0].role !== "main") console.log("There is no Node 24 here: its targets are not judged.");
  if (!torch) {
    console.log(
      "There is no PyTorch here: training has no ratios. Run pip install torch, then use --python PATH or PYTHON=PATH.",
    );
  }
  const rows = await measure(only, { engines, torch, effort: quick ? QUICK : 1, models });
  const report = { date: new Date().toISOString().slice(0, 10), machine, quick, rows };
  console.log(textTable(rows));
  const judged = rows.map(verdict).filter(Boolean);
  console.log(`${judged.filter((word) => word === "PASS").length} of ${judged.length} targets met`);
  if (json) await writeJson(json, report);
  if (readme) await writeReadme(report);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exit(1);
});
