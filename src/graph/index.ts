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

// For src/graph/fuse and src/finetune, which are in bundles of their own.

export { inputOf } from "./arrays.ts";
export { Call } from "./call.ts";
export { bodiesOf, capturedNames } from "./names.ts";
export { geometry, sizesOf } from "./operators/convolution.ts";
export { erf } from "./operators/elementwise.ts";
export { operatorOf } from "./operators/index.ts";
export { sizes } from "./operators/products.ts";
export { layerOf, MASK } from "./operators/recurrent.ts";
export { Runner } from "./runner.ts";
export { Session } from "./session.ts";
export { broadcast, broadcastStrides, eachPlace, stridesOf } from "./shapes.ts";
export { Slot } from "./slot.ts";
export { emptyValue } from "./values.ts";
