import type { Operator } from "../../operator.ts";
import { CONTROL } from "./control.ts";
import { EINSUM } from "./einsum.ts";
import { FUNCTIONS } from "./functions.ts";
import { FUSED } from "./fused.ts";
import { GEMM } from "./gemm.ts";
import { GLOBAL_POOLS } from "./global-pools.ts";
import { NORMS } from "./norms.ts";
import { QUANTIZE } from "./quantize.ts";
import { QUANTIZED_LSTM } from "./quantized-lstm.ts";
import { REARRANGEMENTS } from "./rearrangements.ts";
import { REDUCTIONS } from "./reductions.ts";
import { RESIZE } from "./resize.ts";
import { REWRITES } from "./rewrites.ts";
import { SCATTER } from "./scatter.ts";
import { SELECTION } from "./selection.ts";
import { SHAPES } from "./shapes.ts";
import { SPLIT } from "./split.ts";

/** Operators that only ONNX files have. */
export const ONNX_OPERATORS: Readonly<Record<string, Operator>> = {
  ...{ ...CONTROL, ...EINSUM, ...FUNCTIONS, ...FUSED, ...GEMM, ...GLOBAL_POOLS, ...NORMS, ...QUANTIZE },
  ...{ ...QUANTIZED_LSTM, ...REARRANGEMENTS, ...REDUCTIONS, ...RESIZE, ...REWRITES, ...SCATTER },
  ...{ ...SELECTION, ...SHAPES, ...SPLIT },
};
