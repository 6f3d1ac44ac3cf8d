// The kernels that the host calls. They take addresses and sizes, allocate nothing and keep no state between calls. Scratch areas
// of a fixed size lie in static memory. Backward kernels add gradients to the values already in an array. Addresses are byte
// offsets into the memory. Sizes count elements. Leading dimensions (`ld`) count floats from one row to the next. The host checks
// every shape before it calls a kernel.
//
// `npm run build` writes src/runtime/kernels.ts from this file and the files that it exports from. kernels.ts has the kernels
// with their comments and the integer constants of those files. Some kernels take the address of an object. For the class of such
// an object, kernels.ts also has the position of each field, counted in 4-byte words from the start of the object.

export { activation_backward, activation_forward } from "./activation";
export { clip_value, largest_magnitude, scale, sum_of_powers } from "./clip";
export { add_forward, add_scaled, first_nonfinite, multiply_add, multiply_forward, total } from "./elementwise";
export { gemm, gemm_tn, heap_base } from "./gemm";
export { add_int8_rows, int8_size, pack_int8 } from "./int8";
export { relaxed } from "./lane";
export {
  batch_norm_backward, column_sums, layer_norm_backward, layer_norm_forward, scale_columns,
} from "./norm";
export { adadelta, adagrad, adam, rmsprop, sgd } from "./optim";
export { pack_rows, pack_transposed } from "./pack";
export { dropout, fill_uniform } from "./random";
export { recurrent_backward, recurrent_forward } from "./recurrent";
export { add_rows, add_transposed, copy_rows, fill_rows, gather_rows, scatter_add_rows, sum_rows } from "./rows";
export { sample } from "./sample";
export {
  cross_entropy_backward, cross_entropy_forward, log_softmax_backward, log_softmax_forward,
  soft_cross_entropy_backward, soft_cross_entropy_forward, softmax_backward, softmax_forward,
} from "./softmax";
