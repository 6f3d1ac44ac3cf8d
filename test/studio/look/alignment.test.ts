import { defaultTranscriberSpec, Transcriber, TranscriberTrainer, transcriberTables } from "unrolled";
import { expect, it } from "vitest";
import { alignment } from "../../../studio/src/look/alignment.ts";
import { farthest, startRuntime } from "./models.ts";

const draw = (text: string) =>
  [...text].flatMap((c, i) => [...Array(2 + (i % 2)).fill(c === "a" ? [1, 0] : [0, 1]), [0, 0]]);

async function transcriber(stack = 1, iterations = 120) {
  const rt = await startRuntime();
  const examples = ["a", "b", "ab", "ba", "aab", "bba", "abab", "aaa"].map((text) => ({
    vectors: draw(text),
    text,
  }));
  const spec = { ...defaultTranscriberSpec(2), hidden: 8, layers: 1, dropout: 0, stack };
  const model = new Transcriber(rt, spec, transcriberTables(examples, spec));
  const trainer = new TranscriberTrainer(model, { train: examples, validation: examples }, { lr: 0.02 });
  for (let i = 0; i < iterations; i++) trainer.step();
  return model;
}

it("follows the best path that predict writes", async () => {
  const model = await transcriber();
  const vectors = draw("abba");
  const view = alignment(model, vectors);
  expect(view.text).toBe("abba");
  expect(view.text).toBe(model.predict([vectors])[0]!.text);
  expect(view.emitted.map(({ symbol }) => symbol).join("")).toBe("abba");
  expect(view.symbols).toEqual(["a", "b"]);
  expect(view.frames).toBe(vectors.length);
  // Softmax of the library's logits, and its argmax.
  const logits = model.logits([vectors])[0]!;
  const C = 3;
  const rows = vectors.map((_, t) => {
    const exps = [...logits.subarray(t * C, (t + 1) * C)].map(Math.exp);
    return exps.map((e) => e / exps.reduce((a, b) => a + b));
  });
  expect(
    farthest(
      view.blank,
      rows.map(([blank]) => blank!),
    ),
  ).toBeLessThan(1e-5);
  const classOf = (symbol: string) => model.symbols.symbols.indexOf(symbol) + 1;
  view.symbols.forEach((symbol, s) => {
    const own = view.probabilities.subarray(s * view.frames, (s + 1) * view.frames);
    expect(
      farthest(
        own,
        rows.map((row) => row[classOf(symbol)]!),
      ),
    ).toBeLessThan(1e-5);
  });
  rows.forEach((row, t) => {
    const label = row.indexOf(Math.max(...row));
    expect(view.path[t]).toBe(label ? view.symbols.findIndex((symbol) => classOf(symbol) === label) : -1);
  });
  for (const { symbol, from, to, probability } of view.emitted) {
    for (let t = from; t < to; t++) expect(view.symbols[view.path[t]!]).toBe(symbol);
    expect(probability).toBeCloseTo(Math.max(...rows.slice(from, to).map((row) => row[classOf(symbol)]!)), 5);
  }
});

it("counts frames of stacked vectors, also if nothing is emitted", async () => {
  const model = await transcriber(2, 0);
  const view = alignment(model, draw("aab"));
  expect([view.frames, view.stack]).toEqual([Math.ceil(draw("aab").length / 2), 2]);
  expect(view.probabilities.length).toBe(view.symbols.length * view.frames);
  expect(view.text).toBe(model.predict([draw("aab")])[0]!.text);
});
