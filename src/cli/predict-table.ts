import { dsvFormat } from "d3-dsv";
import { labelCell } from "../data/label-set.ts";
import type { InputFile } from "../tasks/task.ts";
import type { Prediction } from "./tasks/task-commands.ts";

/**
 * Makes a table of the rows of a file and the answers to them. Every row of the file is there, also a blank one. The names of the
 * columns are in the first line, except in JSON lines, and in a file of tokens that had none.
 *
 * @param file name of the table: .csv has commas, .jsonl and .ndjson a JSON object in each line, others have tabs
 * @param input the rows; undefined if the inputs are arguments
 */
export function answerTable(
  file: string,
  input: Pick<InputFile, "rows" | "names" | "perToken"> | undefined,
  predictions: readonly Prediction[],
): string {
  const width = input?.rows.flat().reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
  const own = input?.names ?? Array.from({ length: width }, (_, i) => `column ${i + 1}`);
  // A file of tokens stays one: blank rows separate its sentences, and it has no header if it had none.
  const perToken = input?.perToken?.some(Boolean);
  const answers = predictions.map(({ answers }) => answers);
  const added = [...new Set(answers.flat().flatMap((answer) => Object.keys(answer)))];
  const names = unique([...own, ...added.map((name) => (own.includes(name) ? `predicted_${name}` : name))]);
  const lines = answers.flatMap((some, i) => {
    const rows = input?.rows[i] ?? some.map(() => []);
    return rows.map((cells, n) =>
      perToken && !cells.length
        ? []
        : [...own.map((_, place) => cells[place] ?? ""), ...added.map((name) => some[n]?.[name] ?? "")],
    );
  });
  if (/\.(jsonl|ndjson)$/i.test(file)) {
    const objects = lines.flatMap((cells) =>
      cells.length ? [Object.fromEntries(names.map((name, i) => [name, cells[i]]))] : [],
    );
    return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
  }
  const cellOf = (cell: unknown): string => {
    if (Array.isArray(cell) && cell.every((one) => typeof one === "string")) return labelCell(cell);
    return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  };
  const { formatRows } = dsvFormat(/\.csv$/i.test(file) ? "," : "\t");
  const header = perToken && !input?.names ? [] : [names];
  return `${formatRows([...header, ...lines.map((cells) => cells.map(cellOf))])}\n`;
}

/** Adds a number to names that occur before, and a name to columns without one. */
function unique(names: readonly string[]): string[] {
  const all = new Set<string>();
  for (const [i, name] of names.entries()) {
    let own = name || `column ${i + 1}`;
    for (let n = 2; all.has(own); n++) own = `${name} ${n}`;
    all.add(own);
  }
  return [...all];
}
