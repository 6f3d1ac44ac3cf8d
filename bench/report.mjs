// Writes rows as a text table, as the table of the README and as JSON. A row has a name, an engine and a text of what was
// measured. If it is judged, it also has a value with its unit and a target: `least` or `most`.

import { readFile, writeFile } from "node:fs/promises";

const README = new URL("README.md", import.meta.url);
const FIGURES = /(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/;

const HEAD = ["row", "engine", "measured", "result", "target", ""];

/** Returns PASS or miss; "" if there is no target. */
export function verdict({ value, least, most }) {
  if (least !== undefined) return value >= least ? "PASS" : "miss";
  if (most !== undefined) return value <= most ? "PASS" : "miss";
  return "";
}

function cells(row) {
  const { name, engine, measured, value, unit, least, most } = row;
  const number = (x) => (unit === "ms" || unit === "kB" ? `${x.toFixed(1)} ${unit}` : x.toFixed(3));
  const result = value === undefined ? "" : number(value) + (number(value).includes(" ") ? "" : ` ${unit}`);
  const target = least !== undefined ? `>= ${number(least)}` : most !== undefined ? `<= ${number(most)}` : "";
  return [name, engine, measured, result, target, verdict(row)];
}

/** Aligns columns with spaces. */
export function textTable(rows) {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function markdownTable(rows) {
  const lines = [HEAD, HEAD.map(() => "---"), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** Rewrites the figures in README.md. */
export async function writeReadme({ date, machine, rows }) {
  const text = await readFile(README, "utf8");
  const figures = `${date}. ${machine}.\n\n${markdownTable(rows)}\n`;
  await writeFile(
    README,
    text.replace(FIGURES, (_, begin, end) => `${begin}${figures}${end}`),
  );
}

/** Writes the rows with their verdicts, and the machine. */
export async function writeJson(file, { rows, ...rest }) {
  const judged = rows.map((row) => ({ ...row, verdict: verdict(row) || null }));
  await writeFile(file, `${JSON.stringify({ ...rest, rows: judged }, null, 2)}\n`);
}
