// `npm start`: trains a character language model on three plays by Shakespeare, lets it write, looks inside and says what to try
// next. Options go to `unrolled train`: `npm start -- --iters 4000`.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createRuntime, LanguageModel, loadModel } from "unrolled";
import { lookInside } from "./start/look-inside.mjs";
import { report } from "./start/report.mjs";

const fileOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const text = relative("", fileOf("data/shakespeare.txt"));
const model = "demo/shakespeare.safetensors";

/** The strict build computes the same bits on every machine, so everybody gets the same model. */
const RECIPE =
  "--cell gru --hidden 256 --layers 1 --batch 16 --optimizer adam --lr 0.008 --schedule linear --warm-up 20 --iters 2000 --validate-every 500 --variant strict";

/** Runs the command line. Ctrl-C reaches both processes: the child saves and stops, and this one waits for it. */
async function unrolled(...args) {
  const shown = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ");
  console.log(`\n$ npx unrolled ${shown}`);
  const wait = () => {};
  process.on("SIGINT", wait);
  const child = spawn(process.execPath, [fileOf("../dist/cli.js"), ...args], { stdio: "inherit" });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  process.off("SIGINT", wait);
  if (code !== 0) process.exit(code ?? 1);
}

mkdirSync("demo", { recursive: true });
const files = ["--level", "char", "--data", text, "--out", model, "--force"];
await unrolled("train", ...RECIPE.split(" "), ...process.argv.slice(2), ...files);
await unrolled("sample", model, "--prompt", "ROMEO:", "--length", "400", "--temperature", "0.5");

const runtime = await createRuntime({ variant: "strict" });
const trained = loadModel(runtime, readFileSync(model), [LanguageModel]);
const colour = process.stdout.isTTY && process.stdout.hasColors(256);
console.log(`\n${report(lookInside(trained, readFileSync(text, "utf8")), colour)}`);
runtime.dispose();

console.log(`
The model is ${model}. Try next:
  npx unrolled sample ${model} --prompt "JULIET:" --temperature 0.8 --seed 2
  npx unrolled score ${model} "To be, or not to be" "Be to or, to be not"
  npm start -- --iters 5000
  npx unrolled train --data YOUR.txt --out yours.safetensors
  npx unrolled --help`);
