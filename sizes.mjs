// Sizes of the downloads for each entry of the package, after gzip -9, and their limits.
//   node sizes.mjs           prints the table; fails if a limit is exceeded or the table in README.md differs
//   node sizes.mjs --write   writes the table into README.md

import { readFile, writeFile } from "node:fs/promises";
import { downloads, sizeOf } from "./scripts/downloads.mjs";

const readme = new URL("README.md", import.meta.url);

/** The lines before and after the table in README.md. */
const marks = ["<!-- sizes: npm run size -- --write -->", "<!-- /sizes -->"];

/** Allowed difference from README.md, as a share. Compilers and gzip differ a little from version to version. */
const TOLERANCE = 0.01;

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function tableOf(sizes) {
  const rows = downloads.map(
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
  const sizes = await Promise.all(downloads.map(sizeOf));
  const table = tableOf(sizes);
  console.log(table);
  const text = await readFile(readme, "utf8");
  const [begin, end] = [text.indexOf(marks[0]) + marks[0].length, text.indexOf(marks[1])];
  if (process.argv.includes("--write")) {
    await writeFile(readme, `${text.slice(0, begin)}\n${table}\n${text.slice(end)}`);
  } else if (!agree(table, text.slice(begin, end).trim())) {
    throw new Error("the table in README.md differs, update it with npm run size -- --write");
  }
  const excess = downloads.filter(({ limit }, i) => sizes[i] > limit);
  if (excess.length > 0) throw new Error(`over the limit: ${excess.map(({ what }) => what).join("; ")}`);
}

main().catch((error) => {
  console.error(`sizes: ${error.message}`);
  process.exit(1);
});
