import { expect, it } from "vitest";
import { activations } from "../../../studio/src/look/activations.ts";
import { findUnits, occurring, unitValues, whatUnitFollows } from "../../../studio/src/look/find-units.ts";
import { signals } from "../../../studio/src/look/signals.ts";
import { languageModel, TEXT } from "./models.ts";

/** Pearson's correlation as the covariance of standardised values. */
function pearson(x: number[], y: number[]): number {
  const standard = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return values.map((v) => (v - mean) / deviation);
  };
  const [a, b] = [standard(x), standard(y)];
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / x.length;
}

it("ranks every unit by its correlation with the signal", async () => {
  const seen = activations(await languageModel({ cell: "lstm" }), TEXT);
  const target = signals(seen.symbols)[0]!.values;
  const found = findUnits(seen, target);
  expect(found.length).toBe(24);
  expect(new Set(found.map(({ layer, unit }) => `${layer} ${unit}`)).size).toBe(24);
  found.forEach(({ layer, unit, state, correlation }, place) => {
    const of = (name: "h" | "c") =>
      pearson([...unitValues(seen.layers[layer]![name]!, 12, unit)], [...target]);
    expect(correlation).toBeCloseTo(of(state), 6);
    expect(Math.abs(correlation)).toBeGreaterThanOrEqual(Math.abs(of(state === "h" ? "c" : "h")) - 1e-9);
    if (place) expect(Math.abs(correlation)).toBeLessThanOrEqual(Math.abs(found[place - 1]!.correlation));
  });
});

it("finds a planted unit, and gives the point-biserial correlation of a signal of 0 and 1", () => {
  const target = Float32Array.of(0, 0, 1, 1, 0, 1);
  const rows = Array.from(target, (y, t) => [t % 2, 0.2 - 0.5 * y + 0.01 * (t % 3), 7]);
  const planted = { part: "rnn", layer: 0, direction: 0, hidden: 3, h: Float32Array.from(rows.flat()) };
  const [best, , last] = findUnits({ symbols: [..."abcdef"], units: 3, layers: [planted] }, target);
  expect(best!.unit).toBe(1);
  const values = [...unitValues(planted.h, 3, 1)];
  const mean = (of: number) => values.filter((_, t) => target[t] === of).reduce((a, b) => a + b) / 3;
  const all = values.reduce((a, b) => a + b) / 6;
  const s = Math.sqrt(values.reduce((sum, v) => sum + (v - all) ** 2, 0) / 6);
  expect(best!.correlation).toBeCloseTo(((mean(1) - mean(0)) / s) * 0.5, 6);
  expect(last).toMatchObject({ unit: 2, correlation: 0 }); // a constant unit follows nothing
  expect(findUnits({ symbols: [], units: 3, layers: [planted] }, new Float32Array(6))).toEqual([]);
});

it("names the signals that a unit follows", () => {
  const all = signals([..."a(b(c)d)e"]);
  const depth = all.find(({ name }) => name === "bracket depth")!.values;
  const [best] = whatUnitFollows(
    depth.map((d) => 1 - 2 * d),
    all,
  );
  expect(best).toEqual({ name: "bracket depth", correlation: -1 });
});

it("offers what changes over the text", () => {
  const { present, absent } = occurring(signals([..."To be, or not to be."]));
  expect(absent).toEqual(["inside quotes", "bracket depth", "line end", "digit"]);
  expect(present.map(({ name }) => name)).toContain("punctuation");
  expect(occurring(signals([..."(2) a"])).absent).not.toContain("bracket depth");
});
