import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenize } from "../../../src/data/words.ts";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import { joinTokens, readPairs } from "../../../src/models/sequence-to-sequence/pairs.ts";
import { expectError } from "../../runtimes.ts";

async function read(...chunks: string[]) {
  const all: { source: string; target: string }[] = [];
  for await (const pair of readPairs(chunks, "pairs.tsv")) all.push(pair);
  return all;
}

describe("readPairs", () => {
  it("reads source and target, whatever the pieces and line ends; further columns and blank lines are skipped", async () => {
    const expected = [
      { source: "Go.", target: "Va !" },
      { source: "a b", target: "c" },
    ];
    expect(await read("Go.\tVa !\tCC-BY\n \n\na b\tc")).toEqual(expected);
    expect(await read("\ufeffGo.\tV", "a !\tCC-BY\r\n\r", "\n a b \t c \r\n")).toEqual(expected);
    expect(await read("")).toEqual([]);
  });

  it.each([
    ["a\tb\nno tab here\n", 'pairs.tsv, line 2: no tab, expected source <TAB> target: "no tab here"'],
    ["\tb\n", "pairs.tsv, line 1: the source is empty"],
    ["\n\na\t \n", "pairs.tsv, line 3: the target is empty"],
    ["a\t\tb\n", "pairs.tsv, line 1: the target is empty"],
  ])("names file and line of what is wrong: %j", async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "ERR_DATA",
      message: expect.stringContaining(message),
    });
  });
});

describe("tokens", () => {
  it("are characters, or what stands between white space", () => {
    const spaces = { level: "word", tokens: "spaces" } as const;
    expect(tokenize("a 😀b", "char")).toEqual(["a", " ", "😀", "b"]);
    expect(tokenize("  Va !\tDH0 it's.  ", spaces)).toEqual(["Va", "!", "DH0", "it's."]);
    expect(tokenize("", spaces)).toEqual([]);
    expect(joinTokens(["Va", "!"], spaces)).toBe("Va !");
  });

  it("are words and punctuation marks, which are joined again", () => {
    const text = "Go there, it's (nearly) here.";
    expect(tokenize(text, "word")).toEqual(["Go", "there", ",", "it's", "(", "nearly", ")", "here", "."]);
    expect(joinTokens(tokenize(text, "word"), "word")).toBe(text);
  });

  it("become their text again", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => joinTokens(tokenize(text, { level: "char", normalForm: "none" }), "char") === text,
      ),
    );
  });
});

describe("PairBatches", () => {
  const ids = (lengths: readonly (readonly [source: number, target: number])[]) => ({
    sources: lengths.map(([n], i) => new Int32Array(n).fill(i)),
    inputs: lengths.map(([, n], i) => new Int32Array(n).fill(i)),
    targets: lengths.map(([, n], i) => new Int32Array(n).fill(100 + i)),
  });

  it("batches pairs, longest source first, padded past their ends", () => {
    const batch = new PairBatches(
      ids([
        [1, 2],
        [3, 1],
      ]),
      { batch: 2 },
    ).at(0);
    expect(batch).toEqual({
      sources: Int32Array.of(1, 0, 1, 0, 1, 0),
      sourceLengths: [3, 1],
      inputs: Int32Array.of(1, 0, 0, 0),
      targets: Int32Array.of(101, 100, -100, 100),
      targetLengths: [1, 2],
    });
  });

  it("every pair comes once an epoch, in an order that seed and epoch decide, with pairs of like length", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        (lengths, batch, seed, pool) => {
          const batches = new PairBatches(ids(lengths), { batch, seed, pool });
          for (const epoch of [0, 1]) {
            const seen: number[] = [];
            for (let i = 0; i < batches.count; i++) {
              const { sources, sourceLengths, targetLengths, inputs, targets } = batches.at(
                epoch * batches.count + i,
              );
              const B = sourceLengths.length;
              expect(sources.length).toBe(Math.max(...sourceLengths) * B);
              expect(inputs.length).toBe(Math.max(...targetLengths) * B);
              expect([...sourceLengths].sort((a, b) => b - a)).toEqual(sourceLengths);
              for (let b = 0; b < B; b++) {
                expect([sources[b], targets[b]! - 100]).toEqual([inputs[b], inputs[b]]);
                expect(lengths[inputs[b]!]).toEqual([sourceLengths[b], targetLengths[b]]);
                seen.push(inputs[b]!);
              }
            }
            expect(seen.sort((a, b) => a - b)).toEqual([...lengths.keys()]);
          }
          const again = new PairBatches(ids(lengths), { batch, seed, pool });
          expect(again.at(batches.count)).toEqual(batches.at(batches.count));
          expect([...again.once()]).toHaveLength(batches.count);
        },
      ),
    );
  });

  it("refuses what is no batch of pairs", () => {
    expectError(() => new PairBatches(ids([]), { batch: 1 }), "ERR_DATA", "no pairs");
    expectError(
      () =>
        new PairBatches(
          ids([
            [1, 1],
            [0, 1],
          ]),
          { batch: 1 },
        ),
      "ERR_DATA",
      "source 2 is empty",
    );
    expectError(() => new PairBatches(ids([[1, 1]]), { batch: 0 }), "ERR_VALUE", "batch is 0");
    expectError(() => new PairBatches(ids([[1, 1]]), { batch: 1 }).at(-1), "ERR_VALUE");
  });
});
