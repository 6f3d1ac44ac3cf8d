import type { DataOptions } from "../tasks/task.ts";
import type { RecipeFlags } from "./recipe-flags.ts";
import type { SpecFlags } from "./spec-flags.ts";

// What commander makes of the options of the commands that work with every task. Options of a task are in its file.

export interface TrainFlags extends RecipeFlags, SpecFlags, Omit<DataOptions, "note"> {
  task: string;
  data: string;
  validation?: string;
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

export interface EvalFlags {
  data: string;
  json?: boolean;
}

export interface PredictFlags {
  data?: string;
  json?: boolean;
}

export interface SampleFlags {
  prompt: string;
  length: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  json?: boolean;
}
