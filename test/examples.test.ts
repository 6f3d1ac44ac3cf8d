import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

// Every short program of examples/ runs unchanged, on the built package, and prints what examples/README.md shows. `npm start` has
// a test of its own; pages are rows of test/package and test/runtimes.

const folder = new URL("../examples/", import.meta.url);
const entries = readdirSync(folder, { withFileTypes: true });
const programs = entries
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".mjs") && name !== "start.mjs");
const index = readFileSync(new URL("README.md", folder), "utf8");

/** Hides relaxed SIMD, so that the strict build runs: it prints the same digits on every machine. */
const STRICT = "data:text/javascript,WebAssembly.validate = () => false";

/** Returns the text block below the heading of a program. */
function shownOf(name: string): string | undefined {
  const section = index.split(/^### /m).find((part) => part.startsWith(`${name}\n`));
  return section?.match(/^```text\n([\s\S]*?)^```$/m)?.[1];
}

// A program takes seconds alone, but several run at once, and a machine may be busy.
const LIMIT = 600_000;

it.concurrent.each(programs)("%s prints what the index shows", { timeout: LIMIT }, async (name) => {
  const file = fileURLToPath(new URL(name, folder));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", STRICT, file]);
  expect(stderr).toBe("");
  expect(stdout).toBe(shownOf(name));
});

describe("the index", () => {
  const rows = index.split("\n").filter((line) => line.startsWith("| ["));
  const links = rows.map((row) => row.match(/^\| \[(\S+)\]\((\S+)\)/)!.slice(1, 3) as [string, string]);

  it("has a row for every program and page, and only for these", () => {
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const pages = folders.filter((name) => name !== "data" && name !== "start");
    const python = entries.map(({ name }) => name).filter((name) => name.endsWith(".py"));
    const rows = [...programs, ...pages, ...python, "start.mjs"];
    expect(links.map(([name]) => name).sort()).toEqual(rows.sort());
    for (const [, target] of links) expect(existsSync(new URL(target, folder)), target).toBe(true);
  });

  it("has a section for every program, and only for these", () => {
    const headings = [...index.matchAll(/^### (\S+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual([...programs].sort());
  });
});

describe("the data", () => {
  const about = readFileSync(new URL("data/README.md", folder), "utf8");
  const files = readdirSync(new URL("data/", folder)).filter((name) => !/^(README|LICENSES)/.test(name));

  it.each(files)("%s has a row with its origin and licence", (name) => {
    const row = about.split("\n").find((line) => line.startsWith(`| ${name} |`));
    expect(row?.split("|").filter((cell) => cell.trim())).toHaveLength(4);
  });

  it("brings the licences that have to travel with it", () => {
    const licences = readFileSync(new URL("data/LICENSES.txt", folder), "utf8");
    const rows = about.matchAll(/^\| (\S+) \|.*\| [^|]*(?:CC BY|LICENSES)[^|]* \|$/gm);
    const named = new Set(
      [...licences.matchAll(/^(.*): from /gm)].flatMap(([, names]) => names!.split(", ")),
    );
    const missing = [...rows].map(([, name]) => name!).filter((name) => !named.has(name));
    expect(missing).toEqual([]);
    expect(licences).toContain("Copyright (c) 2017 Sean Robertson");
    expect(licences).toContain("Copyright (C) 1993-2015 Carnegie Mellon University");
  });
});
