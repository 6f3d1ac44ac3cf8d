import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One-node models of ONNX as JSON. Where implementations differ, `outputs_alt` is the reading that ours is. */
export function cases(folder) {
  const listed = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  return listed.map(({ name, json }) => ({
    name,
    kind: "onnx_node",
    load: () => {
      const { op, attrs, inputs, outputs, outputs_alt } = JSON.parse(
        readFileSync(join(folder, json), "utf8"),
      );
      const expected = Object.entries({ ...outputs, ...outputs_alt }).map(([key, { data }]) => [key, data]);
      return { op, attrs, inputs, expected: Object.fromEntries(expected) };
    },
  }));
}
