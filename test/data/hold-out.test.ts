import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdOut } from "../../src/data/hold-out.ts";

/** An example with labels. The numbers tell examples with equal labels apart. */
type Example = { readonly n: number; readonly labels: readonly string[] };

const labelsOf = ({ labels }: Example) => labels;
const examplesOf = (labels: readonly (readonly string[])[]): Example[] =>
  labels.map((own, n) => ({ n, labels: own }));
const labelsIn = (examples: readonly Example[]) => new Set(examples.flatMap(labelsOf));
const numbers = (examples: readonly Example[]) => examples.map(({ n }) => n).sort((a, b) => a - b);

/** Examples with one label, as those of a classifier, or with several, as those of a tagger. Some labels are rare. */
const label = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("a", "b") }, fc.constantFrom(..."cdefghij"));
const one = fc.array(
  label.map((only) => [only]),
  { minLength: 2, maxLength: 80 },
);
const several = fc.array(fc.array(label, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 80 });
const examples = fc.oneof(one, several).map(examplesOf);

describe("holdOut with labels", () => {
  it("leaves every label an example to train on", () => {
    fc.assert(
      fc.property(examples, fc.nat(), (all, seed) => {
        const { train, validation } = holdOut(all, seed, 1, labelsOf);
        expect(labelsIn(train)).toEqual(labelsIn(all));
        const tenth = Math.max(1, Math.floor(all.length / 10));
        expect(validation.length).toBeGreaterThanOrEqual(1);
        expect(validation.length).toBeLessThanOrEqual(tenth);
        expect(holdOut(all, seed, 1, labelsOf)).toEqual({ train, validation });
      }),
    );
  });

  it("parts the examples, unless every example has a label that no other has", () => {
    fc.assert(
      fc.property(examples, fc.nat(), (all, seed) => {
        const { train, validation } = holdOut(all, seed, 1, labelsOf);
        const alone = ({ n, labels }: Example) =>
          labels.some((label) => all.every((other) => other.n === n || !other.labels.includes(label)));
        if (all.every(alone)) {
          expect(train).toHaveLength(all.length);
          expect(numbers(train)).toEqual(expect.arrayContaining(numbers(validation)));
        } else expect(numbers([...train, ...validation])).toEqual(numbers(all));
      }),
    );
  });

  it("holds out a whole tenth if enough examples can be held out", () => {
    fc.assert(
      fc.property(one, fc.nat(), (labels, seed) => {
        const all = examplesOf(labels);
        const tenth = Math.max(1, Math.floor(all.length / 10));
        const spare = all.length - labelsIn(all).size;
        const { validation } = holdOut(all, seed, 1, labelsOf);
        if (spare > 0) expect(validation).toHaveLength(Math.min(tenth, spare));
      }),
    );
  });

  it("is the same as without labels if no label would be lost", () => {
    let same = 0;
    fc.assert(
      fc.property(examples, fc.nat(), (all, seed) => {
        const plain = holdOut(all, seed);
        if (labelsIn(plain.train).size < labelsIn(all).size) return;
        same++;
        expect(holdOut(all, seed, 1, labelsOf)).toEqual(plain);
      }),
    );
    expect(same).toBeGreaterThan(10);
  });

  it("changes no more than it must", () => {
    // All examples that are held out without labels get the same label, x. One of them has to stay.
    const all = examplesOf(Array.from({ length: 20 }, () => ["o"]));
    const held = numbers(holdOut(all, 3).validation);
    const marked = all.map((example) => (held.includes(example.n) ? { ...example, labels: ["x"] } : example));
    const { train, validation } = holdOut(marked, 3, 1, labelsOf);
    expect(held).toHaveLength(2);
    expect(validation.filter(({ n }) => held.includes(n))).toHaveLength(1);
    expect(validation).toHaveLength(2);
    expect(labelsIn(train)).toEqual(new Set(["x", "o"]));
  });

  it("has a tenth in both parts if nothing can be held out", () => {
    const all = examplesOf(Array.from({ length: 30 }, (_, n) => [`${n}`]));
    const { train, validation } = holdOut(all, 1, 1, labelsOf);
    expect([train.length, validation.length]).toEqual([30, 3]);
    const pairs = examplesOf([["a"], ["a"], ["b"], ["c"]]);
    expect(holdOut(pairs, 1, 1, labelsOf)).toMatchObject({ validation: [{ labels: ["a"] }] });
    const two = holdOut(pairs, 1, 2, labelsOf);
    expect([two.train.length, two.validation.length]).toEqual([4, 2]);
  });
});
