import type { Attribute, Value } from "../../graph/graph.ts";
import type { Attributes } from "./attributes.ts";
import { fail } from "./fail.ts";
import { keptIntegers } from "./tensor.ts";

/**
 * Makes a constant, float32 or int64. A single number has the shape [].
 *
 * @param numbers an attribute
 * @param what names it in errors
 * @throws ERR_FORMAT if it is neither a number nor a list of numbers
 */
export function constant(dtype: "float32" | "int64", numbers: Attribute | undefined, what: string): Value {
  const list = typeof numbers === "number" ? [numbers] : numbers;
  if (!Array.isArray(list)) return fail(`${what}: a value is neither a number nor a list of numbers`);
  const shape = list === numbers ? [list.length] : [];
  return {
    dtype,
    shape,
    data: dtype === "int64" ? keptIntegers(dtype, list, what) : Float32Array.from(list),
  };
}

/** Returns the value of a Constant node, of any of its forms. @throws ERR_FORMAT if it is a text or sparse */
export function constantOf(attributes: Attributes, what: string): Value {
  const { value, value_float, value_floats, value_int, value_ints } = attributes;
  if (Object.hasOwn(Object(value), "dtype")) return value as Value;
  const float = value_float ?? value_floats;
  return float === undefined
    ? constant("int64", value_int ?? value_ints, what)
    : constant("float32", float, what);
}
