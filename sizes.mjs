// What a user downloads of each entry of the package, after gzip -9, and the limits that hold it.
//   node sizes.mjs           prints the table; fails where a limit is exceeded or README.md says otherwise
//   node sizes.mjs --write   puts the table into README.md

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const readme = new URL("README.md", import.meta.url);

/** A table of README.md stands between these lines. */
const marks = ["<!-- sizes: npm run size -- --write -->", "<!-- /sizes -->"];

/** By how much README.md may be wrong: compilers and gzip differ a little from version to version. */
const TOLERANCE = 0.01;

/** What a page imports that trains, saves, loads and runs a language model, and nothing else. */
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

/** What is bundled, the files beside it that are downloaded as well, and the most that it may come to. */
const entries = [
  {
    what: "a page that trains, saves, loads and runs a language model",
    code: `export { ${languageModel} } from "unrolled"`,
    files: ["wasm/relaxed.js"],
    limit: 48_500,
  },
  {
    what: "a page that runs a classifier",
    code: 'export { Classifier, createRuntime, loadModel } from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 45_000,
  },
  {
    what: "a page that runs a forecaster",
    code: 'export { createRuntime, Forecaster, loadModel } from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 42_000,
  },
  {
    what: "everything in `unrolled`",
    code: 'export * from "unrolled"',
    files: ["wasm/relaxed.js"],
    limit: 85_000,
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
    limit: 85_000,
  },
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

/** Bytes after gzip -9 of an entry as a bundler cuts it down. */
async function sizeOf({ code, conditions = [], files = [] }) {
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
    external: ["./wasm/*", "./thread.js"],
    logLevel: "warning",
  });
  return outputFiles[0].contents;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function tableOf(sizes) {
  const rows = entries.map(
    ({ what, limit }, i) => `| ${what} | ${kilobytes(sizes[i])} | ${kilobytes(limit)} |`,
  );
  return ["| download | gzip | limit |", "|---|---|---|", ...rows].join("\n");
}

/** Whether two tables are the same but for sizes that are nearly equal. */
function agree(one, other) {
  const [words, others] = [one, other].map((table) => table.split("|").map((cell) => cell.trim()));
  return (
    words.length === others.length &&
    words.every((word, i) => {
      const [size, said] = [word, others[i]].map((cell) => /^([\d.]+) kB$/.exec(cell)?.[1]);
      return size && said ? Math.abs(size - said) <= TOLERANCE * size + 0.1 : word === others[i];
    })
  );
}

async function main() {
  const sizes = await Promise.all(entries.map(sizeOf));
  const table = tableOf(sizes);
  console.log(table);
  const text = await readFile(readme, "utf8");
  const [begin, end] = [text.indexOf(marks[0]) + marks[0].length, text.indexOf(marks[1])];
  if (process.argv.includes("--write")) {
    await writeFile(readme, `${text.slice(0, begin)}\n${table}\n${text.slice(end)}`);
  } else if (!agree(table, text.slice(begin, end).trim())) {
    throw new Error("README.md has another table: npm run size -- --write");
  }
  const excess = entries.filter(({ limit }, i) => sizes[i] > limit);
  if (excess.length > 0) throw new Error(`over the limit: ${excess.map(({ what }) => what).join("; ")}`);
}

main().catch((error) => {
  console.error(`sizes: ${error.message}`);
  process.exit(1);
});
