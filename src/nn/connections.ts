import { sigmoid } from "../autograd/activation.ts";
import { add } from "../autograd/elementwise.ts";
import { highway } from "../autograd/highway.ts";
import { concat } from "../autograd/shape.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Linear } from "./linear.ts";

/**
 * How the layers of a stack are joined. Layer l reads x_l and gives y_l; x_0 is the input, x_1 = y_0, and the last x is the
 * stack's output.
 *
 * - `plain`: x_{l+1} = y_l
 * - `residual`: x_{l+1} = y_l + x_l
 * - `highway`: x_{l+1} = t y_l + (1 - t) x_l with t = sigmoid(W x_l + b), b at first -1 (Srivastava et al. 2015)
 * - `dense`: x_{l+1} = [x_l, y_l], the outputs of all layers so far side by side
 */
export type Connections = "plain" | "residual" | "dense" | "highway";

export const CONNECTIONS: readonly Connections[] = ["plain", "residual", "dense", "highway"];

/** Features of x_l for l > 0, where each layer gives `width`; l = number of layers for the stack's output. */
export function connectedWidth(connections: Connections, layer: number, width: number): number {
  return connections === "dense" ? layer * width : width;
}

/** x_{l+1} from x_l and y_l. `gate` of a highway: the layer that gives W x_l + b. */
export function connect(
  connections: Connections,
  layer: number,
  x: Tensor,
  y: Tensor,
  gate?: Linear,
): Tensor {
  if (layer === 0) return y;
  if (gate) return highway(y, x, sigmoid(gate.forward(x)));
  if (connections === "residual") return add(y, x);
  return connections === "dense" ? concat([x, y]) : y;
}

/** The gate of a highway around layer `layer`, which gives `width` features; at first it lets most of x_l pass. */
export function makeHighway(
  runtime: Runtime,
  connections: Connections,
  layer: number,
  width: number,
): Linear | undefined {
  if (connections !== "highway" || layer === 0) return undefined;
  const gate = new Linear(runtime, { inFeatures: width, outFeatures: width });
  gate.bias!.data.fill(-1);
  return gate;
}
