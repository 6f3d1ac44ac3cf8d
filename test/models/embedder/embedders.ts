import { embedderVocabulary, SequenceEmbedder } from "../../../src/models/embedder/model.ts";
import type { TextPair } from "../../../src/models/embedder/pairs.ts";
import { defaultEmbedderSpec, type EmbedderSpec } from "../../../src/models/embedder/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

const WHO = ["cat", "dog", "cow", "man"] as const;
const DOES = ["eats", "sees", "likes", "hears"] as const;
const WHOM = ["mice", "birds", "trees"] as const;

/** Sentences, paired with their words in reverse order and another spelling. */
export const PAIRS: readonly TextPair[] = WHO.flatMap((who) =>
  DOES.flatMap((does) =>
    WHOM.map((whom): TextPair => [`The ${who} ${does} ${whom}.`, `${whom}o o${does} la ${who}o`]),
  ),
);

export function newEmbedder(
  rt: Runtime,
  spec: Partial<EmbedderSpec> = {},
  pairs: readonly TextPair[] = PAIRS,
): SequenceEmbedder {
  const { level = "word" } = spec;
  const small = { hidden: 8, embedding: 6, size: 7, dropout: 0, inputDropout: 0 };
  return new SequenceEmbedder(
    rt,
    { ...defaultEmbedderSpec(level), ...small, ...spec },
    { vocabulary: embedderVocabulary(pairs, level) },
  );
}
