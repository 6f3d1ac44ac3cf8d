// Short runs that answer questions of the course notes: see docs/course-notes.md. `node experiments/questions.mjs window`

import { createRuntime } from "unrolled";
import { cell } from "./questions/cell.mjs";
import { depth } from "./questions/depth.mjs";
import { steps } from "./questions/steps.mjs";
import { updateGateAtWork } from "./questions/update-gate.mjs";
import { window } from "./questions/window.mjs";

const QUESTIONS = { window, depth, steps, "update-gate": updateGateAtWork, cell };

/** Prints rows as columns, the first one aligned left. */
function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]),
    );
    console.log(cells.join("  "));
  }
}

const [name] = process.argv.slice(2);
if (!Object.hasOwn(QUESTIONS, name ?? "")) {
  console.error(`experiments: the question is ${name}, expected one of ${Object.keys(QUESTIONS).join(", ")}`);
  process.exit(1);
}
print(QUESTIONS[name](await createRuntime({ variant: "strict", seed: 1 })));
