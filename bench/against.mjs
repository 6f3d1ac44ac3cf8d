// Compares this checkout with another one, such as an earlier version: training on the command line, and one step of a stream.
// The two take turns, and the shortest time of each counts.
//   node bench/against.mjs ../other [TURNS]        both checkouts must be built

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pseudoText } from "./text.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [, self, other, turns = "7"] = process.argv;

/** Node 20 hides relaxed SIMD behind a flag. */
const flags = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

/** Measures one step of an LSTM layer with 128 units on one sequence, in this process, in microseconds. */
async function oneStep(checkout) {
  const { createRuntime, nn } = await import(pathToFileURL(join(checkout, "dist/index.js")));
  const rt = await createRuntime();
  const stream = new nn.LSTM(rt, { inputSize: 128, hiddenSize: 128 }).pack().stream({ batch: 1 });
  const x = Float32Array.from({ length: 128 }, (_, i) => i / 128);
  let best = Infinity;
  for (let group = 0; group < 3000; group++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) stream.step(x);
    best = Math.min(best, performance.now() - start);
  }
  return (1000 * best) / 50;
}

function train(checkout, folder, variant) {
  const args = [
    "train",
    "--data",
    "text.txt",
    "--out",
    "m.safetensors",
    "--iters",
    "60",
    "--variant",
    variant,
    "--json",
  ];
  for (const file of ["m.safetensors", "m.checkpoint.safetensors"])
    rmSync(join(folder, file), { force: true });
  const output = execFileSync(process.execPath, [...flags, join(checkout, "dist/cli.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.trim().split("\n").at(-1)).training_seconds;
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), "against-"));
  writeFileSync(join(folder, "text.txt"), pseudoText(200_000));
  const step = (checkout) =>
    Number(execFileSync(process.execPath, [...flags, self, "--step", checkout], { encoding: "utf8" }));
  const measures = {
    "training, relaxed (s)": (checkout) => train(checkout, folder, "relaxed"),
    "training, strict (s)": (checkout) => train(checkout, folder, "strict"),
    "one step of LSTM(128) (us)": step,
  };
  for (const [name, measure] of Object.entries(measures)) {
    let [ours, theirs] = [Infinity, Infinity];
    for (let turn = 0; turn < Number(turns); turn++) {
      ours = Math.min(ours, measure(here));
      theirs = Math.min(theirs, measure(resolve(other)));
    }
    const ratio = (ours / theirs).toFixed(3);
    console.log(`${name.padEnd(28)} ${ours.toFixed(3)}  other ${theirs.toFixed(3)}  ratio ${ratio}`);
  }
  rmSync(folder, { recursive: true });
}

if (other === "--step") console.log(await oneStep(process.argv[3]));
else main();
