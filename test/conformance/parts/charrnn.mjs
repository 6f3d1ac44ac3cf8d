import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSafetensors } from "unrolled";

/** Training curves `curve_*.json`, each with the configuration, the initial weights and the text that it began from. */
export function cases(folder) {
  const curves = readdirSync(folder).filter((file) => /^curve_.*\.json$/.test(file));
  return curves.map((file) => ({
    name: file,
    kind: "training_curve",
    load: () => {
      const { config, train_loss } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      return {
        config,
        init: parseSafetensors(readFileSync(join(folder, config.init))).tensors,
        text: readFileSync(join(folder, config.data), "latin1"),
        expected: { train_loss },
      };
    },
  }));
}
