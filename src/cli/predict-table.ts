import { csvFormatRows } from "d3-dsv";
import { stringifyExactly, WrittenNumber } from "../data/exact-json.ts";
import { counted } from "../errors.ts";
import type { InputFile } from "../tasks/task.ts";
import type { Prediction } from "./tasks/task-commands.ts";

/**
 * Makes a table of the rows of a file and the answers to them. Every row of the file is there, also a blank one. The names of the
 * columns are in the first line, except in JSON lines, and in a file of tokens that had none. JSON lines keep the values of JSON.
 *
 * @param file name of the table: .csv has commas, .jsonl and .ndjson a JSON object in each line. Others have tabs and no quotes, since
 *   such files are read so
 * @param input the rows; undefined if the inputs are arguments
 */
export function answerTable(
  file: string,
  input: Pick<InputFile, "rows" | "names" | "perToken"> | undefined,
  predictions: readonly Prediction[],
  note: (text: string) => void = () => {},
): string {
  const width = input?.rows.flat().reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
  const own = input?.names ?? Array.from({ length: width }, (_, i) => `column ${i + 1}`);
  // A file of tokens stays one: blank rows separate its sentences, and it has no header if it had none.
  const perToken = input?.perToken?.some(Boolean);
  const answers = predictions.map(({ answers }) => answers);
  const added = [...new Set(answers.flat().flatMap((answer) => Object.keys(answer)))];
  const names = [...own];
  for (const name of added) names.push(freeName(name, names));
  const isJson = /\.(jsonl|ndjson)$/i.test(file);
  const lines = answers.flatMap((some, i) => {
    const rows = input?.rows[i] ?? some.map(() => []);
    return rows.map((cells, n) =>
      (perToken || isJson) && !cells.length
        ? []
        : [
            ...own.map((_, place) => (cells.length ? cells[place] : "")),
            ...added.map((name) => some[n]?.[name] ?? ""),
          ],
    );
  });
  if (isJson) {
    // A field that a row does not have is undefined, which JSON leaves out. A blank line stays one, but between sentences there is none.
    return lines
      .filter((cells) => cells.length || !perToken)
      .map((cells) => Object.fromEntries(cells.map((cell, i) => [names[i]!, cell])))
      .map((object) => (Object.keys(object).length ? `${stringifyExactly(object)}\n` : "\n"))
      .join("");
  }
  const header = perToken && !input?.names ? [] : [names];
  const table = [...header, ...lines.map((cells) => cells.map(textOf))];
  return `${/\.csv$/i.test(file) ? csvFormatRows(table) : withTabs(table, note)}\n`;
}

/** Joins cells by tabs. Tabs and line breaks in a cell become spaces, because a reader would take them for the end of the cell. */
function withTabs(table: readonly (readonly string[])[], note: (text: string) => void): string {
  let changed = 0;
  const oneLine = (cell: string) => {
    const line = cell.replace(/\r\n|[\t\r\n]/g, " ");
    if (line !== cell) changed++;
    return line;
  };
  const lines = table.map((cells) => cells.map(oneLine).join("\t"));
  if (changed) {
    const cells = counted(changed, "cell has", "cells have");
    note(`${cells} tabs or line breaks, which are written as spaces; --out FILE.csv keeps them`);
  }
  return lines.join("\n");
}

function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? freeName(`predicted_${name}`, taken) : name;
}

/** Returns a cell of a table without types. */
function textOf(cell: unknown): string {
  if (cell === undefined || cell === null) return "";
  return typeof cell === "object" && !(cell instanceof WrittenNumber) ? stringifyExactly(cell) : String(cell);
}
