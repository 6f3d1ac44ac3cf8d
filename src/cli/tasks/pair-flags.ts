import type { Command } from "commander";
import { EncoderDecoder } from "../../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions } from "../../models/sequence-to-sequence/model.ts";
import type { EncoderDecoderSpec } from "../../models/sequence-to-sequence/spec.ts";
import { type Recipe, recipeSchema } from "../../train/recipe.ts";
import { addFields, type Help } from "../field-options.ts";
import { from, whole } from "../numbers.ts";

const HELP = {
  sourceLevel:
    "<level> what a token of a source is: a character, or what stands between white space (default: word; char where most texts are one word or numbers)",
  targetLevel: "<level> the same of a target",
  lowerCase: "sources are lower-cased",
  attention: "<kind> how the decoder looks back at the source",
  teacherForcing:
    "<share> share of right tokens among what the decoder is fed at the end, the rest its own; falls evenly from 1",
} satisfies Partial<Record<keyof EncoderDecoderSpec | keyof Recipe, Help>>;

/** The options of `train` that only encoder-decoders have. */
export type PairFlags = Partial<Pick<EncoderDecoderSpec, Exclude<keyof typeof HELP, "teacherForcing">>>;

/** How targets are searched for: options of `eval` and `predict`. */
export type SearchFlags = Pick<DecodeOptions, "beam" | "maxLength" | "lengthPenalty">;

export function addPairOptions(command: Command): Command {
  command.optionsGroup("Encoder-decoder and autoencoder:");
  const fields = { ...EncoderDecoder.schema().fields, ...recipeSchema.fields };
  return addFields(command, fields, HELP, { shown: "text" }).optionsGroup("Options:");
}

export function addSearchOptions(command: Command): Command {
  return command
    .option("--beam <n>", "encoder-decoder, autoencoder: hypotheses to keep (default: 1, greedy)", whole(1))
    .option("--max-length <n>", "most tokens to write (default: twice the source's and 10)", whole(1))
    .option("--length-penalty <p>", "compare hypotheses by log-probability / tokens^p (default: 0)", from(0));
}
