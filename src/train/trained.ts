import type { TaskModel } from "../network/model.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** The name of the weight that `spec.freezeVectors` leaves as it is. */
const INPUT_VECTORS = /^(?:encoder\.)?embedding\.weight$/;

/** Returns the parameters that training changes: all, except the vectors of the inputs if `spec.freezeVectors` is true. */
export function trainedParameters(model: TaskModel): Record<string, Tensor> {
  const all = model.parameters();
  if (!model.spec.freezeVectors) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !INPUT_VECTORS.test(name)));
}
