import { type Command, Option } from "commander";
import type { Level } from "../../data/labelled.ts";
import type { DecodeOptions } from "../../models/sequence-to-sequence/model.ts";
import { from, upToOne, whole } from "../numbers.ts";

/** The options of `train` that only encoder-decoders have. */
export interface PairFlags {
  sourceLevel?: Level;
  targetLevel?: Level;
  lowerCase?: boolean;
  attention?: "dot" | "additive" | "none";
  teacherForcing?: number;
}

/** How targets are searched for: options of `eval` and `predict`. */
export type SearchFlags = Pick<DecodeOptions, "beam" | "maxLength" | "lengthPenalty">;

const LEVELS = ["char", "word"];

export function addPairOptions(command: Command): Command {
  return command
    .optionsGroup("Encoder-decoder and autoencoder:")
    .addOption(
      new Option(
        "--source-level <level>",
        "what a token of a source is: a character, or what stands between white space (default: word; char where most texts are one word or numbers)",
      ).choices(LEVELS),
    )
    .addOption(new Option("--target-level <level>", "the same of a target").choices(LEVELS))
    .option("--lower-case", "sources are lower-cased")
    .addOption(
      new Option("--attention <kind>", "how the decoder looks back at the source (default: dot)").choices([
        "dot",
        "additive",
        "none",
      ]),
    )
    .option(
      "--teacher-forcing <share>",
      "share of right tokens among what the decoder is fed at the end, the rest its own; falls evenly from 1 (default: 1)",
      upToOne,
    )
    .optionsGroup("Options:");
}

export function addSearchOptions(command: Command): Command {
  return command
    .option("--beam <n>", "encoder-decoder, autoencoder: hypotheses to keep (default: 1, greedy)", whole(1))
    .option("--max-length <n>", "most tokens to write (default: twice the source's and 10)", whole(1))
    .option("--length-penalty <p>", "compare hypotheses by log-probability / tokens^p (default: 0)", from(0));
}
