// Frames of models of other frameworks, compared with ONNX Runtime Web, and with ONNX Runtime if Python has it.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { file as vad } from "../../test/runtimes/vad.mjs";
import { ask } from "../child.mjs";

/** Maximum shares of the time of ONNX Runtime Web. */
const TARGETS = { "silero-vad": 1 / 3, "gtcrn-simple": 0.4, "dtln-1": 0.6, "dtln-2": 0.5 };

/** Maximum share of the time of ONNX Runtime outside of a page. */
const NATIVE = 1.5;

const microseconds = (seconds) => `${(1e6 * seconds).toFixed(1)} us`;

/** Lists the models of a folder with a cases.json of streams: see the README of the folder. */
function modelsOf(folder) {
  const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  return cases
    .filter(({ format, feedback }) => format === "onnx" && feedback)
    .map(({ name, file, inputs, initial_state: states = {}, constants = {}, feedback }) => ({
      name,
      file: join(folder, file),
      inputs: {
        ...inputs,
        ...Object.fromEntries(
          Object.entries(states).map(([key, s]) => [key, { dtype: s.dtype, shape: s.zeros }]),
        ),
      },
      constants: Object.fromEntries(Object.keys(constants).map((key) => [key, 16_000])),
      state: feedback,
    }));
}

/** Measures ONNX Runtime in Python, on one thread. @returns seconds by name; nothing if Python lacks it */
async function nativeTimes(torch, list, effort) {
  if (!torch) return {};
  const script = fileURLToPath(new URL("../onnx_frames.py", import.meta.url));
  const done = await promisify(execFile)(torch.path, [script, list, String(effort)]).catch(() => undefined);
  return done ? JSON.parse(done.stdout) : {};
}

export async function frames({ engines, torch, effort, models }) {
  const engine = engines[0];
  const folder = await mkdtemp(join(tmpdir(), "unrolled-"));
  try {
    const [file, list] = [join(folder, "vad.onnx"), join(folder, "models.json")];
    await writeFile(file, Buffer.from(vad, "base64"));
    const own = {
      name: "voice activity, 8 units",
      file,
      inputs: { input: { dtype: "float32", shape: [1, 64] }, state: { dtype: "float32", shape: [2, 1, 8] } },
      constants: { sr: 16_000 },
      state: { stateN: "state" },
    };
    const others = models && existsSync(join(models, "cases.json")) ? modelsOf(models) : [];
    await writeFile(list, JSON.stringify([own, ...others]));
    const results = await ask(engine, "frames", effort, [], list);
    const native = await nativeTimes(torch, list, effort);
    return results.flatMap(({ name, ours, theirs }) => [
      {
        name: `a frame, ${name}`,
        engine: engine.name,
        measured: `${microseconds(ours)}, ONNX Runtime Web ${microseconds(theirs)}`,
        value: ours / theirs,
        unit: "of its time",
        ...(engine.role === "main" && { most: TARGETS[name] }),
      },
      ...(native[name]
        ? [
            {
              name: `a frame, ${name}`,
              engine: engine.name,
              measured: `${microseconds(ours)}, ONNX Runtime ${microseconds(native[name])}`,
              value: ours / native[name],
              unit: "of its time",
              ...(engine.role === "main" && TARGETS[name] && { most: NATIVE }),
            },
          ]
        : []),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
