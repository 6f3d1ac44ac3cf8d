import { type Command, Option } from "commander";
import type { Pooling } from "../../autograd/pool.ts";
import { DEFAULT_TAG_COLUMN } from "../../tasks/label-data.ts";
import type { FormatOptions } from "../../tasks/task.ts";
import { fraction, positive, whole } from "../numbers.ts";

/** The options of `train` that only labelled tasks have. */
export interface LabelFlags extends FormatOptions {
  pooling?: Pooling;
  characters?: number;
  characterHidden?: number;
  wordDropout?: number;
  embeddingStart?: number;
}

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
  return addFormatOptions(command.optionsGroup("Tagger and classifier:"))
    .addOption(
      new Option(
        "--pooling <how>",
        "classifier: what represents a sequence (default: mean+max of words, last of characters)",
      ).choices(["last", "mean", "max", "mean+max"]),
    )
    .option(
      "--characters <size>",
      "length of the vectors of characters, by which words are read too; 0: none (default: 25 of a tagger)",
      whole(0),
    )
    .option(
      "--character-hidden <units>",
      "units in each direction of the LSTM that reads a word's characters (default: 25)",
      whole(1),
    )
    .option("--word-dropout <p>", "share of the tokens that are read as unknown ones in training", fraction)
    .option("--embedding-start <deviation>", "deviation of the vectors of tokens at first", positive)
    .optionsGroup("Options:");
}
