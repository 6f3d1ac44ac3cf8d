import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import * as unrolled from "../src/index.ts";
import { blocksOf, expectOutput, makeFolder, root, strict } from "./docs.ts";

// Every `@example` of a docstring runs on the built package, and prints what it shows:
//
//   /**
//    * Returns the sum of all elements, of shape [].
//    *
//    * @example
//    * ```js
//    * const rt = await createRuntime();
//    * const x = rt.tensor([1, 2, 3, 4], [4]);
//    * console.log(sum(x).item()); // 10
//    * ```
//    */
//
// An example is a complete program in one js block. All exports of `unrolled` are in scope. An example imports only from other
// entry points, such as `unrolled/worker`. All its comments together are its output: each shows a line, in the order of printing.
// The first line follows the call of console.log, further lines below it or below the loop. "…" stands for anything.

const DOCSTRING = /\/\*\*.*?\*\//gs;
/** Matches an example in a docstring without asterisks, up to the next tag or the end. */
const EXAMPLE = /^@example\b.*?(?=^@\w|^\/$)/gms;
/** Matches a comment, which shows a line of output. */
const OUTPUT = /(?<=^|\s)\/\/ (.*)$/gm;

interface Example {
  /** File and line at which the code begins. */
  readonly place: string;
  readonly code: string;
}

/** Returns the examples of a source file or of a declaration file. */
function examplesOf(file: string): Example[] {
  const source = readFileSync(join(root, file), "utf8");
  const examples = [...source.matchAll(DOCSTRING)].flatMap(({ 0: docstring, index: start }) => {
    const text = docstring.replaceAll(/^ *\* ?/gm, "");
    return [...text.matchAll(EXAMPLE)].map(({ 0: example, index }) => {
      const line = (source.slice(0, start) + text.slice(0, index)).split("\n").length;
      const [block, ...others] = blocksOf(example);
      const place = `${file}:${line + (block?.line ?? 0)}`;
      if (block?.language !== "js" || others.length > 0) throw new Error(`${place}: expected one js block`);
      return { place, code: block.code };
    });
  });
  const tags = source.match(/@example\b/g)?.length ?? 0;
  if (tags !== examples.length) throw new Error(`${file}: an @example does not begin a line of a docstring`);
  return examples;
}

function examplesIn(folder: string, ending: string): Example[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .sort()
    .flatMap((name) => examplesOf(join(folder, name)));
}

/** Makes a module of an example. A block lets the example use names of exports for its own variables. */
function moduleOf(code: string): string {
  const imports = [`import { ${Object.keys(unrolled).join(", ")} } from "unrolled";`];
  const rest = code.replaceAll(/^import .*\n/gm, (line) => {
    imports.push(line.trim());
    return "";
  });
  return `${imports.join("\n")}\n{\n${strict(rest)}}\n`;
}

const examples = ["src", "worker"].flatMap((folder) => examplesIn(folder, ".ts"));
const results: { printed: string; error?: string }[] = [];

beforeAll(async () => {
  const cwd = makeFolder();
  const files = examples.map(({ code }, i) => {
    writeFileSync(join(cwd, `${i}.mjs`), moduleOf(code));
    return `${i}.mjs`;
  });
  const runner = join(root, "test", "run-examples.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [runner, ...files], {
    cwd,
    timeout: 240_000,
  });
  results.push(...JSON.parse(stdout));
}, 60_000);

it.each(examples.map((example, i) => ({ ...example, i })))("$place", ({ code, i }) => {
  const { printed, error } = results[i]!;
  const output = Array.from(code.matchAll(OUTPUT), ([, line]) => line).join("\n");
  expect(error).toBeUndefined();
  expect(output).not.toBe("");
  expectOutput(printed, output);
});

it("publishes every example with the types", () => {
  const published = examplesIn(join("dist", "types"), ".d.ts").map(({ code }) => code);
  expect(published.sort()).toEqual(examples.map(({ code }) => code).sort());
});
