import { add, multiply, scale } from "../../autograd/elementwise.ts";
import { layerNorm } from "../../autograd/layer-norm.ts";
import { reshape } from "../../autograd/shape.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { type Derivation, expand } from "./derivation.ts";

/** Normalizes by the statistics of the file, which stay as they are; scale and shift are trained. */
const batch: Derivation = (call, [x, factor, shift, mean, variance], context) => {
  if (call.flag("training_mode")) call.fail("training_mode is 1, expected 0");
  const epsilon = call.number("epsilon", 1e-5);
  const { data, shape } = variance!;
  const roots = context.runtime.tensor(
    Float32Array.from(data, (v) => 1 / Math.sqrt(v + epsilon)),
    shape,
  );
  const slope = multiply(factor!, roots);
  const offset = add(shift!, scale(multiply(mean!, slope), -1));
  const channels = (of: Tensor) => {
    const lined = reshape(of, [of.size, ...x!.shape.slice(2).map(() => 1)]);
    return expand(context, lined, x!.shape);
  };
  return [add(multiply(x!, channels(slope)), channels(offset))];
};

const layer: Derivation = (call, [x, weight, bias], context) => {
  const axis = call.axis(call.number("axis", -1), x!.shape.length);
  const normalizedShape = x!.shape.slice(axis);
  if (call.node.outputs.slice(1).some(Boolean)) call.fail("its means have no gradient here");
  const whole = (of: Tensor | undefined) => of && expand(context, of, normalizedShape);
  const eps = call.number("epsilon", 1e-5);
  return [layerNorm(x!, { normalizedShape, weight: whole(weight), bias: whole(bias), eps })];
};

/** Operators that normalize. */
export const NORMS: Readonly<Record<string, Derivation>> = {
  BatchNormalization: batch,
  LayerNormalization: layer,
};
