import { expect, it } from "vitest";
import { gateTable, meansTable, rangeOf } from "../../src/cli/gate-table.ts";
import { heatMap } from "../../src/cli/heat-map.ts";
import { ALL, taskOf } from "../../src/cli/tasks/index.ts";
import { type TracedLayer, traceGates } from "../../src/cli/traced-gates.ts";
import type { Forecaster } from "../../src/models/forecaster/model.ts";
import type { LanguageModel } from "../../src/models/language-model/model.ts";
import { textSource } from "../../src/tasks/source.ts";
import { expectError } from "../runtimes.ts";
import { EXAMPLES, trained } from "../tasks/examples.ts";
import { TEXT } from "../train/run.ts";

/** The first inputs of each example, as `predict` reads them. */
async function inputOf(
  name: string,
): Promise<{ model: Awaited<ReturnType<typeof trained>>; input: unknown }> {
  const { task, data } = EXAMPLES[name]!;
  const model = await trained(name);
  if (task === "language-model") return { model, input: "the sun was" };
  const inputs = await ALL[task]!.task.inputs!(model, textSource(data, "data.txt"));
  return { model, input: task === "forecaster" ? inputs : inputs[0] };
}

it.each(Object.keys(EXAMPLES))("%s: each step of each layer has a name and values", async (name) => {
  const { model, input } = await inputOf(name);
  const commands = taskOf(model.spec as never);
  const layers = traceGates(commands, model, input);
  expect(layers.length).toBeGreaterThan(0);
  for (const { symbols, gates, hidden } of layers) {
    expect(symbols.length).toBeGreaterThan(0);
    expect(Object.keys(gates)).toContain("h");
    for (const values of Object.values(gates)) {
      expect(values).toHaveLength(symbols.length * hidden);
      expect(values.every(Number.isFinite)).toBe(true);
    }
  }
  const parts = [...new Set(layers.map(({ part }) => part))];
  const halves = ["encoder-decoder", "autoencoder"].includes(model.spec.task);
  const reader = (model.spec as { condition?: string }).condition === "sequence" ? ["condition.rnn"] : [];
  expect(parts).toEqual(halves ? ["encoder.rnn", "decoder.rnn"] : [...reader, "rnn"]);
});

it("of a language model: those of its stream", async () => {
  const model = await trained<LanguageModel>("a language model of characters");
  const [layer] = traceGates(taskOf(model.spec), model, TEXT.slice(0, 7));
  expect(layer!.symbols.join("")).toBe(TEXT.slice(0, 7));
  const stream = model.pack().stream();
  const H = layer!.hidden;
  model.encode(TEXT.slice(0, 7)).forEach((token, t) => {
    stream.feed(token);
    const row = (values: Float32Array) => values.slice(t * H, (t + 1) * H);
    const { h, ...gates } = layer!.gates;
    expect(row(h!)).toEqual(stream.state.h);
    expect(stream.gates).toEqual([
      Object.fromEntries(Object.entries(gates).map(([name, values]) => [name, row(values)])),
    ]);
  });
});

it("of a forecaster: those of its stream", async () => {
  const model = await trained<Forecaster>("a forecaster");
  const rows = Array.from({ length: 5 }, (_, i) => Float64Array.of(i % 7, (i * 5) % 3));
  const [layer] = traceGates(taskOf(model.spec as never), model, rows);
  const stream = model.pack().stream();
  const H = layer!.hidden;
  rows.forEach((row, t) => {
    stream.push(row);
    expect(layer!.gates.h!.slice(t * H, (t + 1) * H)).toEqual(stream.state.h);
    expect(stream.gates[0]!.f).toEqual(layer!.gates.f!.slice(t * H, (t + 1) * H));
  });
});

it("too many steps are refused, and so is an empty text", async () => {
  const model = await trained<LanguageModel>("a language model of characters");
  const commands = taskOf(model.spec);
  expectError(() => traceGates(commands, model, "the ".repeat(2501)), "ERR_DATA", "10004 steps", "10000");
  expectError(() => traceGates(commands, model, ""), "ERR_DATA", "empty");
});

const layer = (
  gates: Record<string, number[]>,
  symbols: string[],
  more: Partial<TracedLayer> = {},
): TracedLayer => ({
  part: "rnn",
  layer: 0,
  direction: 0,
  hidden: 2,
  symbols,
  gates: Object.fromEntries(Object.entries(gates).map(([name, values]) => [name, Float32Array.from(values)])),
  ...more,
});

it("a table has a shade for each unit, and names units that stay open or closed", () => {
  const one = layer({ f: [0.95, 0, 1, 0.05, 0.95, 0.5], h: [1, -1, 0, 0, 0, 0] }, ["a", "\n", '"']);
  expect(meansTable([one])).toEqual(
    ["  mean          f       h", "  layer 0   0.575   0.000"].map((line) => line),
  );
  expect(gateTable(one, "f")).toEqual([
    "f of layer 0: 2 units, 3 steps",
    "  symbol    mean  a unit each, from 0 (blank) to 1 (█)",
    '  "a"      0.475  █',
    '  "\\n"     0.525  █',
    '  "\\""     0.725  █▒',
    "  highest means      unit 0 0.967, unit 1 0.183",
    "  lowest means       unit 1 0.183, unit 0 0.967",
    "  stays above 0.9    unit 0 for 3 steps",
    "  stays below 0.1    unit 1 for 2 steps",
  ]);
  expect(gateTable(one, "h").slice(1, 3)).toEqual([
    "  symbol    mean  a unit each, from -1 (blank) to 1 (█)",
    '  "a"      0.000  █',
  ]);
});

it("a table of many units and steps is short", () => {
  const long = layer({ f: Array<number>(130 * 70).fill(0.5) }, Array<string>(70).fill("x"), { hidden: 130 });
  const lines = gateTable(long, "f");
  expect(lines).toContain("  and 10 more steps; --json has all");
  expect(lines[1]).toContain("3 units each");
  expect(lines[2]).toBe(`  "x"      0.500  ${"▒".repeat(44)}`);
});

it("the range is that of shares, or the same on both sides of 0", () => {
  expect(rangeOf(Float32Array.of(0.2, 1))).toEqual([0, 1]);
  expect(rangeOf(Float32Array.of(-0.25, 0.125))).toEqual([-0.25, 0.25]);
  expect(rangeOf(Float32Array.of(3))).toEqual([-3, 3]);
});

it("a picture has a square for each value, and no symbol breaks it", () => {
  const one = layer({ f: [0, 1, 0.5, 0.5] }, ["<", "&"]);
  const svg = heatMap([one, { ...one, direction: 1 }], "f");
  expect(svg).toMatch(/^<svg role="img".*<\/svg>$/s);
  expect(svg.match(/M\d+ \d+h16v12h-16z/g)).toHaveLength(2 * 4);
  expect(svg).toContain(">&lt;</text>");
  expect(svg).toContain(">&amp;</text>");
  expect(svg).toContain("f of layer 0, backward</text>");
  expect(svg).not.toMatch(/NaN|undefined/);
});
