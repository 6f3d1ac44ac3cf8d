import { shown } from "../../errors.ts";
import type { ValueInfo } from "../../graph/graph.ts";
import { fail } from "./fail.ts";
import type { ValueInfoProto } from "./messages.ts";
import { elementType } from "./tensor.ts";

/**
 * Reads the type of an input or output. A type that the file leaves out is float32 of any shape: outputs, and inputs of bodies, get
 * theirs from what makes them.
 *
 * @param name its name in the result
 * @param typed whether the type must be there
 * @throws ERR_FORMAT if it is no tensor, or if its elements are of a type that is not read
 */
export function readValueInfo(
  { type = {}, name: given }: ValueInfoProto,
  name: string,
  typed: boolean,
): ValueInfo {
  const what = `value ${shown(given ?? "")}`;
  const { tensor } = type;
  const [kind] = Object.keys(type);
  if (!tensor && (kind || typed)) fail(`${what} is of type ${kind ?? "unknown"}, expected a tensor`);
  return {
    name,
    dtype: tensor?.elemType || typed ? elementType(tensor?.elemType, what) : "float32",
    shape:
      tensor?.shape &&
      (tensor.shape.dim ?? []).map(({ value = -1, param }) => (value < 0 ? param || null : value)),
  };
}
