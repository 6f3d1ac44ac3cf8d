import type { Command } from "commander";
import { defaultEncoderSpec } from "../../models/embedder/spec.ts";
import { whole } from "../numbers.ts";

export function addEncoderOptions(command: Command): Command {
  return command
    .optionsGroup("Encoder:")
    .option("--size <n>", `numbers in a vector (default: ${defaultEncoderSpec().size})`, whole(1))
    .optionsGroup("Options:");
}
