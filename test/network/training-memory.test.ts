import { expect, it, vi } from "vitest";
import { labelTables } from "../../src/models/labels/batches.ts";
import { Classifier } from "../../src/models/labels/classifier.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../../src/models/labels/spec.ts";
import { Tagger } from "../../src/models/labels/tagger.ts";
import { LabelTrainer } from "../../src/models/labels/trainer.ts";
import { EncoderDecoder } from "../../src/models/sequence-to-sequence/encoder-decoder.ts";
import { defaultEncoderDecoderSpec } from "../../src/models/sequence-to-sequence/spec.ts";
import { SequenceTrainer } from "../../src/models/sequence-to-sequence/trainer.ts";
import { batchBytes, batchRoom, type Steps } from "../../src/network/training-memory.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { startRuntime } from "../runtimes.ts";

const words = (n: number, i: number) => Array.from({ length: n }, (_, t) => `w${(t * 7 + i) % 20}`);

/** Makes a trainer of a classifier or tagger. */
function labels(rt: Runtime, task: "classifier" | "tagger", steps: number, batch: number, spec: object) {
  const train = Array.from({ length: batch }, (_, i) => {
    const tokens = words(steps, i);
    return { tokens, labels: task === "tagger" ? tokens.map((_, t) => "xy"[t % 2]!) : ["xy"[i % 2]!] };
  });
  const defaults = task === "tagger" ? defaultTaggerSpec() : defaultClassifierSpec();
  const whole = { ...defaults, ...spec } as never;
  const Model = task === "tagger" ? Tagger : Classifier;
  const model = new Model(rt, whole, labelTables(train, whole, { minCount: 1 }));
  return new LabelTrainer(model, { train, validation: train }, { batch });
}

function pairs(rt: Runtime, steps: number, batch: number, spec: object) {
  const train = Array.from({ length: batch }, (_, i) => ({
    source: words(steps, i),
    target: words(steps, i),
  }));
  const whole = { ...defaultEncoderDecoderSpec("word", "word"), ...spec };
  const model = new EncoderDecoder(rt, whole, EncoderDecoder.tablesOf(train, whole, 1));
  return new SequenceTrainer(model, { train, validation: train }, { batch });
}

const CASES: Readonly<Record<string, (rt: Runtime) => readonly [Trainer, number, number, Steps]>> = {
  "a classifier with a wide embedding": (rt) => [
    labels(rt, "classifier", 2000, 8, { hidden: 8 }),
    0,
    8,
    [2000],
  ],
  "a classifier with three layers": (rt) => {
    const spec = { hidden: 16, layers: 3, norm: "layer", connections: "residual" };
    return [labels(rt, "classifier", 2000, 8, spec), 0, 8, [2000]];
  },
  "a GRU in one direction": (rt) => {
    const spec = { cell: "gru", hidden: 32, layers: 2, bidirectional: false };
    return [labels(rt, "classifier", 2000, 8, spec), 0, 8, [2000]];
  },
  "a tagger that reads characters": (rt) => [labels(rt, "tagger", 2000, 8, { hidden: 8 }), 2, 8, [2000]],
  "an encoder-decoder with attention": (rt) => [pairs(rt, 500, 16, { hidden: 32 }), 22, 16, [500, 500]],
  "an encoder-decoder with additive attention": (rt) => [
    pairs(rt, 200, 32, { hidden: 32, attention: "additive" }),
    22,
    32,
    [200, 200],
  ],
};

it.each(Object.entries(CASES))("the memory of a batch is known before: %s", async (_, make) => {
  const rt = await startRuntime();
  const [trainer, outputs, rows, steps] = make(rt);
  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
  trainer.step();
  const bytes = grow.mock.calls.reduce((sum, [pages]) => sum + pages * 65_536, 0);
  grow.mockRestore();
  const expected = batchBytes(trainer.model, outputs, rows, steps);
  // The memory grows by eighths, so it may have that much more than it needs.
  expect(bytes / expected).toBeGreaterThan(0.8);
  expect(bytes / expected).toBeLessThan(1.2);
  rt.dispose();
});

it("has less room in a batch for sequences that are far longer than the others", () => {
  const model = { spec: { ...defaultClassifierSpec(), hidden: 64 }, parameterCount: 1000 };
  const steps = Array.from({ length: 100 }, (_, i): Steps => [i === 7 ? 20_000 : 10]);
  const room = batchRoom(model, 0, 32, steps)!;
  expect([room(7), room(8)]).toEqual([8, 32]); // 20,000 x 1600 numbers x 4 bytes: 128 MB a row
  expect(batchRoom(model, 0, 32, steps.slice(8))).toBeUndefined();
  const all = steps.map((): Steps => [20_000]);
  expect(batchRoom(model, 0, 32, all), "none is longer than the others").toBeUndefined();
});
