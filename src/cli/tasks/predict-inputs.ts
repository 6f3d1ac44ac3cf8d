import { UnrolledError } from "../../errors.ts";
import type { TaskModel } from "../../network/model.ts";
import { answerInputs } from "../../tasks/inputs.ts";
import { withContext } from "../../tasks/source.ts";
import type { FormatOptions, InputFile, OptionNames, Task } from "../../tasks/task.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import { openData } from "../data-files.ts";
import { noteOf } from "../files.ts";
import type { PredictFlags } from "../flags.ts";
import { pick } from "../given.ts";
import { noteArguments } from "../text-notes.ts";

/** The inputs of `predict`. */
export interface PredictInputs<I = unknown> {
  /** Name of the file, or "predict" if the inputs are arguments. */
  readonly name: string;
  readonly inputs: readonly I[];
  /** The rows of the inputs; undefined if they are arguments. */
  readonly file: InputFile<I> | undefined;
}

/** Returns the options that say how files are read, with a function that prints notes about them. */
export function readingOptions(
  { options }: { readonly options: Pick<OptionNames, "format"> },
  flags: PredictFlags,
): FormatOptions {
  const { data = [], json } = flags;
  return { ...pick(flags, options.format), note: noteOf(data, json) };
}

/** Returns the inputs of `predict`: those of the files, or the arguments if no file is given. @throws ERR_FILE, ERR_DATA */
export async function readInputs<M extends TaskModel, E extends Evaluated>(
  task: Task<M, E>,
  model: M,
  texts: readonly string[],
  flags: PredictFlags,
): Promise<PredictInputs> {
  const { data, json } = flags;
  if (!data || !task.inputFile) {
    if (!data) noteArguments(model, texts, json);
    return { name: "predict", inputs: texts.map((text) => (text.trim() ? text : "")), file: undefined };
  }
  const source = await openData(data, json);
  const file = await task.inputFile(model, source, readingOptions(task, flags));
  return { name: source.name, inputs: file.inputs, file };
}

/** Returns the error for texts as arguments of a command with a model of vectors. */
export const noTexts = (command: string): UnrolledError =>
  new UnrolledError("ERR_VALUE", `${command}: the model reads vectors, not texts; give a file with --data`);

/**
 * Returns the answers to the inputs. Every blank line of a file, and every argument that is blank, has the answer `blank`.
 *
 * @throws the errors of `predict`, with the name of the file
 */
export function answersTo<I, A>(
  { name, inputs }: PredictInputs<I>,
  predict: (inputs: readonly I[]) => readonly A[],
  blank: A,
): Promise<readonly A[]> {
  return withContext(name, () => answerInputs(inputs, predict, blank));
}
