import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { EncoderDecoder, sequencePair } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import type { SequenceToSequence } from "../../../src/models/sequence-to-sequence/model.ts";
import type { SequencePair } from "../../../src/models/sequence-to-sequence/pairs.ts";
import {
  type AutoencoderSpec,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
  type EncoderDecoderSpec,
} from "../../../src/models/sequence-to-sequence/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** Words of 1 to 5 letters, each with its letters in reverse order as words. */
export const WORDS: readonly string[] = Array.from({ length: 60 }, (_, i) => {
  const letters = Array.from(
    { length: 1 + (i % 5) },
    (_, k) => "abcd"[(i * (k + 3) + (i >> (k + 1)) + k) % 4]!,
  );
  return letters.join("");
});

const SMALL = { hidden: 8, embedding: 5, dropout: 0, inputDropout: 0 };
const LEVELS = { sourceLevel: "char", targetLevel: "word", lowerCase: false } as const;

export const PAIRS: readonly SequencePair[] = WORDS.map((word) =>
  sequencePair(word, [...word].reverse().join(" "), LEVELS),
);

export function newEncoderDecoder(rt: Runtime, spec: Partial<EncoderDecoderSpec> = {}): EncoderDecoder {
  const whole = { ...defaultEncoderDecoderSpec("char", "word"), ...SMALL, ...spec };
  return new EncoderDecoder(rt, whole, EncoderDecoder.tablesOf(PAIRS, whole, 1));
}

export function newAutoencoder(rt: Runtime, spec: Partial<AutoencoderSpec> = {}): Autoencoder {
  const whole = { ...defaultAutoencoderSpec("char"), ...SMALL, ...spec };
  const sequences = WORDS.map((word) => [...word]);
  return new Autoencoder(rt, whole, Autoencoder.tablesOf(sequences, whole));
}

/** Makes the outputs of fresh weights uneven, so that hypotheses differ in more than rounding. */
export function sharpen<M extends SequenceToSequence>(model: M): M {
  const { weight } = model.decoder.head;
  weight.data.forEach((w, i) => {
    weight.data[i] = 6 * w;
  });
  return model;
}
