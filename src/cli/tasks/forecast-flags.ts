import { type Command, Option } from "commander";
import { Forecaster } from "../../models/forecaster/model.ts";
import type { ForecasterSpec } from "../../models/forecaster/spec.ts";
import { addFields, type Help } from "../field-options.ts";
import { whole } from "../numbers.ts";

const HELP = {
  horizon: "<n> steps ahead",
  strategy:
    "<name> several steps ahead: all at once, the last one alone, or one after the other, each read as if it had come true",
  changes: "read and forecast values alone, rather than values and changes since the last one",
  loss: "<name> squared or absolute error",
} satisfies Partial<Record<keyof ForecasterSpec, Help>>;

/** The options of `train` that only forecasters have. */
export interface ForecastFlags extends Partial<Pick<ForecasterSpec, keyof typeof HELP>> {
  column?: string[];
  target?: string[];
}

/** The options of `eval` that only forecasters have. */
export interface ForecastUseFlags {
  from?: number;
  steps?: number;
}

export function addForecastOptions(command: Command): Command {
  command
    .optionsGroup("Forecaster:")
    .option("--column <name...>", "columns to read (default: all that hold numbers)")
    .option("--target <name...>", "those of them to forecast (default: all)");
  return addFields(command, Forecaster.schema().fields, HELP, { shown: "text" }).optionsGroup("Options:");
}

export function addForecastUse(command: Command): Command {
  return command
    .option(
      "--from <row>",
      "forecaster: first row to compare with (default: a tenth of the rows on, at most 201)",
      whole(2),
    )
    .addOption(stepsOption());
}

export function stepsOption(): Option {
  return new Option("--steps <n>", "forecaster: steps ahead (default: the model's horizon)").argParser(
    whole(1),
  );
}
