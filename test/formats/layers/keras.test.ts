import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layersToGraph } from "../../../src/formats/layers/index.ts";
import { type Array64, evaluator } from "../evaluate.ts";
import { weightsOf } from "./models.ts";

type Tensor = [shape: number[], data: number[]];

interface Case {
  readonly name: string;
  readonly config: { class_name: string; config: unknown };
  readonly weights: Record<string, Tensor[]>;
  readonly calls: [inputs: Tensor[], outputs: Tensor[]][];
}

const file = new URL("../../fixtures/keras_layers.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

const wide = ([shape, data]: Tensor): Array64 => ({ shape, data });

/** Keras' torch backend counts steps that pad if there are more behind than before. TensorFlow and JAX never do. */
const PADDED = /^Average.*same/;

describe("a graph of Keras' layers computes what Keras 3 does", () => {
  it.each(cases.filter(({ name }) => !PADDED.test(name)).map((one) => [one.name, one] as const))(
    "%s",
    (_, one) => {
      const graph = layersToGraph(one.config, weightsOf(one.weights), { framework: "keras", major: 3 });
      const run = evaluator(graph);
      for (const [inputs, expected] of one.calls) {
        const given = graph.inputs.map(({ name }, i) => [name, wide(inputs[i]!)]);
        const outputs = run(Object.fromEntries(given));
        expect(graph.outputs.length).toBe(expected.length);
        for (const [i, { name, shape }] of graph.outputs.entries()) {
          const [wanted, numbers] = expected[i]!;
          expect(outputs[name]!.shape).toEqual(wanted);
          expect(shape!.map((n, k) => (typeof n === "number" ? n : wanted[k]))).toEqual(wanted);
          const scale = Math.max(1, ...numbers.map(Math.abs));
          for (const [k, number] of numbers.entries()) {
            expect(Math.abs(outputs[name]!.data[k]! - number), `${name}[${k}]`).toBeLessThan(3e-6 * scale);
          }
        }
      }
    },
  );
});
