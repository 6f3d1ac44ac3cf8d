import { embedding } from "../../autograd/embedding.ts";
import { rearrange } from "../../autograd/rearrange.ts";
import { reshape } from "../../autograd/shape.ts";
import { operatorOf } from "../../graph/known-operators.ts";
import type { Derivation } from "./derivation.ts";

/** Gives the numbers another shape. */
const reshaped: Derivation = (call, [x]) => [reshape(x!, operatorOf(call.node).infer!(call)[0]!.shape)];

/** Moves numbers to other places. */
const moved: Derivation = (call, inputs, context) => {
  const floats = inputs.filter((input) => input !== undefined);
  return context.moved(call).map(({ places, shape }) => rearrange(floats, places, shape));
};

const gather: Derivation = (call, inputs, context) => {
  const [table] = inputs;
  const indices = call.numbers(1);
  const rows = table!.shape[0] ?? 0;
  if (table!.shape.length !== 2 || call.axis(call.number("axis", 0), 2) !== 0)
    return moved(call, inputs, context);
  const found = Int32Array.from(indices.data, (index) => (index < 0 ? index + rows : index));
  return [embedding(context.runtime.tensor(found, indices.shape), table!)];
};

/** Operators that give numbers other shapes or places. */
export const MOVES: Readonly<Record<string, Derivation>> = {
  ...Object.fromEntries(
    ["Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast"].map((op) => [op, reshaped]),
  ),
  ...Object.fromEntries(
    [
      ...[
        "Transpose",
        "Slice",
        "Expand",
        "Concat",
        "Split",
        "Tile",
        "Pad",
        "Where",
        "Trilu",
        "ReverseSequence",
      ],
      ...["GatherElements", "GatherND", "DepthToSpace", "SpaceToDepth"],
    ].map((op) => [op, moved]),
  ),
  Gather: gather,
};
