import type { Command } from "commander";
import { SequenceEmbedder } from "../../models/embedder/model.ts";
import { addFields } from "../field-options.ts";

export function addEmbedderOptions(command: Command): Command {
  const help = { size: "<n> numbers in a vector" };
  return addFields(command.optionsGroup("Embedder:"), SequenceEmbedder.schema().fields, help, {
    shown: "text",
  }).optionsGroup("Options:");
}
