import { expect, it } from "vitest";
import { generatorConfig } from "../../../src/formats/pytorch-folder/generator-config.ts";
import { untrainable } from "../../../src/formats/pytorch-folder/tasks.ts";
import {
  ConditionalGenerator,
  createRuntime,
  defaultGeneratorSpec,
  FeatureScaling,
  Vocabulary,
} from "../../../src/index.ts";
import { batchBytes } from "../../../src/network/training-memory.ts";

// What train.py of a generator knows of its model.

const rt = await createRuntime();
const vocabulary = new Vocabulary(["<EOS>", "a", "<UNK>"]);
const conditions = new Vocabulary(["x", "y", "<UNK>"]);

const make = (level: "char" | "word", own: object = {}) => {
  const spec = { ...defaultGeneratorSpec(level), hidden: 6, ...own };
  const scaling =
    spec.features && spec.condition === "sequence" ? FeatureScaling.none(spec.features) : undefined;
  return new ConditionalGenerator(rt, spec, {
    vocabulary,
    ...(spec.features ? scaling && { scaling } : { conditions }),
  });
};

it("the bytes of a step give our bytes of a batch", () => {
  const model = make("char", { layers: 2, dropout: 0.5 });
  const { stepBytes } = generatorConfig(model);
  expect(7 * 300 * stepBytes!).toBe(batchBytes(model, vocabulary.size, 7, [300]));
});

it("patterns of words are there if a sequence or a condition has words", () => {
  expect(generatorConfig(make("char")).patterns).toBe(undefined);
  expect(generatorConfig(make("char", { features: 3, condition: "sequence" })).patterns).toBe(undefined);
  expect(generatorConfig(make("word")).patterns).toHaveProperty("word");
  expect(generatorConfig(make("char", { condition: "sequence" })).patterns).toHaveProperty("word");
});

it("single vectors are refused, since no file of examples has them", () => {
  expect(untrainable(make("char", { features: 3 }))).toContain("single vectors");
  expect(untrainable(make("char", { features: 3, condition: "sequence" }))).toBe(undefined);
});
