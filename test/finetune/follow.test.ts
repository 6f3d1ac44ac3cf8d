import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { finetune } from "../../src/finetune/index.ts";
import { readKeras } from "../../src/formats/keras/read-keras.ts";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import { GraphModel } from "../../src/graph/index.ts";
import { describeRuntimes } from "../runtimes.ts";

const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url);

interface Case {
  file: string;
  inputs: number[][] | number[][][];
  targets: number[];
  runs: Record<"sgd" | "adam", { lr: number; losses: number[] }>;
  /** Outputs after the run of Adam. */
  after: number[][];
}

describeRuntimes("a model trained further", (rt) => {
  const open = (file: string) => {
    const bytes = new Uint8Array(readFileSync(fixture(file)));
    return new GraphModel(rt(), file.endsWith(".onnx") ? readOnnx(bytes) : readKeras(bytes));
  };

  it.each(["keras_lstm", "keras_gru", "torch_lstm"])("has the losses of its framework: %s", async (name) => {
    const { file, inputs, targets, runs, after } = JSON.parse(
      readFileSync(fixture(`${name}.json`), "utf8"),
    ) as Case;
    for (const optimizer of ["sgd", "adam"] as const) {
      const model = open(file);
      const { name: input } = model.inputs[0]!;
      const examples = inputs.map((rows, i) => ({
        inputs: {
          [input]: { data: rows.flat(), shape: [1, rows.length, ...(Array.isArray(rows[0]) ? [3] : [])] },
        },
        target: targets[i]!,
      }));
      const { lr, losses } = runs[optimizer];
      const keras = file.endsWith(".keras");
      const result = await finetune(model, examples, {
        epochs: losses.length,
        batch: examples.length,
        optimizer: optimizer === "adam" && keras ? "kerasAdam" : optimizer,
        lr,
      });
      expect(result.losses).toHaveLength(20);
      for (const [i, loss] of losses.entries()) {
        expect(Math.abs(result.losses[i]! - loss), `step ${i + 1} of ${optimizer}`).toBeLessThan(1e-4);
      }
      if (optimizer !== "adam") continue;
      const { data } = Object.values(
        model.run({ [input]: { data: inputs.flat(2), shape: [6, 5, ...(keras ? [] : [3])] } }),
      )[0]!;
      after.flat().forEach((expected, i) => {
        expect(Number(data[i])).toBeCloseTo(expected, 3);
      });
      model.dispose();
    }
  });
});
