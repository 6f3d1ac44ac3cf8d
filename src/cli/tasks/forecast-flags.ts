import { type Command, Option } from "commander";
import { whole } from "../numbers.ts";

/** The options of `train` that only forecasters have. */
export interface ForecastFlags {
  column?: string[];
  target?: string[];
  horizon?: number;
  strategy?: "joint" | "direct" | "iterated";
  changes?: boolean;
  loss?: "mse" | "mae";
}

/** The options of `eval` that only forecasters have. */
export interface ForecastUseFlags {
  from?: number;
  steps?: number;
}

export function addForecastOptions(command: Command): Command {
  return command
    .optionsGroup("Forecaster:")
    .option("--column <name...>", "columns to read (default: all that hold numbers)")
    .option("--target <name...>", "those of them to forecast (default: all)")
    .option("--horizon <n>", "steps ahead (default: 1)", whole(1))
    .addOption(
      new Option(
        "--strategy <name>",
        "several steps ahead: all at once, the last one alone, or one after the other, each read as if it had come true (default: joint)",
      ).choices(["joint", "direct", "iterated"]),
    )
    .option(
      "--no-changes",
      "read and forecast values alone, rather than values and changes since the last one",
    )
    .addOption(
      new Option("--loss <name>", "squared or absolute error (default: mse)").choices(["mse", "mae"]),
    )
    .optionsGroup("Options:");
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
