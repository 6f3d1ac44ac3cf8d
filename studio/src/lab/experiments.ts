import { attentionLesson, translate } from "./attention.ts";
import { backpropagation } from "./backpropagation.ts";
import { characterModel, nextSymbols, writeLines } from "./character-model.ts";
import { clipping } from "./clipping.ts";
import { directions } from "./directions.ts";
import { forgetGate, readSequence } from "./forget-gate.ts";
import { liveFlow } from "./live-flow.ts";
import { remember, updateGates } from "./remember.ts";
import { gradientByDistance } from "./vanishing.ts";
import { whyRecurrence } from "./why-recurrence.ts";

/** What lessons can run. Each takes one object with its options, and reports to `onProgress` if it takes long. */
export const EXPERIMENTS = {
  whyRecurrence,
  backpropagation,
  gradientByDistance,
  clipping,
  liveFlow,
  remember,
  updateGates,
  forgetGate,
  readSequence,
  directions,
  characterModel,
  attentionLesson,
  translate,
  nextSymbols: ({ model, prefix, ...options }: NextSymbolsOptions) => nextSymbols(model, prefix, options),
  writeLines: ({ model, ...options }: WriteOptions) => writeLines(model, options),
};

type NextSymbolsOptions = Parameters<typeof nextSymbols>[2] & {
  readonly model: Uint8Array;
  readonly prefix: string;
};
type WriteOptions = Parameters<typeof writeLines>[1] & { readonly model: Uint8Array };

export type Experiments = typeof EXPERIMENTS;
