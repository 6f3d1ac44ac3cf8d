import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { randomNumbers } from "../../src/data/shuffle.ts";
import { readSeries } from "../../src/models/forecaster/series.ts";
import { newFolder } from "./folders.ts";
import { describeEngine, runPython } from "./python.ts";

// train.py reads a file of numbers as ours does, or refuses it.

const COUNT = 1500;
const COLUMNS = ["a", "b", "c"];
const GAPS = ["", "NaN", "?", "-", "#N/A", "null", "inf"];
const MARKS = [-200, 9999, 999, -999.9, 99, -32768];
const OTHERS = ["abc", "5 kg", "12:30", "1.2.3", "--", "5e3", "1e400", "+7", "0x10", "1_0"];

const draw = randomNumbers(3, 1);
const int = (count: number) => Math.floor(draw() * count);
const pick = <T>(list: readonly T[]): T => list[int(list.length)]!;
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

/** Notations of numbers. */
const NOTATIONS = [
  () => String(int(2000)),
  () => (draw() * 100).toFixed(2),
  () => (draw() * 10).toFixed(3),
  () => (draw() * 2000).toLocaleString("en"),
  () => (draw() * 2000).toLocaleString("de"),
  () => (draw() * 10).toFixed(2).replace(".", ","),
  () => (draw() * 10).toFixed(3).replace(".", ","),
  () => String(draw() * 1e-7),
  () => `\u2212${int(50)}`,
  () => `${1 + int(9)} ${100 + int(900)}`,
  () => `${int(30)}.`,
  () => `.${int(30)}`,
];

interface File {
  readonly text: string;
  readonly ending: string;
  readonly columns: readonly string[];
  readonly reading: {
    readonly fill?: "previous" | "linear";
    readonly decimal?: "." | ",";
    readonly missing?: readonly number[];
  };
}

/** Makes a table with a few columns of numbers, of which some cells are missing or odd. */
function randomTable(): File {
  const separator = pick([",", ",", ";", "\t"]);
  const columns = COLUMNS.slice(0, 1 + int(3));
  const notations = columns.map(() => [pick(NOTATIONS), draw() < 0.2 ? pick(NOTATIONS) : undefined] as const);
  const [gaps, odd, quotes] = [draw() < 0.4 ? 0.15 : 0, draw() < 0.1 ? 0.1 : 0, draw() < 0.2 ? 0.5 : 0];
  const mark = draw() < 0.3 ? pick(MARKS) : undefined;
  const cell = (column: number) => {
    const [usual, other] = notations[column]!;
    let text = other && draw() < 0.3 ? other() : usual();
    if (draw() < gaps) text = pick(GAPS);
    if (mark !== undefined && draw() < 0.15) text = String(mark);
    if (draw() < odd) text = pick(OTHERS);
    if (draw() < quotes || text.includes(separator)) text = draw() < 0.98 ? `"${text}"` : text;
    return draw() < 0.05 ? ` ${text} ` : text;
  };
  const day = draw() < 0.4 ? pick(["day", "Date Time", ""]) : undefined;
  const hours = draw() < 0.5;
  const date = (row: number) => {
    const text = new Date(Date.UTC(2024, 0, 1) + row * (hours ? 3.6e6 : 8.64e7)).toISOString();
    return hours ? text.slice(0, 19).replace("T", " ") : text.slice(0, 10);
  };
  const line = (first: string, make: (column: number) => string) =>
    [...(day === undefined ? [] : [first]), ...columns.map((_, i) => make(i))].join(separator);
  const lines = draw() < 0.1 ? ["# a comment"] : [];
  if (columns.length > 1 || day !== undefined || draw() < 0.5) {
    lines.push(line(day ?? "", (i) => columns[i]!));
    if (draw() < 0.1) lines.push(line("", () => pick(["kg", "C", "", "m/s"])));
  }
  for (let row = 0; row < 3 || draw() < 0.95; row++) {
    lines.push(line(date(row), cell));
    if (draw() < 0.03) lines.push(pick(["", "# c", "   "]));
  }
  if (draw() < 0.05) lines.push(line("", () => ""));
  const reading = {
    ...(draw() < 0.6 && { fill: pick(["previous", "linear"] as const) }),
    ...(draw() < 0.1 && { decimal: pick([".", ","] as const) }),
    ...(mark !== undefined && draw() < 0.7 && { missing: [mark] }),
  };
  return { text: lines.join(pick(["\n", "\r\n"])) + pick(["", "\n"]), ending: "csv", columns, reading };
}

/** Makes an array of objects, of which some fields are missing or texts. */
function randomObjects(): File {
  const value = () =>
    draw() < 0.1
      ? pick([null, "5", "", "NaN", "1,5", true])
      : pick([draw() * 10, int(9), 1e-9 * int(99), 1e22, -200]);
  const rows = times(3 + int(20), (row) => ({
    row,
    a: value(),
    ...(draw() < 0.9 && { b: draw() < 0.02 ? "1.234" : int(20) / 4 }),
  }));
  const reading = draw() < 0.7 ? { fill: pick(["previous", "linear"] as const) } : {};
  return { text: JSON.stringify(rows), ending: "json", columns: ["a", "b"], reading };
}

/** Returns the numbers that our reader finds; undefined if it refuses the file. */
async function readOwn({ text, ending, columns, reading }: File): Promise<number[] | undefined> {
  const { fill, ...trained } = reading;
  const format = ending === "json" ? "json" : "text";
  try {
    const series = await readSeries([text], "numbers", columns, { format, fill, trained });
    return Array.from(series.values);
  } catch {
    return undefined;
  }
}

describeEngine("the reader of numbers", { modules: ["torch"] }, () => {
  it("reads random files as ours does, or refuses them", async () => {
    const folder = newFolder();
    const cases = [];
    for (const given of times(COUNT, () => (draw() < 0.9 ? randomTable() : randomObjects()))) {
      const file = join(folder, `${cases.length}.${given.ending}`);
      writeFileSync(file, given.text);
      cases.push({ ...given, file, own: await readOwn(given) });
    }
    const list = join(folder, "cases.json");
    writeFileSync(list, JSON.stringify(cases));
    const { stdout, stderr } = await runPython([new URL("read_series.py", import.meta.url).pathname, list]);
    expect(stderr).toBe("");
    const found: (number[] | null)[] = JSON.parse(stdout);
    const both = cases.flatMap(({ text, own }, i) =>
      own && found[i] ? [{ text, own, found: found[i] }] : [],
    );
    for (const { text, own, found } of both) expect(found, JSON.stringify(text)).toEqual(own);
    expect(both.length).toBeGreaterThan(COUNT / 3);
    expect(cases.filter(({ own }, i) => own && !found[i]).length).toBeLessThan(COUNT / 5);
  }, 120_000);
});
