import { beforeEach, describe, expect, it } from "vitest";
import { ForecasterCoding, scalingOf } from "../../../src/models/forecaster/coding.ts";
import { Forecaster } from "../../../src/models/forecaster/model.ts";
import { Scaling } from "../../../src/models/forecaster/scaling.ts";
import { seriesOf } from "../../../src/models/forecaster/series.ts";
import {
  checkForecasterSpec,
  defaultForecasterSpec,
  type ForecasterSpec,
} from "../../../src/models/forecaster/spec.ts";
import { windowSource } from "../../../src/models/forecaster/windows.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { expectError, gradientOf, startRuntime } from "../../runtimes.ts";
import { smallModel } from "../language-model/model.ts";
import { newForecaster, rowsOf, waves } from "./forecasters.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const WAVES = waves();
const ROWS = rowsOf(WAVES);
const BOTH = ["wave", "echo"];

const KINDS: Partial<ForecasterSpec>[] = [
  {},
  { changes: false },
  { horizon: 4, cell: "gru" },
  { horizon: 4, targets: ["echo"], changes: false },
  { horizon: 4, strategy: "direct", cell: "rnn" },
  { horizon: 4, strategy: "iterated", targets: ["echo", "wave"], head: [3] },
  { horizon: 2, layers: 2, connections: "dense", norm: "layer" },
];

describe.each(KINDS)("a forecaster %j", (spec) => {
  it("says the same row by row and from a batch", () => {
    const model = newForecaster(rt, spec);
    const { coding } = model;
    const x = new Float32Array(40 * coding.inputs);
    for (let row = 0; row < 40; row++) coding.read(WAVES.values, row, x, row * coding.inputs);
    const output = model.forward(rt.tensor(x, [40, 1, coding.inputs])).output.toArray();
    const stream = model.pack().stream();
    const expected = new Float64Array(coding.outputs);
    for (let row = 0; row < 40; row++) {
      const found = stream.push(ROWS[row]!);
      coding.decode(
        output.subarray(row * coding.outputs, (row + 1) * coding.outputs),
        WAVES.values,
        row,
        expected,
      );
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 3);
      });
    }
    expect(stream.count).toBe(40);
  });

  it("has the gradient that central differences find", () => {
    const model = newForecaster(rt, spec);
    const batch = windowSource(WAVES, model.coding, { batch: 2, seq: 4, seed: 1 }).training(0);
    const loss = () => rt.noGrad(() => rt.scope(() => model.loss(batch).loss.item()));
    rt.scope(() => model.loss(batch).loss.backward());
    for (const [label, tensor] of Object.entries(model.parameters())) {
      gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), {
        label,
        eps: 1 / 256,
        tolerance: 3e-3,
      });
    }
  });

  it("is the same after a file", () => {
    const model = newForecaster(rt, spec);
    const other = loadModel(rt, serializeModel(model), [Forecaster]);
    expect(other.spec).toEqual(model.spec);
    expect(other.tables.scaling).toEqual(model.tables.scaling);
    expect(other.forecast(ROWS)).toEqual(model.forecast(ROWS));
    expect(measure((meta) => Forecaster.build(meta, model.spec, model.tables))).toBe(
      Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0),
    );
  });

  it("reads back what it was to say", () => {
    const { coding } = newForecaster(rt, spec);
    const y = new Float32Array(coding.outputs);
    const found = new Float64Array(coding.outputs);
    for (const row of [0, 1, 50, 110]) {
      coding.expect(WAVES.values, row, y, 0);
      coding.decode(y, WAVES.values, row, found);
      let i = 0;
      for (const lead of coding.leads) {
        for (const column of coding.targets) expect(found[i++]).toBeCloseTo(ROWS[row + lead]![column]!, 4);
      }
    }
  });
});

it("reads scaled values and changes, and is to say scaled changes or values", () => {
  const series = seriesOf({ a: [1, 3, 11], b: [10, 10, 40] });
  const scale = (mean: number, deviation: number, step: number, change: number) => ({
    mean,
    deviation,
    step,
    change,
  });
  const scaling = new Scaling([scale(1, 2, 4, 8), scale(10, 5, 10, 20)]);
  const numbers = (changes: boolean, row: number) => {
    const spec = { ...defaultForecasterSpec(["a", "b"]), changes, targets: ["b", "a"], horizon: 2 };
    const coding = new ForecasterCoding(spec, scaling);
    const [x, y] = [new Float32Array(coding.inputs), new Float32Array(coding.outputs)];
    coding.read(series.values, row, x, 0);
    if (row === 0) coding.expect(series.values, row, y, 0);
    return [[...x], [...y]];
  };
  expect(numbers(true, 0)).toEqual([
    [0, 0, 0, 0],
    [0, 2 / 8, 30 / 20, 10 / 8],
  ]);
  expect(numbers(true, 2)[0]).toEqual([5, 6, 8 / 4, 30 / 10]);
  expect(numbers(false, 0)).toEqual([
    [0, 0],
    [0, 1, 6, 5],
  ]);
  expect(numbers(false, 2)[0]).toEqual([5, 6]);
});

it("counts rows: gradients are sums over the rows of a window, and means over windows", () => {
  const model = newForecaster(rt, { horizon: 3 });
  const batch = windowSource(WAVES, model.coding, { batch: 2, seq: 4, seed: 1 }).training(0);
  expect(model.loss(batch)).toMatchObject({ counted: 8, sequences: 2, symbols: 8 });
});

describe("a forecast", () => {
  it("is as long as the horizon, or as asked for; the past may be numbers", () => {
    const model = newForecaster(rt, { horizon: 3 }, seriesOf({ x: [1, 5, 2, 8, 3] }));
    expect(model.forecast([1, 5, 2]).map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(model.forecast(Float32Array.of(1, 5, 2), 8)).toHaveLength(8);
    expect(model.forecast([[1], [5], [2]], 8)).toEqual(model.forecast([1, 5, 2], 8));
    expect(model.forecast([1, 5, 2], 2)).toEqual(model.forecast([1, 5, 2], 8).slice(0, 2));
    expect(model.forecast([4]), "after a single row").toHaveLength(3);
  });

  it.each([1, 3])("beyond the horizon %i reads itself, and leaves the stream as it was", (horizon) => {
    const model = newForecaster(rt, { horizon, targets: ["echo", "wave"] });
    const packed = model.pack();
    const [stream, other] = [packed.stream(), packed.stream()];
    for (const row of ROWS.slice(0, 9)) {
      stream.push(row);
      other.push(row);
    }
    const found = stream.forecast(3 * horizon + 1);
    expect(stream.forecast(3 * horizon + 1)).toEqual(found);
    for (let i = 0; i < found.length; i++) {
      if (i % horizon === 0 && i)
        for (const [echo, wave] of found.slice(i - horizon, i)) other.push([wave!, echo!]);
      const next = other.forecast(horizon)[i % horizon];
      expect(found[i]).toEqual(next);
    }
    const fresh = packed.stream();
    for (const row of ROWS.slice(0, 9)) fresh.push(row);
    expect(stream.push(ROWS[9]!)).toEqual(fresh.push(ROWS[9]!));
  });

  it("of the strategy direct is the row at the horizon", () => {
    const model = newForecaster(rt, { horizon: 5, strategy: "direct" });
    expect(model.forecast(ROWS)).toHaveLength(1);
    expect(model.forecast(ROWS, 5)).toHaveLength(1);
    expectError(
      () => model.forecast(ROWS, 4),
      "ERR_VALUE",
      "4 steps, but strategy direct forecasts only the step 5",
    );
  });

  it("of an untrained model without weights is persistence, or the mean", () => {
    for (const changes of [true, false]) {
      const model = newForecaster(rt, { changes, horizon: 2 });
      for (const tensor of Object.values(model.parameters())) tensor.data.fill(0);
      const expected = changes ? [...ROWS.at(-1)!] : model.tables.scaling.columns.map(({ mean }) => mean);
      expect(model.forecast(ROWS)).toEqual([expected, expected]);
    }
  });

  it("does not depend on the unit, for scales are powers of two", () => {
    const [x, y] = [
      WAVES,
      seriesOf(Object.fromEntries(BOTH.map((name, i) => [name, ROWS.map((row) => 1024 * row[i]!)]))),
    ];
    const model = newForecaster(rt, { horizon: 2 }, x);
    const other = newForecaster(rt, { horizon: 2 }, y);
    other.loadStateDict(model.stateDict());
    const found = other.forecast(rowsOf(y), 5).map((row) => row.map((value) => value / 1024));
    expect(found).toEqual(model.forecast(ROWS, 5));
  });

  it("goes through a constant column", () => {
    const flat = seriesOf({ x: new Array(30).fill(7) });
    for (const changes of [true, false]) {
      const found = newForecaster(rt, { changes }, flat).forecast(rowsOf(flat), 4);
      expect(found.flat().every(Number.isFinite)).toBe(true);
    }
  });

  it("refuses invalid rows, and continues after them", () => {
    const model = newForecaster(rt);
    const [stream, other] = [model.pack().stream(), model.pack().stream()];
    expectError(() => stream.forecast(), "ERR_STATE", "push a row first");
    stream.push([1, 2]);
    other.push([1, 2]);
    expectError(() => stream.push([1, Number.NaN]), "ERR_DATA", "row 2 has NaN");
    expectError(() => stream.push([1, Number.POSITIVE_INFINITY]), "ERR_DATA", "row 2 has Infinity");
    expectError(() => stream.push([1e300, 2]), "ERR_DATA", "row 2 has 1e+300, 2, too far");
    expectError(() => stream.push([1]), "ERR_DATA", "row 2 has 1 column, expected 2");
    expectError(() => stream.push(1), "ERR_DATA", "row 2 has 1 column, expected 2");
    expect(stream.push([3, 4])).toEqual(other.push([3, 4]));
    expectError(() => model.forecast([]), "ERR_DATA", "no row");
    expectError(() => model.forecast(ROWS, 0), "ERR_VALUE", "steps is 0");
    expectError(
      () => newForecaster(rt, { targets: ["echo"] }).forecast(ROWS, 2),
      "ERR_VALUE",
      '"wave" is read and not',
    );
    model.head.bias!.data.fill(Number.NaN);
    expectError(() => model.forecast(ROWS), "ERR_NAN");
  });

  it("is the same after a saved state is restored, from JSON too", () => {
    const packed = newForecaster(rt, { horizon: 2 }).pack();
    const [stream, twin] = [packed.stream(), packed.stream()];
    for (const row of ROWS.slice(0, 9)) stream.push(row);
    const { state } = stream;
    const text = JSON.stringify(state, (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
    );
    const forecast = stream.forecast();
    const next = stream.push(ROWS[9]!).slice();
    for (const saved of [state, JSON.parse(text)]) {
      twin.reset();
      twin.state = saved;
      expect(twin.count).toBe(9);
      expect(twin.forecast()).toEqual(forecast);
      expect(twin.push(ROWS[9]!)).toEqual(next);
    }
    twin.state = packed.stream().state;
    expectError(() => twin.forecast(), "ERR_STATE", "push a row first");
  });

  it("refuses an invalid state, and keeps its own", () => {
    const stream = newForecaster(rt).pack().stream();
    stream.push(ROWS[0]!);
    const { state } = stream;
    const set = (wrong: object | undefined) => () => {
      stream.state = (wrong && { ...state, ...wrong }) as typeof state;
    };
    expectError(set(undefined), "ERR_VALUE", "undefined, expected an object");
    expectError(set({ rows: [1] }), "ERR_SHAPE", "state.rows has 1 number, expected 4");
    expectError(set({ count: -1 }), "ERR_VALUE", "state.count is -1");
    expectError(set({ count: 7, h: [1] }), "ERR_SHAPE", "state has 1,");
    expect(stream.state).toEqual(state);
  });

  it("can begin again", () => {
    const stream = newForecaster(rt).pack().stream();
    const first = stream.push(ROWS[5]!).slice();
    stream.push(ROWS[6]!);
    stream.reset();
    expect(stream.push(ROWS[5]!)).toEqual(first);
    stream.dispose();
    stream.dispose();
    expectError(() => stream.push(ROWS[5]!), "ERR_DISPOSED");
  });

  it("continues after the memory has grown, and frees what it took", () => {
    const model = newForecaster(rt);
    model.forecast(ROWS);
    const used = rt.memory.used;
    const expected = model.forecast(ROWS, 3);
    expect(rt.memory.used).toBe(used);
    const stream = model.pack().stream();
    ROWS.forEach((row, i) => {
      if (i === 50) rt.tensor(new Float32Array(2_000_000), [2_000_000]);
      stream.push(row);
    });
    expect(stream.forecast(3)).toEqual(expected);
  });
});

describe("a forecaster's spec", () => {
  const spec = defaultForecasterSpec(BOTH);

  it("comes back as it was", () => {
    expect(checkForecasterSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it.each<[object, string]>([
    [{ columns: [] }, "columns is []"],
    [
      { columns: ["a", "a"], targets: ["a"] },
      'columns is ["a","a"], expected a list of at most 10000 names that differ',
    ],
    [{ columns: ["a", ""] }, "columns is"],
    [{ columns: "a" }, "columns is"],
    [{ targets: ["other"] }, 'target "other" is not among the columns'],
    [{ targets: [] }, "targets is []"],
    [{ horizon: 0 }, "horizon is 0"],
    [{ horizon: 1.5 }, "horizon is 1.5"],
    [{ strategy: "all" }, "expected joint or direct or iterated"],
    [{ changes: 1 }, "changes is 1"],
    [{ loss: "l1" }, "expected mse or mae"],
    [{ embedding: 4 }, "embedding is 4, but a forecaster reads numbers"],
    [{ bidirectional: true }, "see the future"],
    [{ tied: true }, "tied is true"],
    [{ peepholes: true, cell: "gru" }, "peepholes"],
    [{ strategy: "iterated", horizon: 2, targets: ["echo"] }, '"wave" is read and not forecast'],
    [{ task: "tagger" }, "task"],
    [{ pooling: "max" }, "unknown field pooling"],
  ])("is refused with %j", (fields, message) => {
    expectError(() => checkForecasterSpec({ ...spec, ...fields }), "ERR_VALUE", message);
  });

  it("does not go with other series, scalings or files", () => {
    expectError(
      () => scalingOf(spec, seriesOf({ wave: [1] })),
      "ERR_DATA",
      '["wave"], expected ["wave","echo"]',
    );
    const scaling = new Scaling(newForecaster(rt).tables.scaling.columns.slice(1));
    expectError(() => new Forecaster(rt, spec, { scaling }), "ERR_VALUE", "1 column, the spec 2");
    const bytes = serializeModel(newForecaster(rt));
    expectError(
      () => loadModel(rt, bytes, [Classifier]),
      "ERR_FORMAT",
      'task is "forecaster", expected classifier',
    );
    expectError(
      () => loadModel(rt, serializeModel(smallModel(rt)), [Forecaster]),
      "ERR_FORMAT",
      "language-model",
    );
  });
});
