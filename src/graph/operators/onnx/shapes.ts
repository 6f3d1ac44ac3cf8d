import { sizeOf } from "../../../runtime/shapes.ts";
import type { Operator } from "../../operator.ts";
import { emptyValue } from "../../values.ts";
import { int64, reshaped, sameMemory } from "../shapes.ts";

/** Operators on shapes that only ONNX files have. */
export const SHAPES: Record<string, Operator> = {
  Dropout: sameMemory((call) => [call.input(0)]),
  Flatten: sameMemory((call) => {
    const { shape } = call.input(0);
    const given = call.number("axis", 1);
    const axis = given === shape.length ? given : call.axis(given, shape.length);
    return reshaped(call, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
  }),
  Size: { known: (call) => [int64([call.input(0).size], [])] },
  ConstantOfShape: {
    known(call) {
      const shape = call.list(0);
      const filled = call.node.attributes.value ? call.value("value") : emptyValue("float32", [1]);
      call.checkSize(shape);
      const value = emptyValue(filled.dtype, shape);
      value.data.fill(filled.data[0] ?? 0);
      return [value];
    },
  },
};
