import { labelCell } from "../../../src/data/label-set.ts";
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

const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  red: ["colour"],
  blue: ["colour"],
  big: ["size"],
  gold: ["colour", "metal, noble"],
  the: [],
};
const WORDS = Object.keys(MEANINGS);

const sentence = (i: number) =>
  Array.from({ length: 2 + (i % 4) }, (_, t) => WORDS[(i * i + 3 * t * i + t) % 5]!);
const union = (words: readonly string[]) => [...new Set(words.flatMap((word) => MEANINGS[word]!))];

/** Sentences with the labels of all their words, from none to three. */
export const THINGS: readonly Labelled[] = Array.from({ length: 60 }, (_, i) =>
  classifierExample(sentence(i).join(" "), union(sentence(i)), { level: "word" }),
);

/** Sentences with the labels of each word. */
export const MEANT: readonly Labelled[] = Array.from({ length: 60 }, (_, i) => ({
  tokens: sentence(i),
  labels: sentence(i).map((word) => labelCell(MEANINGS[word]!)),
}));

const PLAIN = { dropout: 0, inputDropout: 0, wordDropout: 0, embeddingStart: 1, multiLabel: true };

export function newSetClassifier(rt: Runtime, spec: Partial<ClassifierSpec> = {}): Classifier {
  const small = { ...defaultClassifierSpec(), hidden: 6, embedding: 5, ...PLAIN, ...spec };
  return new Classifier(rt, small, labelTables(THINGS, small, { minCount: 1 }));
}

export function newSetTagger(rt: Runtime, spec: Partial<TaggerSpec> = {}): Tagger {
  const sizes = { hidden: 6, embedding: 5, characters: 4, characterHidden: 3 };
  const small = { ...defaultTaggerSpec(), ...sizes, ...PLAIN, ...spec };
  return new Tagger(rt, small, labelTables(MEANT, small, { minCount: 1 }));
}
