// What an example gets instead of the package in captured.mjs: the trainer writes its data to a file, and the program ends.

import { writeFileSync } from "node:fs";

export * from "../../../dist/index.js";

/** Writes the parts that a trainer would learn from and be validated on. */
class Trainer {
  constructor(_, parts) {
    const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
    writeFileSync(process.env.CAPTURED, JSON.stringify(parts, plain));
    process.exit();
  }
}

export {
  Trainer as EmbedderTrainer,
  Trainer as ForecastTrainer,
  Trainer as GeneratorTrainer,
  Trainer as LabelTrainer,
  Trainer as SequenceTrainer,
};
