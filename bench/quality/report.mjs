// Writes the table of bench/quality.md, between its two marks.

import { readFile, writeFile } from "node:fs/promises";

const PAGE = new URL("../quality.md", import.meta.url);
const [BEGIN, END] = ["<!-- table -->", "<!-- end of table -->"];
/** Points by which a mean may be worse if PyTorch's spread is smaller or unknown; 2% for losses. */
const POINTS = 0.5;
const SHARE = 0.02;

const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const deviation = (numbers) => {
  const centre = mean(numbers);
  return Math.sqrt(numbers.reduce((sum, n) => sum + (n - centre) ** 2, 0) / Math.max(1, numbers.length - 1));
};

/** Returns by how much the mean may be worse than PyTorch's. */
export function tolerance({ better, pytorch: { score, spread = 0 } }) {
  return Math.max(spread, better > 0 ? POINTS : SHARE * score);
}

/** The reference runs that are stored, or else the scores that a row states. */
function referenceOf({ pytorch }, runs) {
  if (!runs) return pytorch;
  const scores = Object.values(runs).map(({ score }) => score);
  return { score: mean(scores), spread: deviation(scores) };
}

function lineOf(given, { runs = {}, pytorchRuns, pytorchSeconds } = {}) {
  const row = { ...given, pytorch: referenceOf(given, pytorchRuns) };
  const all = Object.values(runs);
  const digits = row.better > 0 ? 2 : 4;
  const shown = (n, spread) =>
    n.toFixed(digits) + (spread === undefined ? "" : ` ± ${spread.toFixed(digits)}`);
  const cells = [row.name, row.variant, row.metric];
  if (row.pytorch.score === undefined) return [...cells, "not measured", "not measured", "", "", ""];
  const { score, spread } = row.pytorch;
  if (all.length === 0) return [...cells, "not measured", shown(score, spread), "", "", ""];
  const scores = all.map((run) => run.score);
  const ours = mean(scores);
  const verdict = (ours - score) * row.better >= -tolerance(row) ? "yes" : "**no**";
  const seconds = mean(all.map((run) => run.seconds));
  const theirs = pytorchRuns
    ? mean(Object.values(pytorchRuns).map((run) => run.seconds))
    : pytorchSeconds && pytorchSeconds * mean(all.map((run) => run.iterations));
  return [
    ...cells,
    shown(ours, all.length > 1 ? deviation(scores) : undefined),
    shown(score, spread),
    verdict,
    seconds.toFixed(0),
    theirs ? `${theirs.toFixed(0)} (${(seconds / theirs).toFixed(2)})` : "",
  ];
}

const HEAD = ["task", "variant", "score", "unrolled", "PyTorch", "equal", "s", "PyTorch's s (ratio)"];

export async function writeReport(rows, results) {
  const table = [
    HEAD,
    HEAD.map(() => "---"),
    ...rows.map((row) => lineOf(row, results[`${row.name}; ${row.variant}`])),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  const page = await readFile(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest.split(END)[1];
  await writeFile(PAGE, `${before}${BEGIN}\n${table}\n${END}${after}`);
}
