import type { Level } from "../data/labelled.ts";
import type { TokenRule } from "../data/words.ts";
import type { FormatOptions } from "../tasks/task.ts";
import type { RecipeFlags } from "./recipe-flags.ts";
import type { SpecFlags } from "./spec-flags.ts";
import type { ForecastFlags, ForecastUseFlags } from "./tasks/forecast-flags.ts";
import type { TaskName } from "./tasks/index.ts";
import type { LabelFlags } from "./tasks/label-flags.ts";
import type { PairFlags, SearchFlags } from "./tasks/pair-flags.ts";

// What commander makes of the options of the commands that work with every task.

export interface TrainFlags extends RecipeFlags, SpecFlags, LabelFlags, PairFlags, ForecastFlags {
  task: TaskName;
  data: string;
  validation?: string;
  level?: Level;
  tokens?: TokenRule;
  vocabulary?: number;
  minCount?: number;
  iters?: number;
  epochs?: number;
  validateEvery?: number;
  workers: number;
  gradientFlow?: number;
  variant: "auto" | "strict" | "relaxed";
  out?: string;
  resume?: string;
  json?: boolean;
}

export interface EvalFlags extends FormatOptions, SearchFlags, ForecastUseFlags {
  data: string;
  streams?: number;
  json?: boolean;
}

export interface PredictFlags extends FormatOptions, SearchFlags, Pick<ForecastUseFlags, "steps"> {
  data?: string;
  among?: string;
  top?: number;
  json?: boolean;
}

export interface SampleFlags {
  condition?: string;
  prompt: string;
  length: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  json?: boolean;
}
