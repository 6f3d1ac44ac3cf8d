// Checks the built package against a folder of reference cases.
//   npm run conformance -- FOLDER [--variant strict|relaxed] [--only-known]
// Every folder inside FOLDER is a part (parts/<part>.mjs lists its cases); every case has a kind (kinds/<kind>.mjs runs
// it). Without --variant both builds are checked. A part or kind without such a file has failed; with --only-known it is
// named on one line and not counted. A folder of foreign models, and every folder inside FOLDER that has such folders, has a
// cases.json, which foreign/suites.mjs reads. The last line is "N passed, N failed"; the exit code is 0 only if none failed.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { foreignCases } from "./foreign/suites.mjs";

/** @typedef {import("./check.mjs").Check} Check */
/**
 * What a part lists.
 * @typedef {object} Case
 * @property {string} name
 * @property {string} kind
 * @property {() => object} load what the kind's `run` gets, with what is missing in the listing read from disk
 * @property {Record<string, unknown>} [config]
 * @property {string} [broken] why the part cannot be listed
 */

const VARIANTS = ["strict", "relaxed"];
const RELAXED_FLAG = "--experimental-wasm-relaxed-simd";
const here = new URL(".", import.meta.url);

/** The module `<folder>/<name>.mjs` beside this file, or undefined where there is none. */
async function plugin(folder, name) {
  const url = new URL(`${folder}/${name}.mjs`, here);
  return existsSync(url) ? import(url.href) : undefined;
}

/** Every case of a folder. A part that no file describes is one case of an unknown kind. */
async function listCases(folder) {
  if (existsSync(join(folder, "cases.json"))) return foreignCases(folder) ?? [];
  const parts = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const cases = [];
  for (const { name: part } of parts) {
    const listed = await listPart(folder, part);
    cases.push(...listed.map((entry) => ({ ...entry, name: `${part}/${entry.name}` })));
  }
  return cases;
}

async function listPart(folder, part) {
  const foreign = foreignCases(join(folder, part));
  if (foreign) return foreign;
  const reader = await plugin("parts", part);
  if (!reader) return [{ name: "*", kind: `part ${part}` }];
  try {
    return reader.cases(join(folder, part));
  } catch (error) {
    return [{ name: "*", kind: `part ${part}`, broken: error.message }];
  }
}

/** The kind's module, or undefined where the runner cannot judge the case. */
async function judge({ kind, config }) {
  const module = await plugin("kinds", kind);
  return module && (module.knows?.(config) ?? true) ? module : undefined;
}

/** Runs one case in a runtime of its own. Returns what is wrong, or undefined. */
async function failure(unrolled, variant, module, entry) {
  const { Check } = await import("./check.mjs");
  try {
    const rt = await unrolled.createRuntime({ variant });
    try {
      const data = entry.load();
      const check = new Check(data);
      rt.scope(() => module.run({ rt, unrolled, data, check }));
      return check.verdict();
    } finally {
      rt.dispose();
    }
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

async function runAll(folder, variants, onlyKnown) {
  const unrolled = await import("unrolled");
  const cases = await listCases(folder);
  const count = { passed: 0, failed: 0 };
  const fail = (line) => {
    count.failed++;
    console.log(`FAIL ${line}`);
  };
  if (cases.length === 0) fail(`${folder} holds no part`);
  const unknown = new Map();
  for (const entry of cases) {
    const module = await judge(entry);
    if (entry.broken) {
      for (const variant of variants) fail(`${variant} ${entry.name}: ${entry.broken}`);
      continue;
    }
    if (!module) {
      const detail = entry.config?.fn ?? entry.config?.format;
      const kind = detail ? `${entry.kind} ${detail}` : entry.kind;
      unknown.set(kind, (unknown.get(kind) ?? 0) + 1);
      if (!onlyKnown) for (const variant of variants) fail(`${variant} ${entry.name}: unknown kind ${kind}`);
      continue;
    }
    for (const variant of variants) {
      const wrong = await failure(unrolled, variant, module, entry);
      if (wrong) fail(`${variant} ${entry.name}: ${wrong}`);
      else count.passed++;
    }
  }
  if (onlyKnown && unknown.size > 0) {
    console.log(`left out: ${Array.from(unknown, ([kind, n]) => `${kind} (${n})`).join(", ")}`);
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

/** Node 20 has relaxed SIMD behind a flag that only a new process can set. */
function needsFlag(variants) {
  const major = Number(process.versions.node.split(".")[0]);
  return variants.includes("relaxed") && major < 21 && !process.execArgv.includes(RELAXED_FLAG);
}

function usage(problem) {
  console.error(
    `${problem}\nusage: npm run conformance -- FOLDER [--variant ${VARIANTS.join("|")}] [--only-known]`,
  );
  return 1;
}

async function main() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { variant: { type: "string" }, "only-known": { type: "boolean", default: false } },
    });
  } catch (error) {
    return usage(error.message);
  }
  const { positionals, values } = parsed;
  const [folder] = positionals;
  if (!folder || positionals.length > 1) return usage("expected one FOLDER");
  if (!existsSync(folder)) return usage(`${folder} does not exist`);
  if (values.variant && !VARIANTS.includes(values.variant)) return usage(`unknown variant ${values.variant}`);
  const variants = values.variant ? [values.variant] : VARIANTS;
  if (needsFlag(variants)) {
    const args = [RELAXED_FLAG, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    return spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
  }
  return runAll(folder, variants, values["only-known"]);
}

process.exitCode = await main();
