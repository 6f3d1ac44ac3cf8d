// Runs a program of examples/ by its name: npm run example -- vowels. Without a name, lists all of them.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const folder = new URL("../examples/", import.meta.url);
const index = await readFile(new URL("README.md", folder), "utf8");

/** What each program shows, by its name, from the table of the index. */
const programs = new Map(
  [...index.matchAll(/^\| \[([\w-]+)\.mjs\]\(\S+\) \| ([^|]+?) \|/gm)].map(([, name, what]) => [name, what]),
);

const [name, ...others] = process.argv.slice(2);
if (name === undefined || name === "--help") {
  console.log("npm run example -- NAME, where NAME is one of:\n");
  for (const [program, what] of programs) console.log(`  ${program.padEnd(20)}${what}`);
} else if (programs.has(name) && !others.length) {
  const program = new URL(`${name}.mjs`, folder);
  // A program reads its own arguments, of which it has none.
  process.argv = [process.argv[0], fileURLToPath(program)];
  await import(program.href);
} else {
  const given = [name, ...others].join(" ");
  console.error(`no example "${given}"; the names are: ${[...programs.keys()].join(", ")}`);
  process.exitCode = 1;
}
