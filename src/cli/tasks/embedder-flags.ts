import type { Command } from "commander";
import { defaultEmbedderSpec } from "../../models/embedder/spec.ts";
import { whole } from "../numbers.ts";

export function addEmbedderOptions(command: Command): Command {
  return command
    .optionsGroup("Embedder:")
    .option("--size <n>", `numbers in a vector (default: ${defaultEmbedderSpec().size})`, whole(1))
    .optionsGroup("Options:");
}
