// Writes the tables of bench/quality.md, between their marks.

import { readFile, writeFile } from "node:fs/promises";

const PAGE = new URL("../quality.md", import.meta.url);
const MARKS = ["<!-- table -->", "<!-- end of table -->"];
const TIME_MARKS = ["<!-- time -->", "<!-- end of time -->"];
const INT8_MARKS = ["<!-- int8 -->", "<!-- end of int8 -->"];
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

/** Largest difference between float32 and int8: points of a share, or a part of another score. */
const INT8_POINTS = 0.3;
const INT8_SHARE = 0.01;

function int8LineOf({ of, metric, runs }, measured) {
  const cells = [of.replace(";", ","), metric, runs];
  if (!measured) return [...cells, "not measured", "", "", "", ""];
  const { f32, int8, bytes, bytesInt8 } = measured;
  const isShare = metric.includes("accuracy") || metric.includes("rate");
  const near = Math.abs(int8 - f32) <= (isShare ? INT8_POINTS : INT8_SHARE * f32);
  const digits = isShare ? 2 : 3;
  const change = isShare ? `${signed(int8 - f32, 2)} points` : `${signed((100 * (int8 - f32)) / f32, 2)}%`;
  const size = `${(bytesInt8 / 1e6).toFixed(2)} of ${(bytes / 1e6).toFixed(2)}`;
  return [...cells, f32.toFixed(digits), int8.toFixed(digits), change, near ? "yes" : "**no**", size];
}

const TIME_HEAD = ["network", "PyTorch's score", "recipe", "score", "s", "PyTorch's s (ratio)"];

/** @returns the cells of a recipe that reaches PyTorch's score */
function timeLineOf({ of, recipe }, row, measured) {
  const cells = [of.replace(";", ","), row.pytorch.score.toFixed(row.better > 0 ? 2 : 4), recipe];
  if (!measured) return [...cells, "not measured", "", ""];
  const { score, seconds, pytorchSeconds } = measured;
  const reached = (score - row.pytorch.score) * row.better >= 0;
  return [
    ...cells,
    score.toFixed(row.better > 0 ? 2 : 4) + (reached ? "" : ", **not reached**"),
    seconds.toFixed(0),
    `${pytorchSeconds.toFixed(0)} (${(seconds / pytorchSeconds).toFixed(2)})`,
  ];
}

const signed = (n, digits) => (n < 0 ? "" : "+") + n.toFixed(digits);

const INT8_HEAD = ["network", "score", "in 8 bits", "float32", "int8", "change", "near", "MB"];

const HEAD = ["task", "variant", "score", "unrolled", "PyTorch", "equal", "s", "PyTorch's s (ratio)"];

const tableOf = (head, lines) =>
  [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Replaces what is between two marks of the page. */
function replaced(page, [begin, end], table) {
  const [before, rest] = page.split(begin);
  const after = rest.split(end)[1];
  return `${before}${begin}\n${table}\n${end}${after}`;
}

/** @param small the rows of int8.mjs @param soon the rows of time-to-score.mjs */
export async function writeReport(rows, results, small, soon) {
  const all = rows.map((row) => lineOf(row, results[`${row.name}; ${row.variant}`]));
  const quantised = small.map((row) => int8LineOf(row, results[row.of]?.int8));
  const rowOf = (of) => rows.find(({ name, variant }) => `${name}; ${variant}` === of);
  const times = soon.map((one) => timeLineOf(one, rowOf(one.of), results[one.of]?.timeToScore?.[one.recipe]));
  const page = await readFile(PAGE, "utf8");
  const first = replaced(page, MARKS, tableOf(HEAD, all));
  const second = replaced(first, INT8_MARKS, tableOf(INT8_HEAD, quantised));
  await writeFile(PAGE, replaced(second, TIME_MARKS, tableOf(TIME_HEAD, times)));
}
