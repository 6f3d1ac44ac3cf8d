import type { Labelled } from "../../../src/data/labelled.ts";
import { labelTables } from "../../../src/models/labels/batches.ts";
import { Classifier, classifierExample } from "../../../src/models/labels/classifier.ts";
import {
  type ClassifierSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
  type TaggerSpec,
} from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** Sentences of a small grammar; a "not" anywhere in a sentence inverts its label. */
export const REVIEWS: readonly Labelled[] = Array.from({ length: 80 }, (_, i) => {
  const [thing, good] = [["film", "book", "meal"][i % 3], i % 2 === 0];
  const not = i % 5 < 2;
  const text = `the ${thing} ${i % 7 ? "was" : "surely was"} ${not ? "not " : ""}${good ? "good" : "bad"}`;
  return classifierExample(text, good !== not ? "pos" : "neg", { level: "word" });
});

/** Names of one or two words, marked as spans, in sentences of 3 to 6 words. */
export const NAMES: readonly Labelled[] = Array.from({ length: 60 }, (_, i) => {
  const name = [["Ann"], ["Ann", "Lee"], ["Bob"]][i % 3]!;
  const before = ["we", "saw", "then"].slice(i % 2);
  const after = i % 4 ? ["."] : [];
  return {
    tokens: [...before, ...name, ...after],
    labels: [
      ...before.map(() => "O"),
      ...name.map((_, n) => `${n ? "I" : "B"}-PER`),
      ...after.map(() => "O"),
    ],
  };
});

const PLAIN = { dropout: 0, inputDropout: 0, wordDropout: 0, embeddingStart: 1 };

export function newClassifier(rt: Runtime, spec: Partial<ClassifierSpec> = {}): Classifier {
  const small = { ...defaultClassifierSpec(), hidden: 6, embedding: 5, ...PLAIN, ...spec };
  return new Classifier(rt, small, labelTables(REVIEWS, small, { minCount: 1 }));
}

export function newTagger(rt: Runtime, spec: Partial<TaggerSpec> = {}): Tagger {
  const sizes = { hidden: 6, embedding: 5, characters: 4, characterHidden: 3 };
  const small = { ...defaultTaggerSpec(), ...sizes, ...PLAIN, ...spec };
  return new Tagger(rt, small, labelTables(NAMES, small, { minCount: 1 }));
}
