import type { DataOptions } from "../tasks/task.ts";
import type { RecipeFlags } from "./recipe-flags.ts";
import type { SpecFlags } from "./spec-flags.ts";

// Options of the commands that work with every task. The values are as commander parses them. Options of a single task are in the
// file of that task.

export interface TrainFlags extends RecipeFlags, SpecFlags, Omit<DataOptions, "note"> {
  task: string;
  data: readonly string[];
  validation?: readonly string[];
  vectors?: string;
  iters?: number;
  epochs?: number;
  validateEvery?: number;
  workers: number;
  gradientFlow?: number;
  variant: "auto" | "strict" | "relaxed";
  out?: string;
  force?: boolean;
  resume?: string;
  json?: boolean;
}

export interface EvalFlags {
  data: readonly string[];
  json?: boolean;
}

export interface PredictFlags {
  data?: readonly string[];
  /** Option of embedders. */
  among?: string;
  cut?: number;
  out?: string;
  force?: boolean;
  json?: boolean;
}

export interface InspectFlags {
  data?: readonly string[];
  row?: number;
  gate?: string;
  layer?: number;
  steps: number;
  batch: number;
  clip: number;
  clipBy: "value" | "norm";
  svg?: string;
  force?: boolean;
  json?: boolean;
}

export interface SampleFlags {
  prompt: string;
  length?: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  json?: boolean;
}
