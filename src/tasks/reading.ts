import { checkObject, checkValue } from "../checks.ts";
import type { Column } from "../data/form.ts";
import { UnrolledError } from "../errors.ts";
import { FILLS } from "../models/forecaster/gaps.ts";
import { DECIMAL_MARKS } from "../models/forecaster/numbers.ts";
import type { TaskModel } from "../network/model.ts";
import { checkNames } from "../options.ts";
import { type Field, flag, listOf, number, oneOf, rule } from "../schema.ts";
import { COLUMN_OPTIONS } from "../tables/columns.ts";
import { FORMATS, formatOf } from "../tables/format.ts";
import { DEFAULT_TAG_COLUMN } from "../tables/sentences.ts";
import type { Reading } from "./task.ts";

const column = () =>
  rule<Column>(
    "the name of a column or its number from 1",
    (value) =>
      (typeof value === "string" && value !== "") || (Number.isSafeInteger(value) && (value as number) >= 1),
  );

/** The rule of each option that says how a file is read. */
const RULES: { readonly [Option in keyof Required<Reading>]: Field<unknown> } = {
  format: oneOf(FORMATS),
  header: flag(),
  labelFirst: flag(),
  textColumn: column(),
  labelColumn: column(),
  tokenColumn: column(),
  tagColumn: column(),
  decimal: oneOf(DECIMAL_MARKS),
  fill: oneOf(FILLS),
  missing: listOf(number(), 100),
};

/** Checks the values of options that say how a file is read. Other options are skipped. @throws ERR_VALUE naming the option */
export function checkReading(what: string, options: Readonly<Record<string, unknown>>): void {
  for (const [option, field] of Object.entries(RULES)) {
    if (options[option] !== undefined) checkValue(`${what}: ${option}`, options[option], field);
  }
}

/** Returns how the training data of a model or a stopped run were read. @throws ERR_FORMAT if its file is damaged */
export function readingOf({ reading = {} }: TaskModel | { readonly reading: object | undefined }): Reading {
  try {
    checkNames(
      "the model's reading",
      checkObject("the model's reading", reading, "it is"),
      Object.keys(RULES),
    );
    checkReading("the model's reading", reading as Readonly<Record<string, unknown>>);
  } catch (cause) {
    throw new UnrolledError("ERR_FORMAT", (cause as Error).message, { cause });
  }
  return reading as Reading;
}

/** The options of tasks that read a table of texts. */
export const TABLE_OPTIONS = ["format", "header", "textColumn", "labelColumn"] as const;

/** Returns how a file is read: as the options say, else as the training data were read. */
export function withReading(trained: Reading | undefined, given: Reading): Reading {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...trained, ...Object.fromEntries(set) };
}

/**
 * Leaves out what a model need not keep, since data are read so without it. Files of models that were trained on plain lines are
 * therefore those of earlier versions.
 *
 * @param name name of the training data
 */
export function compactReading(name: string, reading: Reading): Reading {
  const { format, header, tokenColumn, tagColumn, ...others } = reading;
  return {
    ...others,
    ...((format !== "text" || formatOf(name) !== "text") && { format }),
    ...(header !== undefined && { header }),
    ...(tokenColumn !== undefined && tokenColumn !== 1 && { tokenColumn }),
    ...(tagColumn !== undefined && tagColumn !== DEFAULT_TAG_COLUMN && { tagColumn }),
  };
}

/**
 * Returns the parts of a hash that say how a file was read. Files of lines without a header, whose format the name says, have none, as
 * in earlier versions.
 *
 * @param name name of the file
 */
export function hashParts(name: string, reading: Reading): string[] {
  const { format, header } = reading;
  const columns = COLUMN_OPTIONS.flatMap((option) =>
    reading[option] === undefined ? [] : [`${option} ${reading[option]}`],
  );
  return [
    ...(format !== undefined && format !== formatOf(name) ? [format] : []),
    ...(header === undefined ? [] : [header ? "header" : "no header"]),
    ...columns,
  ];
}
