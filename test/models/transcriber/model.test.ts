import { beforeEach, describe, expect, it } from "vitest";
import { ctcLoss } from "../../../src/autograd/ctc.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { Transcriber } from "../../../src/models/transcriber/model.ts";
import { checkTranscriberSpec, defaultTranscriberSpec } from "../../../src/models/transcriber/spec.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { draw, EXAMPLES, newTranscriber } from "./transcribers.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const SEQUENCES = EXAMPLES.map(({ vectors }) => vectors);
const BATCH = { batch: 4, seed: 1 };

describe.each([
  { bidirectional: true },
  { bidirectional: false, cell: "gru", layers: 2 },
  { stack: 3 },
] as const)("a transcriber with %o", (spec) => {
  it("gives a sequence the same logits and text alone and in any batch", () => {
    const model = newTranscriber(rt, spec);
    const [all, texts] = [model.logits(SEQUENCES), model.predict(SEQUENCES)];
    for (const i of [0, 5, 13, 20]) {
      const [alone] = model.logits([SEQUENCES[i]!]);
      expect(alone!.length).toBe(Math.ceil(SEQUENCES[i]!.length / model.spec.stack) * 4);
      alone!.forEach((value, k) => {
        expect(value).toBeCloseTo(all[i]![k]!, 4);
      });
      expect(model.predict([SEQUENCES[i]!])[0]!.text).toBe(texts[i]!.text);
    }
    expect(model.training).toBe(true);
  });

  it("tells the probability of the text that it writes", () => {
    const model = newTranscriber(rt, spec);
    const [{ text, logProbability }] = model.predict([draw("ab ba")]) as [
      { text: string; logProbability: number },
    ];
    const logits = model.logits([draw("ab ba")])[0]!;
    const targets = model.coding.classesOf(text);
    const loss = ctcLoss(
      rt.tensor(logits, [logits.length / 4, 1, 4]),
      rt.tensor(targets, [1, targets.length]),
      {
        reduction: "sum",
      },
    );
    expect(logProbability).toBeCloseTo(-loss.item(), 4);
  });

  it("is the same after its file, which other tasks refuse", () => {
    const model = newTranscriber(rt, spec);
    const bytes = serializeModel(model);
    const again = loadModel(rt, bytes, [Transcriber]);
    expect(again.spec).toEqual(model.spec);
    expect(again.logits(SEQUENCES)).toEqual(model.logits(SEQUENCES));
    const parameters = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
    expect(measure((meta) => Transcriber.build(meta, model.spec, model.tables))).toBe(parameters);
    expectError(() => loadModel(rt, bytes, [Classifier]), "ERR_FORMAT", '"transcriber", expected classifier');
  });
});

describe("the loss", () => {
  it("is that of all symbols whose sequences have enough steps, without symbols that are unknown", () => {
    const model = newTranscriber(rt);
    const examples = [
      { vectors: draw("ab"), text: "ab" },
      { vectors: draw("a"), text: "ab ba" }, // four steps for five symbols
      { vectors: draw("bb"), text: "bxb" }, // x is unknown
    ];
    const batch = model.coding.batches(examples, { batch: 3 }).at(0);
    const { loss, counted, sequences, symbols } = model.loss(batch);
    expect([counted, sequences, symbols]).toEqual([4, 3, examples.flatMap(({ vectors }) => vectors).length]);
    const nats = [0, 2].map((i) => {
      const { vectors, text } = examples[i]!;
      const logits = model.logits([vectors])[0]!;
      const targets = model.coding.classesOf(text);
      return ctcLoss(rt.tensor(logits, [vectors.length, 1, 4]), rt.tensor(targets, [1, 2]), {
        reduction: "sum",
      });
    });
    expect(loss.item()).toBeCloseTo((nats[0]!.item() + nats[1]!.item()) / 4, 4);
    const short = model.coding.batches(examples.slice(1, 2), { batch: 1 }).at(0);
    expect(model.loss(short)).toMatchObject({ counted: 0 });
    expect(model.loss(short).loss.item()).toBe(0);
  });

  it("has gradients that agree with central differences", () => {
    const model = newTranscriber(rt, { hidden: 3, stack: 2, cell: "gru" });
    const batch = model.coding.batches(EXAMPLES.slice(2, 6), BATCH).at(0);
    const value = () => rt.noGrad(() => rt.scope(() => model.loss(batch).loss.item()));
    rt.scope(() => model.loss(batch).loss.backward());
    for (const [name, { data, grad }] of Object.entries(model.parameters())) {
      gradcheck(value, data as Float32Array, grad!.toArray(), { label: name, tolerance: 5e-3 });
    }
  });
});

it("joins neighbouring vectors, and fills the last step with the mean", () => {
  const model = newTranscriber(rt, { stack: 3 });
  const vectors = draw("ab").slice(0, 4);
  const steps = model.coding.inputs(vectors);
  const scaled = model.tables.scaling.apply(vectors);
  expect(steps).toHaveLength(2 * 9);
  expect([...steps]).toEqual([...scaled, ...new Array(6).fill(0)]);
});

it("knows which sequences are too short for their text", () => {
  const model = newTranscriber(rt);
  const short = (steps: number, text: string, stack = 1) =>
    newTranscriber(rt, { stack }).coding.isTooShort({ vectors: draw("abab").slice(0, steps), text });
  expect(model.coding.isTooShort(EXAMPLES[0]!)).toBe(false);
  expect([short(3, "aba"), short(2, "aba")]).toEqual([false, true]);
  expect([short(4, "aab"), short(3, "aab")]).toEqual([false, true]);
  expect([short(7, "aab", 2), short(6, "aab", 2)]).toEqual([false, true]);
});

it("refuses empty sequences, damaged weights, wrong specs and wrong tables", () => {
  const model = newTranscriber(rt);
  expect([model.predict([]), model.logits([])]).toEqual([[], []]);
  expectError(() => model.predict([draw("a"), []]), "ERR_DATA", "sequence 2 is empty");
  expectError(() => model.predict([[[1, 2]]]), "ERR_DATA", "step 1 has 2 numbers, expected 3");
  expectError(() => model.predict([draw("a")], { beam: 0 }), "ERR_VALUE", "beam is 0");
  expectError(() => model.predict([draw("a")], { lengthBonus: 1 }), "ERR_VALUE", "need a languageModel");
  model.head.bias!.data[0] = Number.NaN;
  expectError(() => model.predict([draw("a")]), "ERR_NAN");
  const spec = defaultTranscriberSpec(3);
  expectError(() => checkTranscriberSpec({ ...spec, features: 0 }), "ERR_VALUE", "features is 0");
  expectError(() => checkTranscriberSpec({ ...spec, stack: 0 }), "ERR_VALUE", "stack is 0");
  expectError(() => checkTranscriberSpec({ ...spec, embedding: 4 }), "ERR_VALUE", "embedding is 4");
  expectError(() => checkTranscriberSpec({ ...spec, tied: true }), "ERR_VALUE", "tied is true");
  expectError(() => newTranscriber(rt, { features: 2 }), "ERR_DATA", "3 numbers, expected 2");
  expectError(
    () => new Transcriber(rt, { ...spec, features: 2 }, model.tables),
    "ERR_VALUE",
    "features is 2, but the scaling has 3",
  );
});
