import type { FixFlags } from "./fix-flags.ts";

/** The formats that are written. */
export const TARGETS = ["onnx", "keras", "pytorch", "safetensors"] as const;

export type Target = (typeof TARGETS)[number];

export interface ConvertFlags extends FixFlags {
  out: string;
  to?: Target;
  states?: boolean;
  task?: string;
  vocabulary?: string;
  labels?: string;
  force?: boolean;
  json?: boolean;
}

/** What was made. */
export interface Converted {
  readonly bytes: Uint8Array;
  /** The largest difference of outputs for random inputs; undefined if not both sides run here. */
  readonly largestError?: number | undefined;
  /** What was guessed or left out, and what to do with the file. */
  readonly notes: readonly string[];
}
