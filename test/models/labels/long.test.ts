import { describe, expect, it } from "vitest";
import type { Step } from "../../../src/data/labelled.ts";
import { labelTables } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { LONG } from "../../../src/models/labels/long.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { evaluateLabels } from "../../../src/models/labels/trainer.ts";
import { startRuntime } from "../../runtimes.ts";

const word = (i: number) => "abcde"[(i * i + 3 * i) % 5]!.repeat(1 + (i % 3));
const words = (length: number) => Array.from({ length }, (_, i) => word(i));
const vectors = (length: number) => Array.from({ length }, (_, i) => [(i * 7) % 5, i % 3]);
const SMALL = { hidden: 5, embedding: 3, characters: 0 };

const TAGGERS = {
  "of one layer": {},
  "of three layers": { layers: 3 },
  "that reads characters": { characters: 4, characterHidden: 3 },
  "of GRUs with layer normalisation and dense connections": {
    cell: "gru",
    layers: 2,
    norm: "layer",
    connections: "dense",
  },
  "of RNNs with batch normalisation": { cell: "rnn", layers: 2, norm: "batch" },
  "that reads forwards": { bidirectional: false, layers: 2 },
} as const;

describe.each(Object.entries(TAGGERS))("a tagger %s", (_, fields) => {
  it("gives the same probabilities in pieces, to the bit", async () => {
    const spec = { ...defaultTaggerSpec(), ...SMALL, ...fields };
    const tokens = words(23);
    const tables = labelTables([{ tokens, labels: tokens.map((w) => w[0]!) }], spec, { minCount: 1 });
    const model = new Tagger(await startRuntime(), spec, tables);
    const [whole] = model.probabilities([tokens]);
    for (const piece of [1, 4, 7, 23, 40]) {
      expect(model.inPieces(tokens, piece), `pieces of ${piece}`).toEqual(whole);
    }
  });
});

describe.each(["last", "mean", "max", "mean+max"] as const)("a classifier that pools by %s", (pooling) => {
  it.each([true, false])(
    "gives the same probabilities in pieces, bidirectional %s",
    async (bidirectional) => {
      for (const features of [0, 2]) {
        const spec = {
          ...defaultClassifierSpec("word", features),
          ...SMALL,
          pooling,
          bidirectional,
          layers: 2,
          ...(features && { embedding: 0 }),
        };
        const tokens: readonly Step[] = features ? vectors(17) : words(17);
        const examples = ["x", "y"].map((label) => ({ tokens, labels: [label] }));
        const model = new Classifier(
          await startRuntime(),
          spec as never,
          labelTables(examples, spec as never, { minCount: 1 }),
        );
        const [whole] = model.probabilities([tokens]);
        for (const piece of [1, 5, 17]) expect(model.inPieces(tokens, piece)).toEqual(whole);
      }
    },
  );
});

it("long sequences are labelled and evaluated beside short ones", async () => {
  const spec = { ...defaultTaggerSpec(), hidden: 2, embedding: 2, characters: 0 };
  const [long, short] = [words(LONG + 9), words(6)];
  const example = (tokens: string[]) => ({ tokens, labels: tokens.map((w) => w[0]!) });
  const model = new Tagger(await startRuntime(), spec, labelTables([example(short)], spec, { minCount: 1 }));
  const [a, b, c] = model.predict([short, long, short]);
  expect(a).toEqual(c);
  expect([a!.length, b!.length]).toEqual([6, LONG + 9]);
  const all = evaluateLabels(model, [short, long, short].map(example));
  const right = (tokens: string[], tags: string[]) => tags.filter((tag, i) => tag === tokens[i]![0]).length;
  expect(all.labels).toBe(LONG + 21);
  expect(all.accuracy).toBeCloseTo((2 * right(short, a!) + right(long, b!)) / all.labels, 12);
  const alone = [evaluateLabels(model, [example(short)]), evaluateLabels(model, [example(long)])];
  expect(all.loss).toBeCloseTo((12 * alone[0]!.loss + long.length * alone[1]!.loss) / all.labels, 6);
});
