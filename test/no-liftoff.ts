import { setFlagsFromString } from "node:v8";

// V8 11.3 (Node 20, whose relaxed SIMD is behind a flag) adds the wrong numbers in i32x4.relaxed_dot_i8x16_i7x16_add_s as long as a
// function is not optimised. Streams then keep floats (src/nn/stream/matrix.ts). With this flag its kernels are optimised at once.
if (process.versions.v8.startsWith("11.3.")) setFlagsFromString("--no-liftoff");
