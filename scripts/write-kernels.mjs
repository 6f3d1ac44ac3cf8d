// Writes src/runtime/kernels.ts and src/graph/graph-kernels.ts: the types and constants of the kernels for the host.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readKernels, readRunKernels } from "./read-kernels.mjs";

/** Writes the files unless they are up to date. */
export function writeKernels() {
  write("runtime/kernels.ts", kernelsText(readKernels(), { run: readRunKernels() }));
  write("graph/graph-kernels.ts", kernelsText(readKernels(undefined, "graph"), { name: "GraphKernels" }));
}

function write(file, text) {
  const target = fileURLToPath(new URL(`../src/${file}`, import.meta.url));
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
}

/**
 * Returns a file's text for a result of `readKernels`.
 *
 * @param {ReturnType<typeof readKernels>} kernels
 * @param {{ name?: string, run?: string[] }} options name of the interface; names of the kernels of the builds that only run models, which
 *   get a type of their own
 */
export function kernelsText({ doc, files, classes }, { name = "Kernels", run } = {}) {
  const groups = files.map(({ kernels }) => kernels.map(method).join(""));
  const constants = files.map((file) => file.constants.map(constant).join("")).filter(Boolean);
  return [
    "// Generated from assembly/ by `npm run build`.\n",
    `${comment(doc)}export interface ${name} {\n${groups.join("\n")}}\n`,
    ...(run
      ? [
          `/** The kernels of the builds that only run models: those of assembly/run.ts. */\nexport type RunKernels = Pick<\n  Kernels,\n${run.map((name) => `  | "${name}"\n`).join("")}>;\n`,
        ]
      : []),
    ...constants,
    ...[...classes].map(places),
  ].join("\n");
}

function method({ name, doc, parameters, result }) {
  const list = parameters.map(([parameter, type]) => `${parameter}: ${type}`);
  return `${comment(doc, "  ")}  ${name}(${list.join(", ")}): ${result};\n`;
}

function constant({ name, doc, value }) {
  return `${comment(doc)}export const ${name} = ${value};\n`;
}

/** Returns constants for the size of a class in words and for the position of each field. */
function places([name, { doc, fields }]) {
  const size = { name: upperCase(`${name}Size`), value: fields.length, doc: `${doc}\nSize in words:` };
  const words = fields.map((field, i) => ({ ...field, name: upperCase(`${name}_${field.name}`), value: i }));
  return [size, ...words].map(constant).join("");
}

/** Turns CellFunctions_fAlpha into CELL_FUNCTIONS_F_ALPHA. */
function upperCase(name) {
  return name.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}

function comment(doc, indent = "") {
  if (!doc) return "";
  const lines = doc.split("\n").map((line) => `${indent} * ${line}`.trimEnd());
  if (lines.length === 1) return `${indent}/** ${doc} */\n`;
  return `${indent}/**\n${lines.join("\n")}\n${indent} */\n`;
}
