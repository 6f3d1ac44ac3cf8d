import { holdOut, type Labelled, type Level, readColumns, readLabelledLines } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { classifierExample } from "../models/classifier.ts";
import type { LabelSpec } from "../models/label-spec.ts";
import { readText } from "./files.ts";
import { DEFAULT_TAG_COLUMN, type FormatFlags } from "./label-flags.ts";

/** Labelled examples of a file, before it is decided what a token is. */
export interface RawExamples {
  /** What a token should be: characters where most texts are a single word. */
  readonly level: Level;
  as(level: Level): readonly Labelled[];
}

/** @throws ERR_FILE, ERR_DATA naming file and line; also where there is no example */
export async function readExamples(
  task: LabelSpec["task"],
  file: string,
  { labelFirst, tagColumn = DEFAULT_TAG_COLUMN }: FormatFlags,
): Promise<RawExamples> {
  const text = await readText(file);
  if (task === "tagger") {
    const sentences = nonEmpty(file, readColumns(text, file, tagColumn));
    return { level: "word", as: () => sentences };
  }
  const lines = nonEmpty(file, [...readLabelledLines(text, file, labelFirst)]);
  const single = lines.filter(({ text }) => !/\s/.test(text)).length;
  return {
    level: single > lines.length / 2 ? "char" : "word",
    as: (level) => lines.map(({ text, label }) => classifierExample(text, label, { level })),
  };
}

function nonEmpty<T>(file: string, examples: readonly T[]): readonly T[] {
  if (examples.length) return examples;
  throw new UnrolledError("ERR_DATA", `${file} has no examples: all its lines are blank`);
}

/** The examples of `--data` and of `--validation`; without it, a tenth of the former by the seed. */
export async function readParts(
  task: LabelSpec["task"],
  flags: FormatFlags & { data: string; validation?: string },
  seed: number,
) {
  const { data, validation } = flags;
  const [train, held] = await Promise.all(
    [data, validation].map((file) => (file ? readExamples(task, file, flags) : undefined)),
  );
  return {
    level: train!.level,
    as: (level: Level) =>
      held ? { train: train!.as(level), validation: held.as(level) } : holdOut(train!.as(level), seed),
  };
}
