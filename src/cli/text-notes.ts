import type { TaskModel } from "../network/model.ts";
import { segmenterNote } from "../tasks/segmenter.ts";
import { noteUnknownTexts } from "../tasks/texts.ts";
import { noteOf } from "./files.ts";

/** Prints a note if this runtime cuts texts into other words than the one that trained the model. */
export function noteSegmenter({ spec }: TaskModel, quiet: boolean | undefined): void {
  const text = segmenterNote(spec as object);
  if (text) noteOf("words", quiet)?.(text);
}

/** Prints notes about texts that are arguments of a command. Tasks make the notes about texts of a file. */
export function noteArguments(
  model: TaskModel & Parameters<typeof noteUnknownTexts>[1],
  texts: readonly string[],
  quiet: boolean | undefined,
): void {
  noteSegmenter(model, quiet);
  noteUnknownTexts({ note: noteOf("the texts", quiet) }, model, texts);
}
