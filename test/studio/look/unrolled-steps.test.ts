import { recordGates } from "unrolled";
import { expect, it } from "vitest";
import { unrolledSteps } from "../../../studio/src/look/unrolled-steps.ts";
import { farthest, languageModel } from "./models.ts";

const SHORT = 'The "cat (sat)".\n';

it("shows the numbers of a forward pass", async () => {
  const model = await languageModel({ cell: "lstm" });
  const { runtime: rt, vocabulary } = model;
  const ids = model.encode(SHORT);
  let logits: Float32Array = new Float32Array();
  const layers = recordGates(model, () => {
    logits = model.forward(rt.tensor(ids, [ids.length, 1])).logits.toArray();
  });
  const { steps, units } = unrolledSteps(model, SHORT, { from: 2, maxSteps: 4, units: [1, 5, 99] });
  expect(units).toEqual([1, 5]);
  expect(steps.map(({ x, y }) => [x, y])).toEqual([
    ["e", " "],
    [" ", '"'],
    ['"', "c"],
    ["c", "a"],
  ]);
  steps.forEach(({ layers: shown, top, loss }, i) => {
    const t = i + 2;
    shown.forEach((own, l) => {
      const of = (name: string, at = t) => units.map((unit) => layers[l]!.values[name]![at * 12 + unit]!);
      expect(farthest(own.h, of("h"))).toBeLessThan(1e-5);
      expect(farthest(own.hBefore, of("h", t - 1))).toBeLessThan(1e-5);
      expect(farthest(own.c!, of("c"))).toBeLessThan(1e-5);
      expect(farthest(own.cBefore!, of("c", t - 1))).toBeLessThan(1e-5);
      expect(Object.keys(own.gates)).toEqual(["Γu", "Γf", "Γo", "c̃"]);
      expect(farthest(own.gates.Γf!, of("f"))).toBeLessThan(1e-5);
    });
    const V = vocabulary.size;
    const row = [...logits.subarray(t * V, (t + 1) * V)];
    const all = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
    expect(loss).toBeCloseTo(-Math.log(Math.exp(row[ids[t + 1]!]!) / all), 4);
    expect(top[0]!.logit).toBeCloseTo(Math.max(...row), 5);
    expect(top[0]!.probability).toBeCloseTo(Math.exp(Math.max(...row)) / all, 5);
    expect(top.length).toBe(3);
  });
});

it("has neither next symbol nor loss at the end, and no cell state in a GRU", async () => {
  const { steps } = unrolledSteps(await languageModel({ cell: "gru" }), "Th", { maxSteps: 9 });
  expect(steps.length).toBe(2);
  expect(steps[1]).not.toHaveProperty("loss");
  expect(steps[0]!.layers[0]).not.toHaveProperty("c");
  expect(steps[0]!.layers[0]!.hBefore).toEqual([0, 0, 0, 0]);
});
