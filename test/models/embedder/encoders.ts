import { encoderVocabulary, SequenceEncoder } from "../../../src/models/embedder/model.ts";
import type { TextPair } from "../../../src/models/embedder/pairs.ts";
import { defaultEncoderSpec, type EncoderSpec } from "../../../src/models/embedder/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

const WHO = ["cat", "dog", "cow", "man"] as const;
const DOES = ["eats", "sees", "likes", "hears"] as const;
const WHOM = ["mice", "birds", "trees"] as const;

/** Sentences and the same with their words turned round, in another spelling. */
export const PAIRS: readonly TextPair[] = WHO.flatMap((who) =>
  DOES.flatMap((does) =>
    WHOM.map((whom): TextPair => [`The ${who} ${does} ${whom}.`, `${whom}o o${does} la ${who}o`]),
  ),
);

export function newEncoder(
  rt: Runtime,
  spec: Partial<EncoderSpec> = {},
  pairs: readonly TextPair[] = PAIRS,
): SequenceEncoder {
  const { level = "word" } = spec;
  const small = { hidden: 8, embedding: 6, size: 7, dropout: 0, inputDropout: 0 };
  return new SequenceEncoder(
    rt,
    { ...defaultEncoderSpec(level), ...small, ...spec },
    { vocabulary: encoderVocabulary(pairs, level) },
  );
}
