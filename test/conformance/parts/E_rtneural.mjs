import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Networks as JSON with the CSV of an input and an output; `*_torch.json` are PyTorch's, the others Keras'. A network
 * without them is no case.
 */
export function cases(folder) {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith(".json") && existsSync(join(folder, `${basename(file, ".json")}_x_python.csv`)),
  );
  return files.map((file) => {
    const name = basename(file, ".json");
    const column = (axis) => readColumn(join(folder, `${name}_${axis}_python.csv`));
    return {
      name,
      kind: name.endsWith("_torch") ? "torch_stack" : "keras_stack",
      load: () => ({
        weights: JSON.parse(readFileSync(join(folder, file), "utf8")),
        x: column("x"),
        expected: { forward: column("y"), stream: column("y") },
      }),
    };
  });
}

function readColumn(file) {
  return Float32Array.from(readFileSync(file, "utf8").trim().split("\n"), Number);
}
