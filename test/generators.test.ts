import { expect, it } from "vitest";
import { handwriting } from "../examples/data/generators/handwriting.mjs";
import { logMel } from "../examples/data/generators/log-mel.mjs";

// The programs that make handwriting and speech for examples/ and bench/quality.

const WORDS = Array.from({ length: 20 }, (_, i) => ["ab", "cd", "ef", "gh"][i % 4]! + "klmnopqrst"[i % 10]);
const SIZE = { writers: [3, 1, 2], lines: [20, 10, 5] };
type Line = { text: string; writer: number; vectors: number[][] };

it("handwriting holds out writers and words, and is the same in every run", () => {
  const made = handwriting(WORDS, SIZE) as Record<"train" | "dev" | "test", Line[]> & { texts: string[] };
  const { train, dev, test, texts } = made;
  expect([train, dev, test].map(({ length }) => length)).toEqual([60, 10, 10]);
  const writers = (lines: Line[]) => [...new Set(lines.map(({ writer }) => writer))].sort();
  expect([train, dev, test].map(writers)).toEqual([[1, 2, 3], [4], [5, 6]]);
  const words = (all: string[]) =>
    new Set(all.flatMap((text) => text.split(" ")).filter((w) => !/\d/.test(w)));
  const held = words([...dev, ...test].map(({ text }) => text));
  for (const known of [words(train.map(({ text }) => text)), words(texts)]) {
    expect([...held].filter((word) => known.has(word))).toEqual([]);
  }
  for (const { vectors, text } of [...train, ...test]) {
    expect(vectors.length, text).toBeGreaterThan(3 * text.length);
    expect(vectors.flat().every(Number.isFinite)).toBe(true);
    expect(vectors.every(([, , down]) => down === 0 || down === 1)).toBe(true);
    expect(
      vectors.reduce((sum, [right = 0]) => sum + right, 0),
      "from left to right",
    ).toBeGreaterThan(0);
  }
  expect(handwriting(WORDS, SIZE)).toEqual(made);
  expect(handwriting(WORDS, { ...SIZE, seed: 2 })).not.toEqual(made);
});

it("log-mel features: a tone is loudest in its band, ten times the amplitude is 20 dB", () => {
  const tone = (hertz: number, amplitude: number) =>
    Float64Array.from({ length: 16_000 }, (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / 16_000));
  // Centres of 10 bands, evenly spaced in mel from 80 to 7000 Hz.
  const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
  for (const band of [1, 4, 9]) {
    const centre = 700 * (10 ** ((mel(80) + ((mel(7000) - mel(80)) * (band + 1)) / 11) / 2595) - 1);
    const quiet = logMel(tone(centre, 0.01), 16_000, { bands: 10, hop: 20 });
    const loud = logMel(tone(centre, 0.1), 16_000, { bands: 10, hop: 20 });
    expect(quiet).toHaveLength(49); // (1000 - 25) / 20 + 1
    for (const [t, powers] of loud.entries()) {
      expect(powers.indexOf(Math.max(...powers))).toBe(band);
      expect(Math.abs(powers[band]! - quiet[t]![band]! - 20)).toBeLessThanOrEqual(1);
    }
  }
});
