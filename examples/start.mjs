// `npm start`: trains a character language model on real text, samples from it and says what to try next. The text is the
// TypeScript declarations of JavaScript's standard library, from the `typescript` package: code and prose.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const library = join(root, "node_modules", "typescript", "lib");
const text = "demo/declarations.txt";
const model = "demo/model.safetensors";

/** The licence at the start of every file; the model should not memorise it. */
const LICENCE = /^\/\*![\s\S]*?\*\/\s*/;

mkdirSync(join(root, "demo"), { recursive: true });
const files = readdirSync(library).filter((name) => /^lib\.es.*\.d\.ts$/.test(name));
const declarations = files.map((name) => readFileSync(join(library, name), "utf8").replace(LICENCE, ""));
writeFileSync(join(root, text), declarations.join("\n").replaceAll("\r\n", "\n"));

function unrolled(...args) {
  const shown = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ");
  console.log(`\n$ npx unrolled ${shown}`);
  const { status } = spawnSync(process.execPath, [join(root, "dist", "cli.js"), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

unrolled("train", "--data", text, "--iters", "700", "--validate-every", "175", "--out", model);
unrolled("sample", model, "--prompt", "interface Array", "--length", "400", "--temperature", "0.5");

console.log(`
The model is ${model}. Try next:
  npx unrolled sample ${model} --prompt "/** Returns " --temperature 0.4 --seed 2
  npx unrolled eval ${model} --data README.md
  npx unrolled train --data ${text} --resume demo/model.checkpoint.safetensors --iters 3000
  npx unrolled train --data YOUR.txt --out yours.safetensors
  npx unrolled --help`);
