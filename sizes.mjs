// Sizes of the downloads for each entry of the package, after gzip -9, and their limits.
//   node sizes.mjs           prints the table; fails if a limit is exceeded or the table in README.md differs
//   node sizes.mjs --write   writes the table into README.md

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const readme = new URL("README.md", import.meta.url);

/** The lines before and after the table in README.md. */
const marks = ["<!-- sizes: npm run size -- --write -->", "<!-- /sizes -->"];

/** Allowed difference from README.md, as a share. Compilers and gzip differ a little from version to version. */
const TOLERANCE = 0.01;

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

/** Returns the bytes of an entry after tree-shaking and gzip -9. */
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
    external: ["./wasm/*", "./thread.js", "./trainer-worker.js"],
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

/** Tells whether two tables are equal, with a tolerance for sizes. */
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
    throw new Error("the table in README.md differs, update it with npm run size -- --write");
  }
  const excess = entries.filter(({ limit }, i) => sizes[i] > limit);
  if (excess.length > 0) throw new Error(`over the limit: ${excess.map(({ what }) => what).join("; ")}`);
}

main().catch((error) => {
  console.error(`sizes: ${error.message}`);
  process.exit(1);
});
