import type { TaskModel } from "../network/model.ts";
import { segmenterNote } from "../tasks/segmenter.ts";
import { type TextReader, unknownNote } from "../tasks/texts.ts";

/** Prints a note if this runtime cuts texts into other words than the one that trained the model. */
export function noteSegmenter({ spec }: TaskModel, quiet: boolean | undefined): void {
  if (!quiet) print(segmenterNote(spec));
}

/** Prints notes about texts that are arguments of a command. Tasks make the notes about texts of a file. */
export function noteArguments(
  model: TaskModel & Partial<TextReader>,
  texts: readonly string[],
  quiet: boolean | undefined,
): void {
  noteSegmenter(model, quiet);
  if (!quiet && model.tokens) print(unknownNote(model as TextReader, texts));
}

function print(note: string | undefined): void {
  if (note) console.error(note);
}
