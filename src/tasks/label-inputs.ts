import { labelledForm, type Step } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import type { LabelModel } from "../models/labels/model.ts";
import type { LabelSpec } from "../models/labels/spec.ts";
import { objectRows } from "../tables/rows.ts";
import { readTokens, type TokenContext } from "../tables/sentences.ts";
import { checkSteps } from "./check-steps.ts";
import { withCutInputs } from "./cut.ts";
import { joinInputs } from "./inputs.ts";
import { contextOf, lowerCase, tokenOptions } from "./label-data.ts";
import { type Context, jsonFormatOf, readJson } from "./label-json.ts";
import { withOwnFormat } from "./own-format.ts";
import { withReading } from "./reading.ts";
import { readParts, some, type TextSource } from "./source.ts";
import type { FormatOptions, InputFile } from "./task.ts";
import { readTextInputs } from "./text-tables.ts";

/** Reads the texts or sequences that a classifier labels. Ignores labels in the data. The input of a blank line is "". */
export async function readTextsToLabel(
  model: LabelModel,
  source: TextSource,
  options: FormatOptions = {},
): Promise<InputFile<string | readonly Step[]>> {
  const context = contextOf(model);
  const { trained, known } = context;
  const { labelFirst = false } = withReading(trained, options);
  const read = async (given: TextSource, note: FormatOptions["note"]) => {
    const [part, own] = await withOwnFormat(given, { ...options, note }, context.trained);
    const json = jsonFormatOf(part.name, own, context.trained);
    if (json) return jsonInputs("classifier", part, json, own, context, "");
    checkSteps(0, model.spec.features, part);
    const form = labelledForm(labelFirst);
    const file = await readTextInputs(part, form, labelFirst ? 1 : 0, own, { trained, known });
    if (own.textColumn === undefined) checkAreTexts(file, part.name, labelFirst, context);
    return file;
  };
  const file = joinInputs<string | readonly Step[]>(await readParts(source, read, options.note));
  return withCutInputs(file, options, (input, cut) =>
    typeof input === "string" ? cut.text(input, model.spec) : cut.of(input),
  );
}

/** @throws ERR_DATA naming the options if all texts of a table are labels of the model, so that its columns seem to be swapped */
function checkAreTexts(
  { inputs, rows }: InputFile<string>,
  name: string,
  labelFirst: boolean,
  { known }: Context,
): void {
  const filled = inputs.flatMap((text, i) => (text && rows[i]![0]!.length > 1 ? [text] : []));
  if (!filled.length || !filled.every((text) => known?.(text))) return;
  const order = labelFirst ? "" : " use --label-first, or";
  throw new UnrolledError(
    "ERR_DATA",
    `${name}: every text is a label of the model, such as ${JSON.stringify(filled[0])}; if the text is in another column,${order} say it with --text-column`,
  );
}

/**
 * Reads the sentences that a tagger tags. Ignores tags in the data. If the file has a sentence in each line, the lines are cut into
 * words.
 */
export async function readSentencesToTag(
  model: LabelModel & { tokens(text: string): readonly string[] },
  source: TextSource,
  options: FormatOptions = {},
): Promise<InputFile<string | readonly Step[]>> {
  const context = contextOf(model);
  const read = (part: TextSource, note: FormatOptions["note"]) =>
    readSentences(part, { ...options, note }, { ...context, cut: (line) => model.tokens(line) });
  const file = joinInputs(await readParts(source, read, options.note));
  if (options.cut === undefined) return file;
  return withCutInputs(file, options, (input, cut) =>
    cut.of(typeof input === "string" ? model.tokens(input) : input),
  );
}

async function readSentences(
  given: TextSource,
  givenOptions: FormatOptions,
  { cut, ...context }: Context & Pick<TokenContext, "cut">,
): Promise<InputFile<string | readonly Step[]>> {
  const { trained, known, features = 0 } = context;
  const [source, options] = await withOwnFormat(given, givenOptions, trained);
  const { chunks, name } = source;
  const json = jsonFormatOf(name, options, trained);
  if (json) return jsonInputs("tagger", source, json, options, context, []);
  checkSteps(0, features, source);
  const file = await readTokens(chunks, name, tokenOptions(options), { trained, known, cut, tagged: false });
  if (file.lines) {
    const inputs = file.lines.map((line) => line.trim());
    if (inputs.some(Boolean)) options.note?.("each line is read as a sentence and cut into words");
    const rows = inputs.map((line, i) => [file.cells?.[i] ?? (line ? [line] : [])]);
    return { inputs, rows, names: file.names };
  }
  const sentences = some(file.sentences, name);
  return {
    inputs: sentences.map(({ tokens }) => tokens),
    rows: sentences.map(({ rows }) => [...rows.map(({ cells }) => cells), ...(file.numbered ? [] : [[]])]),
    names: file.names,
    perToken: sentences.map(() => true),
  };
}

async function jsonInputs<B>(
  task: LabelSpec["task"],
  source: TextSource,
  format: "json" | "jsonl",
  options: FormatOptions,
  { trained, features = 0 }: Context,
  blank: B,
): Promise<InputFile<B | string | readonly Step[]>> {
  const how = { labelled: false, multiLabel: false, features };
  const { rows } = await readJson(task, source, format, options, trained, how);
  some(rows, source.name);
  const table = objectRows(rows.map(({ object }) => object));
  return {
    inputs: rows.map(({ example }) => {
      const tokens = example?.tokens;
      return example?.text ?? (task === "classifier" && tokens ? lowerCase(tokens) : (tokens ?? blank));
    }),
    rows: table.rows.map(({ cells, values }) => [values ?? cells]),
    names: table.names,
  };
}
