import type { Vector } from "../../../src/data/feature-scaling.ts";
import type { Labelled, Step } from "../../../src/data/labelled.ts";
import { labelTables } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import {
  type ClassifierSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
  type TaggerSpec,
} from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** Two tones of 3 to 9 samples, slow and fast, each next to a loudness on another scale that carries no information. */
export const TONES: readonly Labelled<Vector>[] = Array.from({ length: 60 }, (_, i) => {
  const fast = i % 2 === 1;
  const tokens = Array.from({ length: 3 + (i % 7) }, (_, t) => [
    ((fast ? (t + i) % 2 : Math.floor((t + i) / 3) % 2) - 0.5) * 2,
    500 + ((i * 7 + t * 3) % 11),
  ]);
  return { tokens, labels: [fast ? "fast" : "slow"] };
});

/** The same with a label for each sample: its sign. */
export const SIGNS: readonly Labelled<Vector>[] = TONES.map(({ tokens }) => ({
  tokens,
  labels: tokens.map((step) => (step[0]! > 0 ? "up" : "down")),
}));

const SMALL = { hidden: 6, dropout: 0 };

export function newVectorClassifier(
  rt: Runtime,
  given: Partial<ClassifierSpec> = {},
  examples: readonly Labelled<Step>[] = TONES,
): Classifier {
  const spec = { ...defaultClassifierSpec("word", 2), ...SMALL, ...given };
  return new Classifier(rt, spec, labelTables(examples, spec));
}

export function newVectorTagger(rt: Runtime, given: Partial<TaggerSpec> = {}): Tagger {
  const spec = { ...defaultTaggerSpec(2), ...SMALL, ...given };
  return new Tagger(rt, spec, labelTables(SIGNS, spec));
}
