import type { Runtime } from "../../src/index.ts";
import { forecasterTask, type Task } from "../../src/tasks/index.ts";
import { type FileCase, taskTraining } from "./task-training.ts";
import { describeTraining } from "./training-cases.ts";

// train.py of a forecaster has the losses of our trainer: it reads the same numbers, and makes the same windows.

const ROWS = 300;
const wave = (row: number, period: number, size: number) => size * Math.sin((2 * Math.PI * row) / period);
const day = (row: number) => new Date(Date.UTC(2024, 0, 1 + row)).toISOString().slice(0, 10);
const sales = (row: number) => 100 + row / 10 + wave(row, 7, 20) + wave(row, 31, 5);
const heat = (row: number) => 12 + wave(row, 50, 9) + wave(row, 3, 1);

/** A table with a line for each row, and a header. */
const table = (header: string, line: (row: number) => string, rows = ROWS) =>
  [header, ...Array.from({ length: rows }, (_, row) => line(row))].join("\n");

const TWO = table("day,sales,heat", (row) => `${day(row)},${sales(row).toFixed(2)},${heat(row).toFixed(1)}`);
const ONE = Array.from({ length: ROWS }, (_, row) => sales(row).toFixed(2)).join("\n");
/** Two columns of which some cells are empty, or marks for missing numbers. */
const GAPS = table("sales,heat", (row) => {
  const gap = ["", "NaN", "?", "#N/A", "-200"][row % 29];
  return `${sales(row).toFixed(2)},${gap ?? heat(row).toFixed(1)}`;
});

const CASES: FileCase[] = [
  { name: "two columns", text: TWO },
  { name: "one column without a header", text: ONE, file: "numbers" },
  { name: "a horizon", text: TWO, spec: { horizon: 5 } },
  {
    name: "a column that is only read",
    text: TWO,
    spec: { horizon: 3 },
    options: { target: ["heat"] },
  },
  { name: "levels", text: TWO, spec: { changes: false, horizon: 3, cell: "gru" } },
  { name: "mean absolute error", text: TWO, spec: { loss: "mae", horizon: 2 } },
  { name: "direct", text: TWO, spec: { strategy: "direct", horizon: 4 } },
  { name: "one step", text: TWO, spec: { strategy: "iterated" } },
  {
    name: "iterated",
    text: TWO,
    spec: { targets: ["heat", "sales"], strategy: "iterated", horizon: 4 },
  },
  {
    name: "iterated levels",
    text: TWO,
    spec: { strategy: "iterated", horizon: 4, changes: false, cell: "rnn", loss: "mae" },
  },
  {
    name: "own layers and a head",
    text: TWO,
    spec: { layers: 2, connections: "residual", norm: "layer", head: [6], peepholes: true },
  },
  {
    name: "a short series",
    text: table("sales,heat", (row) => `${sales(row)},${heat(row)}`, 30),
  },
  {
    name: "batch normalisation",
    text: TWO,
    spec: { layers: 2, norm: "batch" },
    recipe: { optimizer: "sgd", lr: 0.01 }, // Adam would divide by gradients that are nearly 0: rounding would decide the step
  },
  {
    name: "few windows",
    text: TWO,
    recipe: { seq: 260, batch: 8, average: 0.9 },
  },
  { name: "gaps that take the number before", text: GAPS, options: { fill: "previous" } },
  { name: "gaps along straight lines", text: GAPS, options: { fill: "linear" } },
  {
    name: "decimal commas, quotes, comments and units",
    text: table(
      '# made by hand\n"day";" sales ";heat\n;kg;C',
      (row) =>
        `"${day(row)}";${sales(row).toFixed(3).replace(".", ",")};"${heat(row).toFixed(1).replace(".", ",")}"`,
    ),
  },
  {
    name: "marks of thousands",
    text: table(
      "sales\theat",
      (row) => `${(1e4 * sales(row)).toLocaleString("en")}\t${heat(row).toFixed(1)}`,
    ),
  },
  {
    name: "columns by their places",
    text: TWO.split("\n").slice(1).join("\n"),
    options: { header: false, column: ["column 2"] },
  },
  {
    name: "lines of JSON",
    text: Array.from({ length: ROWS }, (_, row) =>
      JSON.stringify({ sales: row % 17 ? sales(row) : null, heat: heat(row) * 1e-9, day: day(row) }),
    ).join("\n"),
    file: "data.jsonl",
    options: { fill: "linear" },
  },
  {
    name: "an array of JSON",
    text: JSON.stringify(
      Array.from({ length: ROWS }, (_, row) => ({ heat: Math.round(heat(row)), sales: sales(row) })),
    ),
    file: "data.json",
    options: { column: ["sales", "heat"] },
  },
];

const training = (rt: Runtime, given: FileCase) =>
  taskTraining(forecasterTask as unknown as Task, rt, given, {
    spec: { hidden: 8 },
    recipe: { batch: 7, seq: 20, lrDecayOver: 20 },
  });

describeTraining("train.py of a forecaster", CASES, training);

describeTraining(
  "train.py of a forecaster on two processes",
  CASES.filter(({ name }) => ["a horizon", "iterated"].includes(name)),
  training,
  2,
);
