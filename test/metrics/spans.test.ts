import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areSpanTags, type Span, spanScores, spansOf } from "../../src/metrics/spans.ts";

const tags = (text: string) => text.split(" ");
const spans = (text: string) => spansOf(tags(text)).map(({ type, start, end }) => `${type} ${start}-${end}`);

describe("spansOf", () => {
  it.each([
    ["O O", []],
    ["B-PER I-PER O B-LOC", ["PER 0-2", "LOC 3-4"]],
    ["B-PER B-PER", ["PER 0-1", "PER 1-2"]],
    ["I-PER I-PER O", ["PER 0-2"]],
    ["B-PER I-LOC I-LOC", ["PER 0-1", "LOC 1-3"]],
    ["O I-LOC B-LOC I-LOC", ["LOC 1-2", "LOC 2-4"]],
    ["B-A-B I-A-B", ["A-B 0-2"]],
    ["B-PER I-PER E-PER S-PER", ["PER 0-3", "PER 3-4"]],
    ["S-PER S-PER O E-PER E-PER", ["PER 0-1", "PER 1-2", "PER 3-4", "PER 4-5"]],
    ["B-PER E-LOC", ["PER 0-1", "LOC 1-2"]],
    ["U-PER B-LOC I-LOC L-LOC", ["PER 0-1", "LOC 1-4"]],
    ["W-PER B-LOC M-LOC E-LOC", ["PER 0-1", "LOC 1-4"]],
    ["B M E S B I O I", [" 0-3", " 3-4", " 4-6", " 7-8"]],
  ])("%s", (text, expected) => {
    expect(spans(text)).toEqual(expected);
  });

  // Start and end of a chunk as conlleval defines them for pairs of neighbours; seqeval's get_entities has the same tables.
  const ends = (before: string, after: string, typesDiffer: boolean) =>
    ["E", "S"].includes(before) ||
    (["B", "I"].includes(before) && ["B", "S", "O"].includes(after)) ||
    (before !== "O" && typesDiffer);
  const starts = (before: string, after: string, typesDiffer: boolean) =>
    ["B", "S"].includes(after) ||
    (["E", "S", "O"].includes(before) && ["E", "I"].includes(after)) ||
    (after !== "O" && typesDiffer);
  function chunks(sequence: readonly string[]): Span[] {
    const found: Span[] = [];
    let [letter, type, start] = ["O", "", 0];
    [...sequence, "O"].forEach((tag, i) => {
      const [next, nextType] = [tag[0]!, tag.slice(1).replace(/^-/, "")];
      if (ends(letter, next, type !== nextType)) found.push({ type, start, end: i });
      if (starts(letter, next, type !== nextType)) start = i;
      [letter, type] = [next, nextType];
    });
    return found;
  }

  it("finds the chunks of conlleval, also of tags in an impossible order", () => {
    const tag = fc.oneof(
      fc.constant("O"),
      fc
        .tuple(fc.constantFrom(..."BIES"), fc.constantFrom("A", "B-C"))
        .map(([letter, type]) => `${letter}-${type}`),
    );
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 12 }), (sequence) => {
        expect(spansOf(sequence)).toEqual(chunks(sequence));
      }),
      { numRuns: 2000 },
    );
    const bare = fc.array(fc.constantFrom(..."OBIES"), { maxLength: 12 });
    fc.assert(
      fc.property(bare, (sequence) => {
        expect(spansOf(sequence)).toEqual(chunks(sequence));
      }),
    );
  });
});

/** Encodes spans in a scheme. The letters are those for a span of one token, and for the first, inner and last token of others. */
const encode = (letters: string) => (all: readonly Span[], length: number) => {
  const [single, first, inner, last] = [...letters];
  const sequence = Array.from({ length }, () => "O");
  for (const { type, start, end } of all) {
    for (let i = start; i < end; i++) {
      const letter = end - start === 1 ? single : i === start ? first : i === end - 1 ? last : inner;
      sequence[i] = `${letter}-${type}`;
    }
  }
  return sequence;
};

/** IOB1: B only where a span follows another one of the same type without a gap. */
const iob1 = (all: readonly Span[], length: number) => {
  const sequence = encode("IIII")(all, length);
  for (const { type, start } of all) {
    if (all.some((before) => before.end === start && before.type === type)) sequence[start] = `B-${type}`;
  }
  return sequence;
};

const ENCODERS = {
  BIO: encode("BBII"),
  IOB1: iob1,
  BIOES: encode("SBIE"),
  BILOU: encode("UBIL"),
  BMES: encode("SBME"),
  BMEWO: encode("WBME"),
};

describe.each(Object.entries(ENCODERS))("%s", (_, encoder) => {
  it("has the spans that were encoded, and is known as a scheme", () => {
    const piece = fc.record({
      gap: fc.nat(2),
      size: fc.integer({ min: 1, max: 4 }),
      type: fc.constantFrom("PER", "LOC", "A-B"),
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.nat(2), (pieces, rest) => {
        let at = 0;
        const all = pieces.map(({ gap, size, type }) => {
          const start = at + gap;
          at = start + size;
          return { type, start, end: at };
        });
        const sequence = encoder(all, at + rest);
        expect(spansOf(sequence)).toEqual(all);
        expect(areSpanTags(sequence)).toBe(true);
      }),
    );
  });
});

it("spanScores counts spans that agree in type, start and end, sentence by sentence", () => {
  // Correct: PER 0-2, LOC 3-4 | ORG 0-1 | none. Found: PER 0-2, ORG 3-4 | ORG 0-2 | PER 0-1: one of four is right.
  const right = ["B-PER I-PER O B-LOC", "B-ORG O", "O"].map(tags);
  const found = ["B-PER I-PER O B-ORG", "B-ORG I-ORG", "I-PER"].map(tags);
  const { precision, recall, f1 } = spanScores(right, found);
  expect([precision, recall]).toEqual([1 / 4, 1 / 3]);
  expect(f1).toBeCloseTo((2 * (1 / 4) * (1 / 3)) / (1 / 4 + 1 / 3), 12);
  const bioes = ["B-PER E-PER O S-LOC", "S-ORG O", "O"].map(tags);
  expect(spanScores(bioes, found), "the schemes of both sides may differ").toEqual({ precision, recall, f1 });
});

it.each([
  ["O B-PER I-PER", true],
  ["I-PER O I-LOC B-LOC", true],
  ["O B-PER E-PER", true],
  ["S-PER O", true],
  ["O B-PER I-PER L-PER U-LOC", true],
  ["B M E S", true],
  ["O B I", true],
  ["O", false],
  ["NOUN VERB", false],
  ["O B-PER X", false],
  ["B-", false],
  ["B-PER L-PER S-PER", false],
  ["B-PER I", false],
  ["B S", false],
  ["I O", false],
  ["H E C", false],
])("areSpanTags %s: %s", (text, expected) => {
  expect(areSpanTags(tags(text))).toBe(expected);
});
