import { holdOut, type Parts } from "../../data/hold-out.ts";
import { type Labelled, type Level, readColumns, readLabelledLines } from "../../data/labelled.ts";
import { classifierExample } from "../../models/classifier.ts";
import type { LabelSpec } from "../../models/label-spec.ts";
import { openText, readAll } from "../files.ts";
import { DEFAULT_TAG_COLUMN, type FormatFlags } from "./label-flags.ts";

/** Labelled examples of a file, before it is decided what a token is. */
export interface RawExamples {
  /** What a token should be: characters where most texts are a single word. */
  readonly level: Level;
  /** SHA-256 of the file. */
  readonly hash: string;
  as(level: Level): readonly Labelled[];
}

/** @throws ERR_FILE, ERR_DATA naming file and line; also where there is no example */
export async function readExamples(
  task: LabelSpec["task"],
  file: string,
  { labelFirst, tagColumn = DEFAULT_TAG_COLUMN }: FormatFlags,
): Promise<RawExamples> {
  const { chunks, hash } = openText(file);
  if (task === "tagger") {
    const sentences = await readAll(file, readColumns(chunks, file, tagColumn));
    return { level: "word", hash: hash(), as: () => sentences };
  }
  const lines = await readAll(file, readLabelledLines(chunks, file, labelFirst));
  const single = lines.filter(({ text }) => !/\s/.test(text)).length;
  return {
    level: single > lines.length / 2 ? "char" : "word",
    hash: hash(),
    as: (level) => lines.map(({ text, label }) => classifierExample(text, label, { level })),
  };
}

/** The examples of `--data` and of `--validation`; without it, a tenth of the former by the seed. */
export async function readParts(
  task: LabelSpec["task"],
  flags: FormatFlags & { data: string; validation?: string },
  seed: number,
) {
  const { data, validation, labelFirst = false, tagColumn = DEFAULT_TAG_COLUMN } = flags;
  const train = await readExamples(task, data, flags);
  const held = validation === undefined ? undefined : await readExamples(task, validation, flags);
  return {
    level: train.level,
    /** Of the files, and of how they are read. */
    hash: [train.hash, held?.hash, labelFirst, tagColumn].join(" "),
    as: (level: Level): Parts<Labelled> =>
      held ? { train: train.as(level), validation: held.as(level) } : holdOut(train.as(level), seed),
  };
}
