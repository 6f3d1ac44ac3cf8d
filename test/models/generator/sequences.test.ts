import { describe, expect, it } from "vitest";
import { FeatureScaling, type Vector } from "../../../src/data/feature-scaling.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import type { Conditioned } from "../../../src/models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../../../src/models/generator/model.ts";
import { defaultGeneratorSpec, type GeneratorSpec } from "../../../src/models/generator/spec.ts";
import { GeneratorTrainer } from "../../../src/models/generator/trainer.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes, expectError, gradientOf, startRuntime } from "../../runtimes.ts";
import { expectResumed } from "../family.ts";
import { newGenerator } from "./generators.ts";

const CHORDS = ["C", "F", "G", "Am"];
/** Chords, and a melody with the letter of each. */
const TUNES = Array.from({ length: 40 }, (_, i) => {
  const chords = Array.from({ length: 2 + (i % 3) }, (_, k) => CHORDS[(i * (k + 2) + (i >> (k + 1))) % 4]!);
  return { chords, tokens: chords.map((chord) => chord[0]!.toLowerCase()) };
});
const WORDS: Conditioned[] = TUNES.map(({ chords, tokens }) => ({ condition: chords.join(" "), tokens }));
const VECTORS: Conditioned[] = TUNES.map(({ chords, tokens }) => ({
  condition: chords.map((chord): Vector => [CHORDS.indexOf(chord), CHORDS.indexOf(chord) % 2, 1]),
  tokens,
}));
const SMALL = { hidden: 6, embedding: 4, dropout: 0, condition: "sequence" } as const;

const vocabulary = generatorVocabulary(WORDS);
const ofWords = (rt: Runtime, spec: Partial<GeneratorSpec> = {}) =>
  new ConditionalGenerator(
    rt,
    { ...defaultGeneratorSpec("char"), ...SMALL, ...spec },
    { vocabulary, conditions: Vocabulary.fromTokens(CHORDS) },
  );
const ofVectors = (rt: Runtime, spec: Partial<GeneratorSpec> = {}) =>
  new ConditionalGenerator(
    rt,
    { ...defaultGeneratorSpec("char"), ...SMALL, features: 3, ...spec },
    {
      vocabulary,
      scaling: FeatureScaling.of(
        VECTORS.map(({ condition }) => condition as Vector[]),
        3,
      ),
    },
  );
const KINDS = [
  ["words", ofWords, WORDS],
  ["vectors", ofVectors, VECTORS],
] as const;

describeRuntimes("a generator from a sequence", (rt) => {
  describe.each(KINDS)("of %s", (_, make, examples) => {
    it.each([{}, { cell: "gru", layers: 2, embedding: 0 }] as const)(
      "has the gradient of its loss: %j",
      (spec) => {
        const model = make(rt(), spec);
        const batch = model.batches(examples.slice(0, 3), { batch: 3 }).at(0);
        model.loss(batch).loss.backward();
        const loss = () => rt().scope(() => model.loss(batch).loss.item());
        for (const [label, tensor] of Object.entries(model.parameters()))
          gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), { tolerance: 4e-3, label });
      },
    );

    it.each([{}, { cell: "gru", layers: 2 }, { embedding: 0 }] as const)(
      "has the same probabilities alone, in a batch, after its file and step by step: %j",
      (spec) => {
        const model = make(rt(), spec);
        const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
        expect(measure((meta) => ConditionalGenerator.build(meta, model.spec, model.tables))).toBe(size);
        const together = model.logProbabilities(examples);
        examples.slice(0, 5).forEach((example, i) => {
          expect(model.logProbabilities([example])[0]).toBeCloseTo(together[i]!, 4);
        });
        const again = loadModel(rt(), serializeModel(model), [ConditionalGenerator]);
        expect(again.logProbabilities(examples)).toEqual(together);
        const packed = model.pack();
        const { condition, tokens } = examples[2]!;
        const stream = packed.stream(condition);
        const ids = vocabulary.encodeTokens(["<EOS>", ...tokens, "<EOS>"]);
        let sum = 0;
        for (let t = 0; t + 1 < ids.length; t++) {
          stream.feed(ids[t]!);
          const logits = [...stream.logits()];
          sum += logits[ids[t + 1]!]! - Math.log(logits.reduce((all, x) => all + Math.exp(x), 0));
        }
        expect(sum).toBeCloseTo(together[2]!, 3);
      },
    );

    it("learns, and writes what belongs to a sequence", async () => {
      const model = make(rt(), { hidden: 32 });
      const recipe = { batch: 20, lr: 0.02, average: 0 } as const;
      const trainer = new GeneratorTrainer(model, { train: examples, validation: examples }, recipe);
      for (let i = 0; i < 200; i++) trainer.step();
      const { condition, tokens } = examples[7]!;
      expect([...model.pack().generate({ condition, temperature: 0 })].join("")).toBe(tokens.join(""));
    });
  });

  it("refuses conditions of another kind, and what only names have", () => {
    const [words, vectors] = [ofWords(rt()), ofVectors(rt())];
    const given = (model: ConditionalGenerator, condition: unknown) => () =>
      model.logProbabilities([{ condition: condition as string, tokens: ["c"] }]);
    expectError(
      given(words, [[1, 2, 3]]),
      "ERR_DATA",
      "input 1 is a list of vectors, but the model reads texts",
    );
    expectError(given(vectors, "C F"), "ERR_DATA", "input 1 is a text, but the model reads vectors of 3");
    expectError(given(words, " "), "ERR_DATA", "is empty, expected at least one step");
    expectError(given(vectors, []), "ERR_DATA", "is empty, expected at least one step");
    expectError(given(vectors, [[1, 2]]), "ERR_DATA", "step 1 has 2 numbers, expected 3");
    expectError(given(vectors, [[1, Number.NaN, 2]]), "ERR_DATA", "numbers that are not finite");
    for (const model of [words, vectors])
      expectError(() => model.conditionsOf("cf"), "ERR_VALUE", "conditions are sequences, not names");
    expectError(() => new ConditionalGenerator(rt(), vectors.spec, { vocabulary }), "ERR_VALUE", "scaling");
    expectError(
      () => new ConditionalGenerator(rt(), { ...words.spec, condition: "two" as never }, words.tables),
      "ERR_VALUE",
      "condition is",
    );
  });

  it("is not in the file of a generator from names", () => {
    const header = new TextDecoder().decode(serializeModel(newGenerator(rt())).slice(0, 3000));
    expect(header).not.toMatch(/"condition"/);
  });
});

it.each(KINDS)(
  "a generator from %s, stopped and resumed, is the one that was not",
  async (_, make, examples) => {
    const parts = { train: examples, validation: examples };
    await expectResumed({
      kinds: [ConditionalGenerator],
      begin: (rt) => new GeneratorTrainer(make(rt, { dropout: 0.2 }), parts, { batch: 16 }),
      resume: (model: ConditionalGenerator, recipe) => new GeneratorTrainer(model, parts, recipe),
      ...{ after: 5, iterations: 9, validateEvery: 3 },
    });
  },
);

it("each kind of condition is refused by the method of the other one", async () => {
  const rt = await startRuntime();
  const { condition } = VECTORS[0]!;
  for (const [single, given] of [
    [newGenerator(rt), [[1, 2, 3]]],
    [newGenerator(rt), "up"],
  ] as const) {
    expectError(
      () => single.steps(given),
      "ERR_VALUE",
      "steps: the model's conditions are single; use vector",
    );
  }
  const message = "vector: the model's conditions are sequences; use steps";
  expectError(() => ofVectors(rt).vector([1, 2, 3]), "ERR_VALUE", message);
  expectError(() => ofWords(rt).vector("C"), "ERR_VALUE", message);
  expect(ofVectors(rt).steps(condition)).toHaveLength(3 * condition.length);
});

it("a batch of sequences without the lengths of its conditions is refused", async () => {
  const model = ofVectors(await startRuntime());
  const { conditionLengths: _, ...batch } = model
    .batches(VECTORS.slice(0, 3), { batch: 3 })
    .at(0) as never as {
    conditionLengths: number[];
  };
  expectError(() => model.loss(batch as never), "ERR_VALUE", "loss: conditionLengths");
});

it("the vectors of names are made batch by batch", async () => {
  const names = Array.from({ length: 2000 }, (_, i) => `n${i}`);
  const model = new ConditionalGenerator(
    await startRuntime(),
    { ...defaultGeneratorSpec("char"), hidden: 4, embedding: 0, dropout: 0 },
    { vocabulary, conditions: Vocabulary.fromTokens(names, { unknown: false }) },
  );
  const examples = names.map((condition) => ({ condition, tokens: ["c"] }));
  const kept = process.memoryUsage().arrayBuffers;
  const batches = model.batches(examples, { batch: 2 });
  // All of them have 16 MB.
  expect(process.memoryUsage().arrayBuffers - kept).toBeLessThan(4e6 + 16e6 / 2);
  const { conditions, sequences } = batches.at(3);
  expect(
    Array.from(
      sequences,
      (n, b) => conditions[b * 2000 + model.tables.conditions!.symbols.indexOf(names[n]!)],
    ),
  ).toEqual([1, 1]);
  expect((conditions as Float32Array).reduce((sum, one) => sum + one, 0)).toBe(2);
});
