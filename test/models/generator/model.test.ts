import { beforeEach, describe, expect, it } from "vitest";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { ConditionalGenerator, generatorVocabulary } from "../../../src/models/generator/model.ts";
import { checkGeneratorSpec, defaultGeneratorSpec } from "../../../src/models/generator/spec.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { CALLS, FEATURES, newGenerator } from "./generators.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const SHAPES = [
  { cell: "lstm" },
  { cell: "gru", layers: 2 },
  { cell: "rnn", embedding: 0 },
  { cell: "lstm", layers: 3, connections: "residual", norm: "layer", head: [5] },
] as const;

const softmaxLogs = (logits: ArrayLike<number>) => {
  const exps = Array.from(logits, Math.exp);
  const all = exps.reduce((a, b) => a + b);
  return exps.map((e) => Math.log(e / all));
};

describe.each(SHAPES)("a generator of %j", (spec) => {
  it("begins every layer with tanh(W condition + b)", () => {
    const model = newGenerator(rt, spec);
    const { layers, hidden: H, cell } = model.spec;
    const x = [0.5, -2, 1, 0, 0.25, 3];
    const { h, c } = model.begin(rt.tensor(x, [2, 3]));
    expect(h.shape).toEqual([layers, 2, H]);
    expect(c?.shape).toEqual(cell === "lstm" ? [layers, 2, H] : undefined);
    const [W, b] = [model.start.weight.data, model.start.bias!.data];
    const all = [...h.data, ...(c?.data ?? [])];
    all.forEach((value, i) => {
      const [layer, sequence, unit] = [Math.floor(i / (2 * H)), Math.floor(i / H) % 2, i % H];
      const row = layer * H + unit;
      const sum = [0, 1, 2].reduce((sum, k) => sum + W[row * 3 + k]! * x[sequence * 3 + k]!, b[row]!);
      expect(value).toBeCloseTo(Math.tanh(sum), 5);
    });
  });

  it("writes by the probabilities that it learns by: streams and whole sequences agree", () => {
    const model = newGenerator(rt, spec);
    const packed = model.pack();
    for (const { condition, tokens } of CALLS.slice(0, 5)) {
      const stream = packed.stream(condition);
      const ids = model.vocabulary.encodeTokens(["<EOS>", ...tokens, "<EOS>"]);
      let sum = 0;
      for (let t = 0; t + 1 < ids.length; t++) {
        stream.feed(ids[t]!);
        sum += softmaxLogs(stream.logits())[ids[t + 1]!]!;
      }
      stream.dispose();
      expect(model.logProbabilities([{ condition, tokens }])[0]).toBeCloseTo(sum, 3);
    }
    packed.dispose();
  });

  it("is the same after its file", () => {
    const model = newGenerator(rt, spec);
    const bytes = serializeModel(model);
    const again = loadModel(rt, bytes, [ConditionalGenerator]);
    expect(again.spec).toEqual(model.spec);
    expect(again.logProbabilities(CALLS)).toEqual(model.logProbabilities(CALLS));
    const parameters = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
    expect(measure((meta) => ConditionalGenerator.build(meta, model.spec, model.tables))).toBe(parameters);
    expectError(
      () => loadModel(rt, bytes, [LanguageModel]),
      "ERR_FORMAT",
      '"generator", expected language-model',
    );
    expectError(() => loadModel(rt, bytes, [Classifier]), "ERR_FORMAT", "expected classifier");
  });

  it("has gradients that agree with central differences", () => {
    const model = newGenerator(rt, { ...spec, hidden: 3, ...("norm" in spec && { norm: "none" }) });
    const batch = model.batches(CALLS.slice(0, 3), { batch: 3 }).at(0);
    const value = () => rt.noGrad(() => rt.scope(() => model.loss(batch).loss.item()));
    rt.scope(() => model.loss(batch).loss.backward());
    for (const [name, tensor] of Object.entries(model.start.parameters())) {
      gradcheck(value, tensor.data as Float32Array, tensor.grad!.toArray(), { label: name, tolerance: 2e-3 });
    }
  });
});

describe("the likelihood of a sequence", () => {
  it("is the same alone, in any batch and with any padding", () => {
    const model = newGenerator(rt);
    const all = model.logProbabilities(CALLS);
    CALLS.slice(0, 12).forEach((example, i) => {
      expect(model.logProbabilities([example])[0]).toBeCloseTo(all[i]!, 4);
    });
    expect(model.logProbabilities([])).toEqual([]);
    expect(model.training).toBe(true);
  });

  it("turns into that of the conditions by Bayes' rule, with a prior or without", () => {
    const model = newGenerator(rt);
    const logs = ["cat", "dog", "cow"].map(
      (condition) => model.logProbabilities([{ condition, tokens: [..."moo"] }])[0]!,
    );
    const prior = { cat: 1, dog: 2, cow: 5 };
    for (const weights of [{ cat: 1, dog: 1, cow: 1 }, prior]) {
      const joint = Object.values(weights).map((weight, i) => weight * Math.exp(logs[i]!));
      const sum = joint.reduce((a, b) => a + b);
      const found = model.conditionsOf("moo", weights);
      expect(found.map(({ probability }) => probability)).toEqual(
        found.map(({ probability }) => probability).sort((a, b) => b - a),
      );
      Object.keys(weights).forEach((name, i) => {
        const one = found.find(({ condition }) => condition === name)!;
        expect(one.logProbability).toBeCloseTo(logs[i]!, 4);
        expect(one.probability).toBeCloseTo(joint[i]! / sum, 4);
      });
    }
    expect(model.conditionsOf("moo")).toEqual(model.conditionsOf("moo", { cat: 1, dog: 1, cow: 1 }));
    expectError(() => model.conditionsOf("moo", { cat: 1, dog: 1 }), "ERR_VALUE", "prior of cow is NaN");
    expectError(() => model.conditionsOf("moo", { cat: 1, dog: 1, cow: -1 }), "ERR_VALUE");
  });

  it("counts symbols that were never seen as unknown, and takes the empty sequence", () => {
    const model = newGenerator(rt);
    const [empty, strange] = model.logProbabilities([
      { condition: "cat", tokens: [] },
      { condition: "cat", tokens: ["ß"] },
    ]);
    expect(empty).toBeLessThan(0);
    expect(strange).toBeLessThan(empty!);
  });

  it("tells damaged weights", () => {
    const model = newGenerator(rt);
    model.head.bias!.data[0] = Number.NaN;
    expectError(() => model.logProbabilities(CALLS), "ERR_NAN");
    expectError(() => [...model.pack().generate({ condition: "cat" })], "ERR_NAN");
  });
});

describe("writing", () => {
  it("gives the same for the same seed, ends at the length, continues from a prompt, and frees everything", () => {
    const model = newGenerator(rt);
    const before = rt.memory.used;
    const packed = model.pack();
    const write = (options: object) => [...packed.generate({ condition: "cow", ...options })].join("");
    expect(write({ seed: 3 })).toBe(write({ seed: 3 }));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => write({ seed }))).size).toBeGreaterThan(1);
    expect(write({ length: 0 })).toBe("");
    for (let seed = 0; seed < 9; seed++) expect([...write({ length: 2, seed })].length).toBeLessThan(3);
    const stream = packed.stream("cow");
    for (const id of model.vocabulary.encodeTokens(["<EOS>", ..."mo"])) stream.feed(id);
    const [likeliest] = [...packed.generate({ condition: "cow", prompt: "mo", temperature: 0, length: 1 })];
    const { symbols } = model.vocabulary;
    const logits = [...stream.logits()].map((x, i) => (symbols[i] === "<UNK>" ? -99 : x));
    expect(likeliest ?? "<EOS>").toBe(symbols[logits.indexOf(Math.max(...logits))]);
    stream.dispose();
    const open = packed.generate({ condition: "cow", length: 3 });
    open.next();
    open.return();
    packed.generate({ condition: "cow" }); // never begun
    packed.dispose();
    packed.dispose();
    expect(rt.memory.used).toBe(before);
  });

  it("joins words by spaces, and takes unknown words of a prompt", () => {
    const examples = [{ condition: "a", tokens: ["so", ",", "well"] }];
    const tables = {
      vocabulary: generatorVocabulary(examples),
      conditions: Vocabulary.fromTokens(["a"], { unknown: false }),
    };
    const model = new ConditionalGenerator(
      rt,
      { ...defaultGeneratorSpec("word"), hidden: 4, embedding: 3 },
      tables,
    );
    const bias = model.head.bias!.data;
    bias.fill(-50);
    bias[model.vocabulary.encodeTokens(["well"])[0]!] = 50;
    expect([...model.pack().generate({ condition: "a", prompt: "Hm", length: 2 })].join("|")).toBe(
      " well| well",
    );
  });

  it("refuses what cannot be, before the first symbol", () => {
    const packed = newGenerator(rt).pack();
    const refuse = (options: object, code: "ERR_DATA" | "ERR_VALUE", message: string) =>
      expectError(() => packed.generate({ condition: "cat", ...options }), code, message);
    refuse({ condition: "bird" }, "ERR_DATA", 'condition "bird": the model knows 3: cat, cow, dog');
    refuse({ condition: [1, 0, 0] }, "ERR_DATA", "the model knows 3");
    refuse({ prompt: "xß" }, "ERR_DATA", '"x" "ß"');
    refuse({ temperature: -1 }, "ERR_VALUE", "temperature");
    refuse({ topP: 0 }, "ERR_VALUE", "topP");
    refuse({ length: Number.NaN }, "ERR_VALUE", "length is NaN");
  });
});

describe("conditions that are vectors", () => {
  it("are read as they are", () => {
    const model = newGenerator(rt, { features: 2 });
    expect(Object.keys(model.tables)).toEqual(["vocabulary"]);
    const tokens = [..."moo"];
    const [a, b] = model.logProbabilities([
      { condition: FEATURES.cat!, tokens },
      { condition: Float64Array.from(FEATURES.cow!), tokens },
    ]);
    expect(a).not.toBe(b);
    expect([...model.pack().generate({ condition: [0, 0], length: 3 })].length).toBeLessThan(4);
    const again = loadModel(rt, serializeModel(model), [ConditionalGenerator]);
    expect(again.logProbabilities([{ condition: FEATURES.cat!, tokens }])).toEqual([a]);
  });

  it("have to fit", () => {
    const model = newGenerator(rt, { features: 2 });
    const score = (condition: string | number[]) => model.logProbabilities([{ condition, tokens: [] }]);
    expectError(() => score([1]), "ERR_DATA", "1 number, expected 2");
    expectError(() => score([1, Number.NaN]), "ERR_DATA", "expected 2 finite numbers");
    expectError(() => score("cat"), "ERR_DATA", '"cat", expected 2 finite numbers');
    expectError(() => model.conditionsOf("moo"), "ERR_VALUE", "vectors, not names");
  });
});

it("a spec and its tables have to fit", () => {
  const spec = defaultGeneratorSpec();
  expectError(() => checkGeneratorSpec({ ...spec, bidirectional: true }), "ERR_VALUE", "the future");
  expectError(() => checkGeneratorSpec({ ...spec, features: -1 }), "ERR_VALUE", "features is -1");
  expectError(() => checkGeneratorSpec({ ...spec, level: "line" }), "ERR_VALUE", "level");
  const vocabulary = generatorVocabulary(CALLS);
  expectError(
    () => new ConditionalGenerator(rt, spec, { vocabulary }),
    "ERR_VALUE",
    "a vocabulary of conditions",
  );
  const tables = { vocabulary: new Vocabulary(["a"]), conditions: new Vocabulary(["b"]) };
  expectError(() => new ConditionalGenerator(rt, spec, tables), "ERR_VALUE", "vocabulary with <EOS>");
});
