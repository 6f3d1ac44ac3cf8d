import fc from "fast-check";
import { expect, it } from "vitest";
import { lineSequences, sequenceSource, sequencesOnce } from "../../src/data/sequence-source.ts";
import type { TokenBatch } from "../../src/data/token-batch.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { expectError } from "../runtimes.ts";

const vocabulary = new Vocabulary([..."\nab"]);
const linesOf = (text: string) => lineSequences(vocabulary.encode(text), vocabulary);

it("a line begins and ends with a newline; blank lines are left out", () => {
  for (const text of ["ab\n\n\nb\n", "\nab\nb", "ab\nb"]) {
    const { inputs, targets } = linesOf(text);
    expect(inputs.map((ids) => vocabulary.decode(ids))).toEqual(["\nab", "\nb"]);
    expect(targets.map((ids) => vocabulary.decode(ids))).toEqual(["ab\n", "b\n"]);
  }
  expect(linesOf("\n\n").inputs).toEqual([]);
});

it("a line may be longer than a call takes arguments", () => {
  expect(linesOf("a".repeat(1_000_000)).inputs[0]!.length).toBe(1_000_001);
});

it("a vocabulary without newline has no lines", () => {
  expectError(() => lineSequences(new Int32Array(3), new Vocabulary(["a"])), "ERR_DATA", "no newline");
});

/** Returns the sequences of batches, without their padding. */
function texts(batches: Iterable<TokenBatch>): string[] {
  return [...batches].flatMap(({ inputs, targets, steps, lengths }) => {
    const B = inputs.length / steps;
    return lengths!.map((length, b) => {
      const column = (from: Int32Array) => Int32Array.from({ length }, (_, t) => from[t * B + b]!);
      expect(column(targets).slice(0, -1)).toEqual(column(inputs).slice(1));
      expect(targets.filter((id, i) => i % B === b && id < 0).length).toBe(steps - length);
      return vocabulary.decode(column(targets));
    });
  });
}

it("every line is trained on once an epoch, or held out: a twentieth each to validate and to test", () => {
  // Line n is n in binary, so that all lines differ.
  const all = (count: number) =>
    Array.from(
      { length: count },
      (_, n) => `${(n + 1).toString(2).replaceAll("0", "a").replaceAll("1", "b")}\n`,
    );
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 90 }),
      fc.integer({ min: 1, max: 9 }),
      fc.maxSafeNat(),
      (count, batch, seed) => {
        const lines = all(count);
        const source = sequenceSource(linesOf(lines.join("")), { batch, seed });
        const epoch = (e: number) =>
          texts(Array.from({ length: source.perEpoch }, (_, i) => source.training(e * source.perEpoch + i)));
        const train = epoch(0);
        expect(epoch(2).sort()).toEqual([...train].sort());
        const validation = texts(source.heldOut("validation"));
        const test = texts(source.heldOut("test"));
        expect(texts(source.heldOut("test"))).toEqual(test);
        expect([...train, ...validation, ...test].sort()).toEqual([...lines].sort());
        expect(validation.length).toBe(Math.max(1, Math.floor(count / 20)));
        expect(test.length).toBe(count - train.length - validation.length);
        expect(test.length).toBeLessThan(count / 10);
      },
    ),
  );
});

it("which lines are held out depends on the seed, not on their place", () => {
  const lines = Array.from({ length: 100 }, (_, n) => `${"a".repeat(n + 1)}\n`).join("");
  const held = (seed: number) =>
    texts(sequenceSource(linesOf(lines), { batch: 4, seed }).heldOut("validation"));
  expect(held(1)).toEqual(held(1));
  expect(held(1)).not.toEqual(held(2));
  expect(held(1).some((line) => line.length < 90)).toBe(true);
});

it("needs two sequences, and one to evaluate", () => {
  expectError(
    () => sequenceSource(linesOf("ab\n"), { batch: 1, seed: 1 }),
    "ERR_DATA",
    "1 sequence,",
    "at least 2",
  );
  expectError(() => [...sequencesOnce(linesOf(""), 1)], "ERR_DATA", "0 sequences");
});
