import { describe, expect, it } from "vitest";
import type { Forecaster } from "../../src/models/forecaster/model.ts";
import type { WindowBatch } from "../../src/models/forecaster/windows.ts";
import { ConditionalGenerator } from "../../src/models/generator/model.ts";
import type { LabelBatch } from "../../src/models/labels/batches.ts";
import type { LabelModel } from "../../src/models/labels/model.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { Module } from "../../src/nn/module.ts";
import { clipGradNorm } from "../../src/optim/clip.ts";
import type { LayerFlow } from "../../src/train/gradient-flow.ts";
import { modelGradientFlow } from "../../src/train/model-gradient-flow.ts";
import { expectClose } from "../close.ts";
import { expectError } from "../runtimes.ts";
import { begin, EXAMPLES, type Example } from "../tasks/examples.ts";

/** The recurrent parts of the models of each task. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  "encoder-decoder": ["encoder.rnn", "decoder.rnn"],
  autoencoder: ["encoder.rnn", "decoder.rnn"],
  tagger: ["rnn", "characters.rnn"],
};

/** The parameters, their gradients, and the position of the random numbers. */
const traces = (model: TaskModel) => ({
  parameters: model.stateDict(),
  gradients: Object.values(model.parameters()).map(({ grad }) => grad?.toArray()),
  random: model.runtime.random.state,
  training: model.training,
});

it.each(Object.entries(EXAMPLES))("%s: every layer has a norm, and nothing changes", async (_, example) => {
  const { trainer } = await begin(example);
  trainer.step();
  const { model } = trainer;
  const before = traces(model);
  const batch = trainer.nextBatch();
  const { flow, gradientNorm, clippedNorm } = modelGradientFlow(model, batch, { clip: 0.01, clipBy: "norm" });
  expect(traces(model)).toEqual(before);
  const readsCondition = model instanceof ConditionalGenerator && model.condition;
  const parts = readsCondition ? ["rnn", "condition.rnn"] : (PARTS[example.task] ?? [undefined]);
  expect([...new Set(flow.map(({ part }) => part))]).toEqual(parts);
  for (const { norms } of flow) {
    expect(norms.length).toBeGreaterThan(0);
    for (const norm of norms) expect(norm).toBeGreaterThanOrEqual(0);
    expect(Math.max(...norms)).toBeGreaterThan(0);
  }
  expect(clippedNorm).toBeCloseTo(Math.min(0.01, gradientNorm), 6);
  // The norm is that of an iteration, without dropout.
  const rt = model.runtime;
  const expected = rt.scope(() => {
    for (const { grad } of Object.values(model.parameters())) grad?.data.fill(0);
    const { loss, counted, sequences } = model.inference(() => model.loss(batch));
    loss.backward(rt.tensor([counted / sequences], []));
    return clipGradNorm(model.parameters(), Infinity);
  });
  expect(gradientNorm).toBeCloseTo(expected, 5);
});

/** Returns the root mean square norm of W^T d over the sequences, where d are the gradients of the outputs. */
function throughHead(
  weight: { data: ArrayLike<number>; shape: readonly number[] },
  rows: readonly number[][],
  from = 0,
  width = weight.shape[1]!,
) {
  const squares = rows.map((d) =>
    Array.from({ length: width }, (_, j) =>
      d.reduce((sum, own, c) => sum + own * weight.data[c * weight.shape[1]! + from + j]!, 0),
    ).reduce((sum, x) => sum + x * x, 0),
  );
  return Math.sqrt(squares.reduce((sum, x) => sum + x) / rows.length);
}

const start = async (name: string, changes: Partial<Example> = {}) => {
  const { trainer } = await begin({ ...EXAMPLES[name]!, ...changes });
  return { trainer, model: trainer.model };
};

describe("the loss of one step of each sequence", () => {
  it("of a tagger is the last one, for the backward direction the first one", async () => {
    const { trainer, model } = await start("a tagger", { spec: { bidirectional: true, characters: 0 } });
    const tagger = model as LabelModel;
    const batch = trainer.nextBatch() as LabelBatch;
    const { flow } = modelGradientFlow(model, batch);
    const B = batch.lengths.length;
    const H = tagger.spec.hidden;
    const C = tagger.labels.size;
    const rt = tagger.runtime;
    const logits = tagger.inference(() =>
      rt.scope(() =>
        tagger
          .forward(rt.tensor(batch.inputs as Int32Array, [batch.steps, B]), batch.lengths)
          .logits.toArray(),
      ),
    );
    const probabilities = tagger.probabilitiesOf(logits as Float32Array);
    const weight = tagger.parameters()["head.weight"] ?? tagger.parameters()["head.layers.0.weight"]!;
    for (const direction of [0, 1]) {
      const rows = batch.lengths.map((length, b) => {
        const at = (direction ? 0 : length - 1) * B + b;
        return Array.from(
          { length: C },
          (_, c) => probabilities[at * C + c]! - (batch.targets[at] === c ? 1 : 0),
        );
      });
      const own = flow.find((one) => one.direction === direction)!;
      expectClose([own.norms[0]!], [throughHead(weight, rows, direction * H, H)]);
      expect(own.norms).toHaveLength(batch.steps);
    }
  });

  it("of a forecaster is the last row's, and leaves out the errors of the rows before", async () => {
    const { trainer, model } = await start("a forecaster", { recipe: { seq: 7, batch: 3 } });
    const forecaster = model as Forecaster;
    const batch = trainer.nextBatch() as WindowBatch;
    const { flow } = modelGradientFlow(model, batch);
    const rt = forecaster.runtime;
    const B = 3;
    const outputs = rt.scope(() => forecaster.inference(() => forecaster.loss(batch)).outputs.toArray());
    const O = outputs.length / batch.steps / B;
    const rows = Array.from({ length: B }, (_, b) => {
      const at = ((batch.steps - 1) * B + b) * O;
      return Array.from({ length: O }, (_, i) => (2 * (outputs[at + i]! - batch.targets[at + i]!)) / O);
    });
    const weight = Object.entries(forecaster.parameters()).find(([name]) => /^head.*weight$/.test(name))![1];
    expectClose([flow[0]!.norms[0]!], [throughHead(weight, rows)]);
    expect(flow[0]!.norms).toHaveLength(batch.steps);
  });
});

it("names the part of each layer if there are several, in their order", async () => {
  const { trainer, model } = await start("an encoder-decoder", { spec: { layers: 2, bidirectional: false } });
  const { flow } = modelGradientFlow(model, trainer.nextBatch());
  expect(flow.map(({ part, layer, direction }: LayerFlow) => [part, layer, direction])).toEqual([
    ["encoder.rnn", 0, 0],
    ["encoder.rnn", 1, 0],
    ["decoder.rnn", 0, 0],
    ["decoder.rnn", 1, 0],
  ]);
});

it("weights that are not finite are named, and what is no model is refused", async () => {
  const { trainer, model } = await start("a classifier");
  const batch = trainer.nextBatch();
  expectError(() => modelGradientFlow({} as TaskModel, batch), "ERR_VALUE", "modelGradientFlow: model");
  expectError(() => modelGradientFlow(model, 3), "ERR_VALUE", "batch");
  const [weight] = Object.values((model as Module).parameters());
  weight!.data.fill(Number.NaN);
  expectError(() => modelGradientFlow(model, batch), "ERR_NAN");
});
