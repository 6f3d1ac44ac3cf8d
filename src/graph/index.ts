// What readers of foreign models use, and what they give to users.

export type { GraphInput, GraphOptions, GraphOutput, Numbers } from "./arrays.ts";
export {
  type Attribute,
  ELEMENT_TYPES,
  type ElementType,
  type Graph,
  type GraphNode,
  isFloat,
  type StateLink,
  TYPE_CODES,
  type Value,
  type ValueInfo,
} from "./graph.ts";
export { useKernels } from "./kernels.ts";
export { GraphModel } from "./model.ts";
export type { GraphStream, StreamOptions } from "./stream.ts";

// For src/graph/fuse, src/graph/operators/onnx and src/finetune, which are in bundles of their own.

export { inputOf } from "./arrays.ts";
export { Call, NumbersNeeded } from "./call.ts";
export { addCopy, regularStrides } from "./copies.ts";
export { addOperators, operatorOf } from "./known-operators.ts";
export { eachLine, withAxis, withLength, withoutAxis } from "./lines.ts";
export { bodiesOf, capturedNames } from "./names.ts";
export { geometry, sizesOf, windows } from "./operators/convolution.ts";
export {
  binary,
  erf,
  folded,
  kept32,
  of,
  ofTwo,
  softplus,
  unary,
  unaryKernel,
  withKernel,
} from "./operators/elementwise.ts";
export { OPERATORS } from "./operators/index.ts";
export {
  affine,
  checkBroadcast,
  moments,
  normalizeRows,
  rowsFrom,
} from "./operators/layer-norm.ts";
export { indexIn, reordered, rowsOf } from "./operators/layout.ts";
export { addProduct, sizes } from "./operators/products.ts";
export { layerOf, MASK } from "./operators/recurrent.ts";
export { itself, larger, reducing, reducingBy, smaller, summing } from "./operators/reductions.ts";
export { addRound, captured, checkBody, present, stacked } from "./operators/scan.ts";
export { int64, reshaped, sameMemory } from "./operators/shapes.ts";
export { Runner } from "./runner.ts";
export { Session } from "./session.ts";
export { broadcast, broadcastStrides, eachPlace, stridesOf } from "./shapes.ts";
export { Slot } from "./slot.ts";
export { emptyValue } from "./values.ts";
