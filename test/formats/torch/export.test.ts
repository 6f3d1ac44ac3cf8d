import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportTorch } from "../../../src/formats/torch/export.ts";
import { torchGraph } from "../../../src/formats/torch/torch-graph.ts";
import type { Value } from "../../../src/graph/graph.ts";
import { GraphModel } from "../../../src/graph/model.ts";
import { parseSafetensors } from "../../../src/io/safetensors.ts";
import type { LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { startRuntime } from "../../runtimes.ts";
import * as models from "../models.ts";

const { B, T, V, C } = models;

let rt: Runtime;
beforeAll(async () => {
  rt = await startRuntime();
});
afterAll(() => rt.dispose());

describe("exportTorch", () => {
  it.each([
    {},
    { cell: "gru" },
    { cell: "rnn", nonlinearity: "relu", layers: 2 },
    { embedding: 5, tied: true },
  ] as const)("writes what the reader of state_dicts reads: %j", (spec) => {
    const model = models.languageModel(rt, spec as Partial<LanguageModelSpec>);
    const { tensors } = parseSafetensors(exportTorch(model));
    const state = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]): [string, Value] => [
        name,
        { dtype: "float32", shape, data: data as Float32Array },
      ]),
    );
    const { cell, hidden, layers, nonlinearity, embedding } = model.spec;
    const graph = torchGraph(state, {
      cell: cell.toUpperCase() as "LSTM" | "GRU" | "RNN",
      ...{
        hidden,
        layers,
        embedding: [V, embedding],
        out: V,
        names: { embedding: "embedding", out: "head" },
      },
      ...(cell === "rnn" && { nonlinearity }),
    });
    const run = new GraphModel(rt, graph);
    const { y } = run.run({ ids: { data: models.tokens, shape: [B, T] } });
    run.dispose();
    models.expectClose(y!.data as Float32Array, models.logitsOf(rt, model));
  });

  it("names tensors like the parts of a module", () => {
    const { metadata, tensors } = parseSafetensors(
      exportTorch(models.classifier(rt, { head: [6, 5], layers: 2, pooling: "mean+max" })),
    );
    expect(Object.entries(tensors).map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      "embedding.weight [11,3]",
      ...[0, 1].flatMap((layer) =>
        ["", "_reverse"].flatMap((end) => [
          `rnn.weight_ih_l${layer}${end} [20,${layer ? 10 : 3}]`,
          `rnn.weight_hh_l${layer}${end} [20,5]`,
          `rnn.bias_ih_l${layer}${end} [20]`,
          `rnn.bias_hh_l${layer}${end} [20]`,
        ]),
      ),
      ...["head.0.weight [6,20]", "head.0.bias [6]", "head.2.weight [5,6]", "head.2.bias [5]"],
      `head.4.weight [${C},5]`,
      `head.4.bias [${C}]`,
    ]);
    expect(metadata.format).toBe("pt");
    expect(JSON.parse(metadata.spec!)).toMatchObject({ task: "classifier", pooling: "mean+max", hidden: 5 });
    expect(JSON.parse(metadata.labels!)).toEqual(["s0", "s1", "s2", "s3"]);
  });

  it("writes no embedding if symbols are one-hot vectors", () => {
    const { tensors } = parseSafetensors(exportTorch(models.languageModel(rt, { embedding: 0 })));
    expect(Object.keys(tensors)).not.toContain("embedding.weight");
    expect(tensors["rnn.weight_ih_l0"]!.shape).toEqual([20, V]);
  });

  it.each([
    [{ cell: "gru", resetAfter: false }, "resetAfter is false, which torch.nn does not have"],
    [{ cell: "gru", resetGate: false }, "resetGate is false, which torch.nn does not have"],
    [{ peepholes: true }, "peepholes is true, which torch.nn does not have"],
    [{ forgetGate: "none" }, 'forgetGate is "none", which torch.nn does not have'],
    [{ activations: ["sigmoid", "relu", "relu"] }, "activations is"],
    [{ norm: "layer" }, 'norm is "layer", which torch.nn does not have'],
    [{ layers: 2, connections: "residual" }, 'connections is "residual", which torch.nn does not have'],
  ] as const)("refuses by name: %j", (spec, problem) => {
    expect(() => exportTorch(models.languageModel(rt, spec as Partial<LanguageModelSpec>))).toThrow(
      `exportTorch: ${problem}`,
    );
  });
});
