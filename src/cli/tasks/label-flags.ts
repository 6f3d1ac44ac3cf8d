import { type Command, Option } from "commander";
import { Classifier } from "../../models/labels/classifier.ts";
import type { ClassifierSpec } from "../../models/labels/spec.ts";
import { DEFAULT_TAG_COLUMN } from "../../tasks/label-data.ts";
import type { FormatOptions } from "../../tasks/task.ts";
import { addFields, type Help } from "../field-options.ts";
import { whole } from "../numbers.ts";

const HELP = {
  pooling: "<how> classifier: what represents a sequence (default: mean+max of words, last of characters)",
  characters:
    "<size> length of the vectors of characters, by which words are read too; 0: none (default: 25 of a tagger)",
  characterHidden: "<units> units in each direction of the LSTM that reads a word's characters (default: 25)",
  wordDropout: "<p> share of the tokens that are read as unknown ones in training",
  embeddingStart: "<deviation> deviation of the vectors of tokens at first",
} satisfies Partial<Record<keyof ClassifierSpec, Help>>;

/** The options of `train` that only labelled tasks have. */
export interface LabelFlags extends FormatOptions, Partial<Pick<ClassifierSpec, keyof typeof HELP>> {}

export function addFormatOptions(command: Command): Command {
  return command
    .option("--label-first", "classifier: lines are label <TAB> text instead of text <TAB> label")
    .option(
      "--tag-column <n>",
      `tagger: column of the tag; the token is in the first (default: ${DEFAULT_TAG_COLUMN})`,
      whole(2),
    )
    .addOption(
      new Option(
        "--format <how>",
        "classifier, tagger: lines of text or columns, or JSON lines (default: by the file's name, .jsonl or .ndjson)",
      ).choices(["text", "jsonl"]),
    );
}

export function addLabelOptions(command: Command): Command {
  addFormatOptions(command.optionsGroup("Tagger and classifier:"));
  return addFields(command, Classifier.schema().fields, HELP, { shown: "no" }).optionsGroup("Options:");
}
