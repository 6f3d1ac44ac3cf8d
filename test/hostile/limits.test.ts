import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.ts";
import { ContrastBatches } from "../../src/models/embedder/batches.ts";
import { evaluateForecasts } from "../../src/models/forecaster/evaluation.ts";
import { seriesOf } from "../../src/models/forecaster/series.ts";
import { windowSource } from "../../src/models/forecaster/windows.ts";
import { textGradientFlow } from "../../src/models/language-model/gradient-flow.ts";
import { parseJson } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type Field, show } from "../../src/schema.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { recipeSchema } from "../../src/train/recipe.ts";
import { newForecaster, waves } from "../models/forecaster/forecasters.ts";
import { smallModel } from "../models/language-model/model.ts";
import { expectError, startRuntime } from "../runtimes.ts";

// Every number that a file can hold has a limit with a reason, or no work and no memory depends on it.

/** The smallest and the largest value of each number of a spec, by the field's name. */
const BOUNDED: Record<string, readonly [number, number]> = {
  hidden: [1, 65_536],
  layers: [1, 100],
  encoderHidden: [0, 65_536],
  encoderLayers: [0, 100],
  embedding: [0, 65_536],
  features: [0, 65_536],
  characters: [0, 65_536],
  characterHidden: [1, 65_536],
  size: [1, 65_536],
  stack: [1, 100],
  horizon: [1, 10_000],
  batch: [1, 65_536],
  seq: [1, 1_000_000],
};

/** Numbers that are factors, thresholds, counts to compare with, or seeds: the work is the same for all of their values. */
const FREE = [
  ...["dropout", "inputDropout", "forgetBias", "gateClip", "wordDropout", "embeddingStart", "temperature"],
  ...["lr", "warmUp", "lrDecay", "lrDecayAfter", "lrDecayOver", "patience", "earlyStop", "clip"],
  ...["teacherForcing", "teacherForcingOver", "average", "seed"],
];

/** Lists, and the largest number of their entries. */
const LISTS: Record<string, number> = { head: 100, columns: 10_000, targets: 10_000 };

const SCHEMAS = [
  ["recipe", recipeSchema],
  ...TASKS.map(({ Model }) => [Model.task, Model.schema()] as const),
] as unknown as readonly (readonly [string, { readonly fields: Record<string, Field<unknown>> }])[];

describe.each(SCHEMAS)("the numbers of the %s", (_, { fields }) => {
  const numbers = Object.entries(fields).filter(([, { test }]) => test(1) || test(0.5));

  it("are limited, or free because nothing grows with them", () => {
    const known = [...Object.keys(BOUNDED), ...FREE];
    expect(numbers.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(numbers.filter(([name]) => BOUNDED[name]))("%s ends where it should", (name, { test }) => {
    const [least, most] = BOUNDED[name]!;
    expect([least, most].map(test)).toEqual([true, true]);
    const beyond = [least - 1, most + 1, 2 ** 31, 2 ** 53, 1e308, Number.POSITIVE_INFINITY, least + 0.5];
    expect(beyond.filter(test)).toEqual([]);
  });

  it("lists end where they should", () => {
    for (const [name, most] of Object.entries(LISTS)) {
      const field = fields[name];
      if (!field) continue;
      const entries = Array.from({ length: most }, (_, i) => (name === "head" ? 1 : `column ${i}`));
      expect([
        field.test(entries),
        field.test([...entries, "one more"]),
        field.test([...entries, 1]),
      ]).toEqual([true, false, false]);
    }
  });
});

describe("what files and calls ask for", () => {
  let rt: Runtime;
  beforeEach(async () => {
    rt = await startRuntime();
  });
  afterEach(() => rt.dispose());

  it("an iterated forecast takes at most 10^9 multiplications", () => {
    const make = (horizon: number) => newForecaster(rt, { strategy: "iterated", horizon, hidden: 160 });
    const { used } = rt.memory;
    const most = Math.floor(1e9 / make(1).parameterCount);
    expect(most).toBeLessThan(10_000);
    make(most);
    const before = rt.memory.used;
    expectError(() => make(most + 1), "ERR_VALUE", `horizon is ${most + 1}, expected at most ${most} for`);
    expect(rt.memory.used).toBe(before);
    expect(before).toBeGreaterThan(used);
    newForecaster(rt, { strategy: "direct", horizon: 10_000, hidden: 160 });
  });

  it("a forecast has at most a million steps", () => {
    const model = newForecaster(rt);
    const rows = [[1, 2]];
    expectError(
      () => model.forecast(rows, 1_000_001),
      "ERR_VALUE",
      "steps is 1000001, expected a whole number",
    );
    expect(model.forecast(rows, 3)).toHaveLength(3);
  });

  it("an evaluation of forecasts keeps at most 10^8 of them", () => {
    const model = newForecaster(rt);
    const rows = { ...waves(2), rows: 30_000, values: new Float64Array(60_000) };
    expectError(
      () => evaluateForecasts(model, rows, { steps: 10_000 }),
      "ERR_MEMORY",
      "19801 forecasts of 10000 steps of 2 columns are 396020000 numbers, expected at most 100000000",
    );
    expectError(() => evaluateForecasts(model, waves(), { steps: 1.5 }), "ERR_VALUE", "steps is 1.5");
  });

  it("a batch of windows has at most 2^28 numbers, which are not made before they are read", () => {
    const coding = { inputs: 64, outputs: 64, reach: 1, read() {}, expect() {} };
    const series = seriesOf({ a: new Float64Array(1_001) });
    const size = { batch: 65_536, seq: 1_000, seed: 1 };
    expectError(
      () => windowSource(series, coding, size),
      "ERR_MEMORY",
      /65536 windows of 1000 rows .* smaller batch/,
    );
    const before = process.memoryUsage().arrayBuffers;
    windowSource(series, coding, { ...size, seq: 30 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });

  it("the gradient flow reads at most 2^24 symbols at once", () => {
    const model = smallModel(rt);
    const ids = new Int32Array(1000);
    const measure = (batch: number) => textGradientFlow(model, ids, { steps: 900, batch });
    expectError(
      () => measure(20_000),
      "ERR_VALUE",
      "batch is 20000, expected a whole number from 1 to 18642",
    );
    expect(measure(2).flow).toHaveLength(2);
  });

  it("a batch of pairs that are compared with each other has at most 16,384", () => {
    const pairs = [
      ["a", "b"],
      ["c", "d"],
    ] as const;
    const make = (batch: number) => new ContrastBatches(pairs, () => Int32Array.of(1), { batch });
    expect(make(16_384).batch).toBe(2);
    expectError(() => make(16_385), "ERR_VALUE", "batch is 16385, expected a whole number from 2 to 16384");
  });
});

describe("JSON of a file", () => {
  const list = (count: number, entry: string) => `[${Array(count).fill(entry).join(",")}]`;

  it("has at most 65,536 lists, objects and keys", () => {
    expect(parseJson(list(65_535, "[]"))).toHaveLength(65_535);
    expectError(() => parseJson(list(65_536, "[]"), 1e6), "ERR_FORMAT", "more entries");
    expectError(() => parseJson(list(65_536, "{}"), 1e6), "ERR_FORMAT", "more entries");
    const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"${i}":0`).join(",")}}`;
    expect(Object.keys(parseJson(keys(65_535)))).toHaveLength(65_535);
    expectError(() => parseJson(keys(65_536), 1e6), "ERR_FORMAT", "more entries");
  });

  it("has at most as many entries, and one for each number of the tensors", () => {
    expect(parseJson(list(65_537, "1"))).toHaveLength(65_537);
    expectError(() => parseJson(list(65_538, "1")), "ERR_FORMAT", "more entries");
    expect(parseJson(list(65_538, "1"), 1)).toHaveLength(65_538);
  });
});

it("a file has at most 6,000 tensors, and one for each 110 bytes", () => {
  const make = (count: number, name: string, length: number) =>
    serializeSafetensors(
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `${name}${i}`,
          { shape: [length], data: new Float32Array(length) },
        ]),
      ),
    );
  expect(Object.keys(parseSafetensors(make(6000, "", 0)).tensors)).toHaveLength(6000);
  expectError(() => parseSafetensors(make(20_000, "", 0)), "ERR_FORMAT", "more tensors");
  const name = "optimizer.rnn.bias_hh_l99_reverse.exp_avg";
  expect(Object.keys(parseSafetensors(make(30_000, name, 1)).tensors)).toHaveLength(30_000);
});

it("values of any type and depth can be shown", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  const values = [
    undefined,
    null,
    Number.NaN,
    "a",
    5n,
    Symbol("s"),
    () => 1,
    circle,
    deep,
    Object.create(null),
  ];
  expect(values.map(show)).toEqual([
    ...["undefined", "null", "NaN", '"a"', "bigint", "symbol", "function", "object", "object", "{}"],
  ]);
  expect(show("a".repeat(1000))).toBe(`"${"a".repeat(199)}...`);
});
