import { sigmoid } from "../autograd/activation.ts";
import { add } from "../autograd/elementwise.ts";
import { highway } from "../autograd/highway.ts";
import { concat } from "../autograd/shape.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Linear } from "./linear.ts";

/**
 * How the layers of a stack are connected. Layer l maps x_l to y_l. x_0 is the input, and the last x is the stack's output.
 * x_1 is always y_0. The formulas below apply to the layers l > 0.
 *
 * - `plain`: x_{l+1} = y_l
 * - `residual`: x_{l+1} = y_l + x_l
 * - `highway`: x_{l+1} = t y_l + (1 - t) x_l with t = sigmoid(W x_l + b), initially b = -1 (Srivastava et al. 2015)
 * - `dense`: x_{l+1} = [x_l, y_l], the outputs of all layers so far, concatenated
 */
export type Connections = "plain" | "residual" | "dense" | "highway";

export const CONNECTIONS: readonly Connections[] = ["plain", "residual", "dense", "highway"];

/**
 * Returns the number of features of the input of a layer above the first.
 *
 * @param layer index of the layer, from 1. If it is the number of layers, the result is the width of the stack's output
 * @param width number of outputs of each layer
 */
export function connectedWidth(connections: Connections, layer: number, width: number): number {
  return connections === "dense" ? layer * width : width;
}

/**
 * Computes the input of the next layer, x_{l+1}. `Connections` gives the formulas.
 *
 * @param layer index l of this layer
 * @param x input x_l of this layer
 * @param y output y_l of this layer
 * @param gate the linear layer that computes W x_l + b, if `connections` is `highway`
 */
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

/**
 * Makes the gate of the highway connection around a layer with `width` outputs. Its initial bias is -1. The connection's output
 * then consists mostly of the layer's input.
 */
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
