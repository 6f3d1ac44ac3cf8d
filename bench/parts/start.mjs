// Time from import to the first step, in fresh processes.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  serializeModel,
  Vocabulary,
} from "../../dist/index.js";
import { ask } from "../child.mjs";

/** Maximum milliseconds. */
const TARGET = 15;

/** Maximum share of that time for a model that is opened with `unrolled/run`. */
const RUN_SHARE = 0.6;

const PROCESSES = 20;

/** A saved language model with as many units and symbols as the layer of the worker `start`. */
async function savedModel() {
  const symbols = Array.from({ length: 128 }, (_, i) => String.fromCharCode(0x100 + i));
  const spec = { ...defaultLanguageModelSpec(), hidden: 128, layers: 1 };
  return serializeModel(new LanguageModel(await createRuntime(), spec, new Vocabulary(symbols)));
}

export async function start({ engines }) {
  const taking = engines.filter(({ role }) => role === "main" || role === "running");
  const folder = await mkdtemp(join(tmpdir(), "unrolled-"));
  const file = join(folder, "model.safetensors");
  try {
    await writeFile(file, await savedModel());
    const kinds = [
      { worker: "start", name: "import to first step, LSTM 128", most: TARGET },
      { worker: "start-run", name: "the same with unrolled/run, a saved model", most: TARGET * RUN_SHARE },
    ];
    const rows = taking.flatMap((engine) => kinds.map((kind) => ({ engine, ...kind, times: [] })));
    for (let i = 0; i < PROCESSES; i++) {
      for (const { engine, worker, times } of rows) times.push(await ask(engine, worker, 1, [], file));
    }
    return rows.map(({ engine, name, most, times }) => {
      const sorted = times.sort((a, b) => a - b);
      return {
        name,
        engine: engine.name,
        measured: `${sorted[0].toFixed(1)} to ${sorted.at(-1).toFixed(1)} ms in ${PROCESSES} processes, median:`,
        value: (sorted[PROCESSES / 2 - 1] + sorted[PROCESSES / 2]) / 2,
        unit: "ms",
        most,
      };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
