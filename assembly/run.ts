// The kernels of `unrolled/run`, which runs saved models and does not train: a part of those in index.ts, with the same results. The
// compiler leaves out what no exported kernel calls. `npm run build` writes their names into src/runtime/kernels.ts as `RunKernels`.

export { activation_forward } from "./activation";
export { add_forward, add_scaled, first_nonfinite, multiply_forward } from "./elementwise";
export { gemm, heap_base } from "./gemm";
export { relaxed } from "./lane";
export { layer_norm_forward, scale_columns } from "./norm";
export { pack_transposed } from "./pack";
export { recurrent_forward } from "./recurrent";
export { add_transposed, copy_rows, fill_rows, gather_rows } from "./rows";
export { draw_symbols } from "./plan";
export { cross_entropy_forward, softmax_forward } from "./softmax";
