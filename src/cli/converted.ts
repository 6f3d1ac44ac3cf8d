import type { GraphInput } from "../formats/index.ts";
import type { OnnxPart } from "../formats/onnx/index.ts";
import type { FixFlags } from "./fix-flags.ts";

/** The formats that are written. */
export const TARGETS = ["onnx", "keras", "pytorch", "safetensors"] as const;

export type Target = (typeof TARGETS)[number];

export interface ConvertFlags extends FixFlags {
  out: string;
  to?: Target;
  states?: boolean;
  part?: OnnxPart;
  task?: string;
  vocabulary?: string;
  labels?: string;
  data?: readonly string[];
  seed?: number;
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

/** What a model of ours computes for random inputs. */
export interface OwnOutputs {
  /** Name of the input in files of other frameworks. */
  readonly input: "tokens" | "features" | "rows" | "condition" | "source";
  /** Shape of the input, [T, B] or [T, B, features]; of a single condition [B] or [B, features]. */
  readonly shape: readonly number[];
  /** The input in the units of the data. */
  readonly data: Float32Array | Int32Array;
  /** Further inputs of an ONNX file. */
  readonly others?: Readonly<Record<string, GraphInput>>;
  /** Name of the output in an ONNX file. */
  readonly output: "logits" | "vectors" | "forecasts" | "reconstruction";
  /** [T, B, outputs], or [B, outputs] if the steps are pooled. A forecaster: forecasts after the last step. */
  readonly values: Float32Array;
  readonly pooled: boolean;
}
