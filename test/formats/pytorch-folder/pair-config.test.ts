import { expect, it } from "vitest";
import { pairConfig } from "../../../src/formats/pytorch-folder/pair-config.ts";
import {
  Autoencoder,
  createRuntime,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  FeatureScaling,
  Vocabulary,
} from "../../../src/index.ts";
import { batchBytes } from "../../../src/network/training-memory.ts";

// train.py knows the memory of a batch of pairs by four factors.

const rt = await createRuntime();
const source = new Vocabulary(["a", "b", "<UNK>"]);
const target = new Vocabulary(["x", "<UNK>", "<EOS>"]);
const network = { hidden: 6, layers: 2 };

it.each(["dot", "additive", "none"] as const)("the factors give our bytes of a batch: %s", (attention) => {
  const spec = { ...defaultEncoderDecoderSpec("char", "word"), ...network, attention };
  const model = new EncoderDecoder(rt, spec, { source, target });
  expectBytes(model, target.size);
});

it("the factors give our bytes of a batch of vectors", () => {
  const spec = { ...defaultAutoencoderSpec("char", 3), ...network };
  expectBytes(new Autoencoder(rt, spec, { scaling: FeatureScaling.none(3) }), 3);
});

function expectBytes(model: EncoderDecoder | Autoencoder, outputs: number): void {
  const [ofSource = 0, ofTarget = 0, each = 0, once = 0] = pairConfig(model).pairBytes!;
  for (const [rows, x, y] of [
    [1, 5, 3],
    [7, 2, 9],
    [64, 300, 0],
  ] as const) {
    const steps = y + 1;
    const found = rows * (x * ofSource + steps * ofTarget + x * steps * each) + x * steps * once;
    expect(found).toBe(batchBytes(model, outputs, rows, [x, y]));
  }
}

it("patterns of words are there if a text has words", () => {
  const make = (...levels: Parameters<typeof defaultEncoderDecoderSpec>) =>
    pairConfig(
      new EncoderDecoder(rt, { ...defaultEncoderDecoderSpec(...levels), ...network }, { source, target }),
    );
  expect(make("char", "char").patterns).toBe(undefined);
  expect(make("char", "word").patterns).toHaveProperty("word");
  expect(make("word", "char").patterns).toHaveProperty("word");
});
