import type { Vector } from "../../../src/data/feature-scaling.ts";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { EncoderDecoder, sequencePair } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import type { SequencePair } from "../../../src/models/sequence-to-sequence/pairs.ts";
import {
  type AutoencoderSpec,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
  type EncoderDecoderSpec,
} from "../../../src/models/sequence-to-sequence/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** Numbers in a vector: where a pen is, and its pressure, which is always 3. */
export const FEATURES = 3;

const STEPS = { up: [0, 1], down: [0, -1], left: [-1, 0], right: [1, 0] } as const;

/** Strokes of 4 to 8 vectors in one or two directions, and the words for them. */
export const STROKES = Array.from({ length: 48 }, (_, i) => {
  const names = Object.keys(STEPS) as (keyof typeof STEPS)[];
  const [first, second] = [names[i % 4]!, names[(i + (i >> 2)) % 4]!];
  const length = 2 + (i % 3);
  let [x, y] = [(i % 5) - 2, ((i * 3) % 7) - 3];
  const vectors = [first, second].flatMap((name) =>
    Array.from({ length }, (): Vector => {
      x += STEPS[name][0];
      y += STEPS[name][1];
      return [x, y, 3];
    }),
  );
  return { vectors, text: first === second ? first : `${first} ${second}` };
});

export const VECTORS: readonly (readonly Vector[])[] = STROKES.map(({ vectors }) => vectors);

export const STROKE_PAIRS: readonly SequencePair<Vector>[] = STROKES.map(({ vectors, text }) => ({
  source: vectors,
  target: sequencePair("", text, { sourceLevel: "char", targetLevel: "word", lowerCase: false }).target,
}));

const SMALL = { hidden: 8, dropout: 0 };

export function newDescriber(rt: Runtime, spec: Partial<EncoderDecoderSpec> = {}): EncoderDecoder {
  const whole = { ...defaultEncoderDecoderSpec("word", "word", FEATURES), ...SMALL, embedding: 5, ...spec };
  return new EncoderDecoder(rt, whole, EncoderDecoder.tablesOf(STROKE_PAIRS, whole, 1));
}

export function newStrokeAutoencoder(rt: Runtime, spec: Partial<AutoencoderSpec> = {}): Autoencoder {
  const whole = { ...defaultAutoencoderSpec("char", FEATURES), ...SMALL, ...spec };
  return new Autoencoder(rt, whole, Autoencoder.tablesOf(VECTORS, whole));
}
