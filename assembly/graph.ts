// The kernels of graphs (src/graph), a build of its own that works on the memory of another build. Only one build can have static data,
// so these kernels have none: no tables of polynomials and no scratch area.

export { binary_forward, unary_forward } from "./graph-elementwise";
export { copy_strided } from "./graph-copy";
export { reduce_axis } from "./graph-reduce";
export { columns_to_image, depthwise_forward, image_to_panels, image_to_rows, pool_forward } from "./convolution";
export { pack_rows } from "./pack";
