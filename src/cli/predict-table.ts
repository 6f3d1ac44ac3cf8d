import { dsvFormat } from "d3-dsv";
import type { InputFile } from "../tasks/task.ts";
import type { Prediction } from "./tasks/task-commands.ts";

/**
 * Makes a table of the rows of a file and the answers to them. Every row of the file is there, also a blank one. The names of the
 * columns are in the first line, except in JSON lines, and in a file of tokens that had none. JSON lines keep the values of JSON.
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
  const names = [...own];
  for (const name of added) names.push(freeName(name, names));
  const lines = answers.flatMap((some, i) => {
    const rows = input?.rows[i] ?? some.map(() => []);
    return rows.map((cells, n) =>
      perToken && !cells.length
        ? []
        : [
            ...own.map((_, place) => (cells.length ? cells[place] : "")),
            ...added.map((name) => some[n]?.[name] ?? ""),
          ],
    );
  });
  if (/\.(jsonl|ndjson)$/i.test(file)) {
    // A field that a row does not have is undefined, which JSON leaves out.
    const objects = lines.flatMap((cells) =>
      cells.length ? [Object.fromEntries(names.map((name, i) => [name, cells[i]]))] : [],
    );
    return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
  }
  const { formatRows } = dsvFormat(/\.csv$/i.test(file) ? "," : "\t");
  const header = perToken && !input?.names ? [] : [names];
  return `${formatRows([...header, ...lines.map((cells) => cells.map(textOf))])}\n`;
}

function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? freeName(`predicted_${name}`, taken) : name;
}

/** Returns a cell of a table without types. */
function textOf(cell: unknown): string {
  if (cell === undefined || cell === null) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
