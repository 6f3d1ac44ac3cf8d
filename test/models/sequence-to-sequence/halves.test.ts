import { describe, expect, it } from "vitest";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import type { SequenceToSequence } from "../../../src/models/sequence-to-sequence/model.ts";
import type { EncoderDecoderSpec } from "../../../src/models/sequence-to-sequence/spec.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes, gradientOf } from "../../runtimes.ts";
import { newAutoencoder, newEncoderDecoder, sharpen, WORDS } from "./pairs.ts";

// Encoders and decoders of different depth, width and cell.

/** The fields, and the numbers of the encoder's and of the decoder's states. */
const HALVES: readonly (readonly [Partial<EncoderDecoderSpec>, encoder: number, decoder: number])[] = [
  [{ encoderLayers: 2, layers: 4 }, 16, 32],
  [{ encoderLayers: 3, layers: 1, cell: "lstm" }, 48, 16],
  [{ encoderLayers: 3, encoderHidden: 6, layers: 4, attention: "additive" }, 18, 32],
  [{ encoderCell: "gru", cell: "lstm" }, 8, 16],
  [{ encoderCell: "lstm", cell: "gru", bidirectional: false, attention: "none" }, 16, 8],
  [{ encoderCell: "lstm", cell: "rnn", encoderHidden: 4, layers: 2, attention: "none" }, 16, 16],
  [{ encoderHidden: 12, attention: "additive", connections: "dense", layers: 2, norm: "layer" }, 24, 16],
];

describeRuntimes("an encoder and a decoder that differ", (rt) => {
  const oneBatch = (model: SequenceToSequence, words: readonly string[]) => {
    const ids = model.encodePairs(
      words.map((word) => ({ source: [...word], target: [...word].reverse().slice(0, 3) })),
    );
    return [...new PairBatches(ids, { batch: words.length, pool: 1 }).once()][0]!;
  };

  describe.each(HALVES)("%j", (spec, from, to) => {
    it("have a bridge from all final states to all initial states", () => {
      const { bridge } = newEncoderDecoder(rt(), spec).decoder;
      expect(bridge!.weight.shape).toEqual([to, from]);
      expect(bridge!.bias!.shape).toEqual([to]);
    });

    it("has the gradient of its loss", () => {
      const model = newEncoderDecoder(rt(), { ...spec, embedding: 3 });
      const batch = oneBatch(model, ["cab", "d", "badc"]);
      model.loss(batch).loss.backward();
      const loss = () => rt().scope(() => model.loss(batch).loss.item());
      for (const [label, tensor] of Object.entries(model.parameters())) {
        gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), { tolerance: 4e-3, label });
      }
      expect(gradientOf(model.decoder.bridge!.weight).some((slope) => Math.abs(slope) > 1e-5)).toBe(true);
    });

    it("writes greedily what a loop over whole prefixes writes, and as a beam what its loss gives", () => {
      const model = sharpen(newEncoderDecoder(rt(), spec)).train(false);
      const { symbols, unknownId, size: V } = model.target;
      const { used } = rt().memory;
      for (const word of WORDS.slice(0, 12)) {
        const tokens: number[] = [model.end];
        let sum = 0;
        for (let written = -1; tokens.length <= 6 && written !== model.end; tokens.push(written)) {
          const logits = rt().noGrad(() =>
            rt().scope(() => {
              const source = model.source!.encodeTokens([...word]);
              const target = rt().tensor(Int32Array.from(tokens), [tokens.length, 1]);
              const encoded = model.encodeBatch(source, [source.length]);
              return model.decoder.forward(target, encoded, [tokens.length]).toArray().slice(-V);
            }),
          );
          if (unknownId !== null) logits[unknownId] = Number.NEGATIVE_INFINITY;
          written = logits.indexOf(Math.max(...logits));
          sum += logits[written]! - Math.log([...logits].reduce((all, x) => all + Math.exp(x), 0));
        }
        const [found] = model.predict([word], { maxLength: 6 });
        const own = tokens.slice(1).filter((id) => id !== model.end);
        expect(found!.tokens).toEqual(own.map((id) => symbols[id]));
        expect(found!.logProbability).toBeCloseTo(sum, 4);
        const [wide] = model.predict([word], { beam: 500, maxLength: 2 });
        const [narrow] = model.predict([word], { beam: 1, maxLength: 2 });
        expect(wide!.logProbability).toBeGreaterThanOrEqual(narrow!.logProbability - 1e-5);
      }
      expect(rt().memory.used).toBe(used);
    });

    it("goes into a file and comes back", () => {
      const model = sharpen(newEncoderDecoder(rt(), spec));
      const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
      expect(measure((meta) => EncoderDecoder.build(meta, model.spec, model.tables))).toBe(size);
      const again = loadModel(rt(), serializeModel(model), [EncoderDecoder]);
      expect(again.spec).toEqual(model.spec);
      const options = { beam: 3, maxLength: 5, attention: true };
      expect(again.predict(WORDS, options)).toEqual(model.predict(WORDS, options));
    });
  });

  it.each([
    {},
    { encoderLayers: 2, layers: 2 },
    { encoderHidden: 8 },
    { encoderCell: "gru" },
    { encoderCell: "rnn" },
  ] as const)("has no bridge if the states have the same shape: %j", (spec) => {
    const { decoder, encoder } = newEncoderDecoder(rt(), spec);
    expect(decoder.bridge).toBeUndefined();
    const state = rt().scope(() => encoder.forward(rt().tensor(Int32Array.of(0), [1, 1]), [1]).state);
    expect(decoder.begin(state)).toBe(state);
  });

  it("says the same with and without fields that repeat the decoder's", () => {
    const { state } = rt().random;
    const same = newEncoderDecoder(rt(), { layers: 2 }).stateDict();
    rt().random.state = state;
    const fields = { layers: 2, encoderLayers: 2, encoderHidden: 8, encoderCell: "gru" } as const;
    expect(newEncoderDecoder(rt(), fields).stateDict()).toEqual(same);
  });

  it.each([
    [{ encoderHidden: 4, layers: 2 }, 8],
    [{ encoderLayers: 2, encoderCell: "lstm" }, 32],
    [{ encoderLayers: 2, cell: "lstm", encoderCell: "gru", bidirectional: false }, 16],
  ] as const)("as an autoencoder has the encoder's states as its vector: %j", (spec, size) => {
    const model = sharpen(newAutoencoder(rt(), spec));
    expect(model.vectorSize).toBe(size);
    const { used } = rt().memory;
    const vectors = model.encode(WORDS);
    expect(vectors.every((vector) => vector.length === size)).toBe(true);
    for (const options of [{ maxLength: 7 }, { beam: 3, maxLength: 7 }]) {
      const written = model.predict(WORDS, options);
      for (const [i, { text, logProbability }] of model.decode(vectors, options).entries()) {
        expect(text).toBe(written[i]!.text);
        expect(logProbability).toBeCloseTo(written[i]!.logProbability, 4);
      }
    }
    expect(rt().memory.used).toBe(used);
    expect(loadModel(rt(), serializeModel(model), [Autoencoder]).encode(WORDS)).toEqual(vectors);
  });
});
