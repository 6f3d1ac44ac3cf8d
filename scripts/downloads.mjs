// The downloads that README.md promises the size of, and how they are measured: npm run size, npm run bench.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The imports of a page that only trains, saves, loads and runs a language model. */
const languageModel = [
  ...[
    "createRuntime",
    "Vocabulary",
    "LanguageModel",
    "defaultLanguageModelSpec",
    "DEFAULT_RECIPE",
    "LanguageModelTrainer",
    "train",
  ],
  ...["evaluateText", "loadModel", "serializeModel", "openLanguageModelCheckpoint", "hashText"],
].join(", ");

/** The code that is bundled, the other files that are downloaded with it, and the maximum of their sum. */
export const downloads = [
  {
    what: "a page that trains, saves, loads and runs a language model",
    code: `export { ${languageModel} } from "unrolled"`,
    files: ["wasm/relaxed.js"],
    limit: 57_500,
  },
  {
    what: "a page that runs a classifier",
    code: 'export { Classifier, createRuntime, loadModel } from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 52_000,
  },
  {
    what: "a page that runs a forecaster",
    code: 'export { createRuntime, Forecaster, loadModel } from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 44_500,
  },
  {
    what: "`unrolled/run`: a page that runs a saved language model",
    code: 'export { createRuntime, openModel, PackedLanguageModel } from "unrolled/run"',
    files: ["wasm/run-relaxed.js"],
    limit: 24_000,
  },
  {
    what: "`unrolled/run`: a page that runs a saved classifier",
    code: 'export { createRuntime, openModel, PackedClassifier } from "unrolled/run"',
    files: ["wasm/run-relaxed.js"],
    limit: 24_000,
  },
  {
    what: "`unrolled/run` and `unrolled/onnx`: a page that runs an ONNX file",
    code: 'export { createRuntime } from "unrolled/run"; export { loadOnnx } from "unrolled/onnx"',
    files: ["wasm/run-relaxed.js", "wasm/graph.js"],
    limit: 59_000,
  },
  ...[
    { format: "keras", load: "loadKeras", limit: 64_000 },
    { format: "tfjs", load: "loadTfjs", limit: 55_500 },
    { format: "torch", load: "loadTorch", limit: 44_000 },
  ].map(({ format, load, limit }) => ({
    what: `the same with \`unrolled/${format}\``,
    code: `export { createRuntime } from "unrolled/run"; export { ${load} } from "unrolled/${format}"`,
    files: ["wasm/run-relaxed.js", "wasm/graph.js"],
    limit,
  })),
  {
    what: "everything in `unrolled`",
    code: 'export * from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 123_500,
  },
  {
    what: "`connect` of `unrolled/worker`, the page's side",
    code: 'export { connect } from "unrolled/worker"',
    limit: 8_000,
  },
  {
    what: "`unrolled/trainer-worker`, the worker's side: every task",
    code: 'import "unrolled/trainer-worker"',
    files: ["wasm/relaxed.js"],
    limit: 153_500,
  },
  { what: "`unrolled/handler`", code: 'export * from "unrolled/handler"', limit: 11_000 },
  { what: "`unrolled/storage`", code: 'export * from "unrolled/storage"', limit: 4_000 },
  {
    what: "workerd: runs a language model and a classifier, with both builds",
    code: 'export { Classifier, createRuntime, LanguageModel, loadModel } from "unrolled"',
    conditions: ["workerd"],
    files: ["wasm/strict.wasm", "wasm/relaxed.wasm"],
    limit: 75_000,
  },
  { what: "`unrolled/wasm/strict.wasm`", files: ["wasm/strict.wasm"], limit: 13_000 },
  { what: "`unrolled/wasm/relaxed.wasm`", files: ["wasm/relaxed.wasm"], limit: 13_000 },
];

/** Returns the bytes of an entry after tree-shaking and gzip -9. */
export async function sizeOf({ code, conditions = [], files = [] }) {
  const parts = await Promise.all(files.map((file) => readFile(`${root}dist/${file}`)));
  if (code) parts.push(await bundled(code, conditions));
  return parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
}

async function bundled(contents, conditions) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions,
    external: ["./wasm/*", "./thread.js", "./trainer-worker.js"],
    logLevel: "warning",
  });
  return outputFiles[0].contents;
}
