import { describe, expect, it } from "vitest";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import {
  checkAutoencoderSpec,
  defaultAutoencoderSpec,
} from "../../../src/models/sequence-to-sequence/spec.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { newAutoencoder, sharpen, WORDS } from "./pairs.ts";

describeRuntimes("an autoencoder", (rt) => {
  it.each([
    { cell: "gru", layers: 1, bidirectional: true, size: 8 },
    { cell: "gru", layers: 2, bidirectional: false, size: 16 },
    { cell: "lstm", layers: 2, bidirectional: true, size: 32 },
  ] as const)("writes from the vector alone what it writes from the text: %j", ({ size, ...spec }) => {
    const model = sharpen(newAutoencoder(rt(), spec));
    expect(model.vectorSize).toBe(size);
    const { used } = rt().memory;
    const vectors = model.encode(WORDS);
    expect(vectors.every((vector) => vector.length === size)).toBe(true);
    expect(new Set(vectors.map(String)).size).toBe(new Set(WORDS).size);
    for (const options of [{ maxLength: 7 }, { beam: 3, maxLength: 7 }]) {
      const written = model.predict(WORDS, options);
      for (const [i, { tokens, text, logProbability }] of model.decode(vectors, options).entries()) {
        expect(text).toBe(tokens.join(""));
        expect(text).toBe(written[i]!.text);
        expect(logProbability).toBeCloseTo(written[i]!.logProbability, 4);
      }
    }
    expect(rt().memory.used).toBe(used);
  });

  it("gives a text the same vector in any batch", () => {
    const model = newAutoencoder(rt(), { dropout: 0.5, layers: 2 });
    const together = model.encode(WORDS);
    WORDS.forEach((word, i) => {
      expect(model.encode([word])[0]).toEqual(together[i]);
    });
  });

  it("goes into a file and comes back", () => {
    const model = newAutoencoder(rt(), { cell: "lstm" });
    const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => Autoencoder.build(meta, model.spec, model.tables))).toBe(size);
    const bytes = serializeModel(model);
    expect(loadModel(rt(), bytes, [Autoencoder]).encode(WORDS)).toEqual(model.encode(WORDS));
    expectError(() => loadModel(rt(), bytes, [EncoderDecoder]), "ERR_FORMAT", "expected encoder-decoder");
  });

  it("refuses wrong texts and vectors", () => {
    const model = newAutoencoder(rt());
    expect([model.encode([]), model.decode([])]).toEqual([[], []]);
    expectError(() => model.encode(["a", ""]), "ERR_DATA", "text 2 is empty");
    expectError(() => model.decode([new Float32Array(7)]), "ERR_SHAPE", "7 numbers, expected 8");
    expectError(() => model.decode([new Float32Array(8)], { beam: 0 }), "ERR_VALUE", "beam is 0");
  });
});

describe("the spec of an autoencoder", () => {
  it("is checked", () => {
    expect(checkAutoencoderSpec(defaultAutoencoderSpec())).toEqual(defaultAutoencoderSpec());
    expectError(
      () => checkAutoencoderSpec({ ...defaultAutoencoderSpec(), attention: "dot" }),
      "ERR_VALUE",
      "attention",
    );
    expectError(() => checkAutoencoderSpec({ ...defaultAutoencoderSpec(), hidden: 5 }), "ERR_VALUE", "even");
  });
});
