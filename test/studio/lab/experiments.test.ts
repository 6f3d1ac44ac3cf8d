import { expect, it } from "vitest";
import { attentionLesson } from "../../../studio/src/lab/attention.ts";
import { clipping } from "../../../studio/src/lab/clipping.ts";
import { directions, rightTags } from "../../../studio/src/lab/directions.ts";
import { forgetGate, readSequence } from "../../../studio/src/lab/forget-gate.ts";
import { liveFlow } from "../../../studio/src/lab/live-flow.ts";
import { remember, updateGates } from "../../../studio/src/lab/remember.ts";
import { whyRecurrence } from "../../../studio/src/lab/why-recurrence.ts";

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

it("a window does not see the first letter of a longer word, an RNN does", async () => {
  const { readers } = await whyRecurrence({ window: 2, longest: 4, iterations: 200 });
  const [window, rnn] = readers.map(({ accuracy }) => accuracy);
  expect(mean(window!.slice(0, 2))).toBeGreaterThan(0.95);
  expect(mean(window!.slice(2))).toBeLessThan(0.4);
  expect(mean(rnn!.slice(0, 4))).toBeGreaterThan(0.95);
});

it("a run without clipping breaks, the same run with clipping learns", async () => {
  const { runs, guess } = await clipping({ iterations: 60 });
  expect(runs.map(({ brokeAt }) => brokeAt !== null)).toEqual([true, false]);
  expect(runs[0]!.loss.at(-1)).toBeGreaterThan(guess);
  expect(runs[1]!.loss.at(-1)).toBeLessThan(guess);
  expect(runs[0]!.loss[0]).toBe(runs[1]!.loss[0]);
});

it("a GRU remembers, and its gates have the shapes of the sequence", async () => {
  const { cells, gates, gaps } = await remember({ longest: 8, iterations: 250, example: "AbcBd?" });
  expect(gaps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(mean(cells[1]!.accuracy)).toBeGreaterThan(0.9);
  expect(gates.update.length).toBe(6);
  expect([...gates.units].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  // Each state is between the candidate, within [-1, 1], and the state before.
  expect(Math.max(...gates.memory.flat().map(Math.abs))).toBeLessThanOrEqual(1);
  await expect(remember({ example: "xyz?" })).rejects.toThrow("not one of");
});

it("reads another sequence with the trained GRU", async () => {
  const { gates, gru } = await remember({ longest: 4, iterations: 250, example: "AbcBd?" });
  const read = (example: string) => updateGates({ gru: structuredClone(gru), example });
  expect((await read("AbcBd?")).update).toEqual(gates.update);
  for (const capital of [..."ABCD"]) {
    const { answer, symbols } = await read(`A${capital}b?`);
    expect("ABCD"[answer.indexOf(Math.max(...answer))]).toBe(capital);
    expect(symbols.join("")).toBe(`A${capital}b?`);
  }
  await expect(read("A!")).rejects.toThrow("not one of");
});

it("forgets at once if the forget gate is 0", async () => {
  const { ablations, weights } = await forgetGate({ longest: 8, iterations: 350 });
  const [learned, zero, one] = ablations;
  expect(mean(learned!.two)).toBeGreaterThan(0.9);
  expect(mean(zero!.two.slice(2))).toBeLessThan(0.5);
  expect(mean(one!.two)).toBeLessThan(mean(learned!.two) - 0.2);
  const readings = await readSequence({ weights, sequence: "AbcBdd" });
  expect(readings.map(({ mode }) => mode)).toEqual(["learned", "zero", "one"]);
  const [, without, always] = readings;
  expect(Math.max(...without!.forget.flat())).toBeLessThan(1e-6);
  expect(Math.min(...always!.forget.flat())).toBeGreaterThan(1 - 1e-6);
  // c<t> = Γf c<t-1> + Γu c̃<t>, with |c̃<t>| <= 1.
  expect(Math.max(...without!.cell.flat().map(Math.abs))).toBeLessThanOrEqual(1);
  for (const { remembered } of readings) {
    expect(remembered.length).toBe(6);
    for (const row of remembered) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  }
  // After "AbcB", the network as learned remembers B.
  expect(readings[0]!.remembered[3]![1]).toBeGreaterThan(0.8);
  await expect(readSequence({ weights, sequence: "xyz" })).rejects.toThrow("not one of");
});

it("only a bidirectional network knows what follows, and only a deep one compares", async () => {
  const { taggers, example } = await directions({ iterations: 120 });
  const accuracy = (task: string, bidirectional: boolean, layers: number) =>
    taggers.find((one) => one.task === task && one.bidirectional === bidirectional && one.layers === layers)!
      .accuracy;
  expect(accuracy("next", false, 2)).toBeLessThan(0.6);
  expect(accuracy("next", true, 1)).toBeGreaterThan(0.95);
  expect(accuracy("same", true, 1)).toBeLessThan(0.75);
  expect(accuracy("same", true, 2)).toBeGreaterThan(0.9);
  example.symbols.forEach((symbol, t) => {
    expect(example.right.next[t] === null).toBe(symbol !== ".");
  });
  expect(rightTags([0, 2, 2, 1, 2, 1], "same")).toEqual([-100, 0, 0, -100, 1, -100]);
  expect(rightTags([0, 2, 2, 1, 2, 1], "next")).toEqual([-100, 1, 1, -100, 1, -100]);
});

it("attention has a row of weights for each written letter", async () => {
  const pairs = ["ab", "ba", "cb", "ac", "bc", "ca", "aa", "bb", "cc"].flatMap((text) => {
    const pair = [text, [...text].reverse().join("")] as const;
    return Array.from({ length: 6 }, () => pair);
  });
  const { translators, examples, lengths } = await attentionLesson({
    pairs,
    iterations: 60,
    hidden: 16,
    examples: ["ab"],
  });
  expect(lengths).toEqual([2]);
  expect(translators.map(({ attention }) => attention)).toEqual([false, true]);
  const [{ source, written, target, weights }] = examples as [(typeof examples)[0]];
  expect(source).toEqual(["a", "b"]);
  expect(target).toBe("ba");
  expect(written.at(-1)).toBe("<EOS>");
  expect(weights.length).toBe(written.length);
  for (const row of weights) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

it("measures the flow of three cells, on sequences and on a text", async () => {
  const text = "abcdefgh".repeat(200);
  for (const options of [{}, { text }]) {
    const cells = await liveFlow({ iterations: 4, every: 2, steps: 10, hidden: 8, ...options });
    expect(cells.map(({ cell }) => cell)).toEqual(["rnn", "gru", "lstm"]);
    for (const { flow, curve } of cells) {
      expect(flow.map(({ iteration }) => iteration)).toEqual([0, 2, 4]);
      expect(curve.length).toBe(4);
      expect(flow[0]!.norms.length).toBeGreaterThanOrEqual(10);
    }
  }
});
