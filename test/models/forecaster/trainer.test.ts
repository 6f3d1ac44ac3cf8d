import { beforeEach, describe, expect, it } from "vitest";
import { evaluateForecasts } from "../../../src/models/forecaster/evaluation.ts";
import { Forecaster } from "../../../src/models/forecaster/model.ts";
import { holdOutEnd, joinSeries, seriesOf, sliceSeries } from "../../../src/models/forecaster/series.ts";
import type { ForecasterSpec } from "../../../src/models/forecaster/spec.ts";
import { ForecastTrainer } from "../../../src/models/forecaster/trainer.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { newForecaster, rowsOf, waves } from "./forecasters.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const PARTS = holdOutEnd(waves(200));

const trainerOf = (spec: Partial<ForecasterSpec> = {}, recipe: Partial<Recipe> = {}, runtime = rt) =>
  new ForecastTrainer(newForecaster(runtime, spec, PARTS.train), PARTS, {
    ...{ batch: 8, seq: 16, lr: 0.02, lrDecayOver: 200, clip: 16 },
    ...recipe,
  });

/** Makes a model with zero weights: it forecasts the last value, or (without changes) the mean of its training part. */
function trivial(spec: Partial<ForecasterSpec>, part = PARTS.train): Forecaster {
  const model = newForecaster(rt, spec, part);
  for (const tensor of Object.values(model.parameters())) tensor.data.fill(0);
  return model;
}

describe("training a forecaster", () => {
  it.each<Partial<ForecasterSpec>>([
    { hidden: 12 },
    { hidden: 12, horizon: 3, loss: "mae" },
    { hidden: 12, horizon: 3, strategy: "iterated", cell: "gru" },
    { hidden: 12, horizon: 3, strategy: "direct", changes: false },
  ])("%j: is far better than persistence, and the best model is saved", async (spec) => {
    const trainer = trainerOf(spec);
    const store = new MemoryStore();
    const { best, stopped } = await train(trainer, { iterations: 200, dataHash: "hash", store });
    expect(stopped).toBe("end");
    const model = loadModel(rt, store.models.at(-1)!, [Forecaster]);
    const found = trainer.validate(model);
    expect(found.loss).toBe(best);
    expect(found.mae).toBeLessThan(0.5 * found.persistence.mae);
    expect(trainer.test()).toBeUndefined();
  });

  it("stopped and resumed, is bit for bit the one that was not", async () => {
    const spec = { dropout: 0.2, horizon: 2 };
    const { bytes } = await expectResumed({
      kinds: [Forecaster],
      begin: (runtime) => trainerOf(spec, {}, runtime),
      resume: (model, recipe) => new ForecastTrainer(model, PARTS, recipe),
      ...{ after: 21, iterations: 40, validateEvery: 7 },
    });
    expectError(() => openLanguageModelCheckpoint(bytes), "ERR_FORMAT", "forecaster");
  });

  it("depends on the seed alone", async () => {
    const losses = async (seed: number) => {
      const trainer = trainerOf({}, { seed }, await startRuntime());
      return Array.from({ length: 5 }, () => trainer.step());
    };
    const [first, same, other] = [await losses(1), await losses(1), await losses(2)];
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("learns its scale from the training part alone, and not from what is held out", () => {
    const parts = { train: PARTS.train, validation: seriesOf({ wave: [1e6, 2e6], echo: [0, 0] }) };
    const model = newForecaster(rt, {}, PARTS.train);
    const before = JSON.stringify(model.tables.scaling);
    new ForecastTrainer(model, parts, {}).step();
    expect(JSON.stringify(model.tables.scaling)).toBe(before);
  });

  it("validates on the rows that follow, with states warmed up on those before them", () => {
    const trainer = trainerOf();
    const all = joinSeries(PARTS.train, PARTS.validation);
    expect(trainer.validate()).toEqual(evaluateForecasts(trainer.model, all, { from: PARTS.train.rows }));
    expect(trainer.validate().origins).toBe(PARTS.validation.rows);
  });

  it("has diverged if it is far worse than guessing", async () => {
    const trainer = trainerOf({}, { lr: 1000, clip: 0, schedule: "constant" });
    const { stopped } = await train(trainer, { iterations: 10, dataHash: "hash", store: new MemoryStore() });
    expect(stopped).toBe("diverged");
  });

  it("goes through a constant column, and series of a few rows", () => {
    const flat = seriesOf({ x: new Array(12).fill(3) });
    const trainer = new ForecastTrainer(newForecaster(rt, {}, flat), holdOutEnd(flat), {});
    for (let i = 0; i < 3; i++) expect(trainer.step()).toBeLessThan(1);
    expect(trainer.validate()).toMatchObject({ origins: 1, nrmse: expect.any(Number) });
    const three = holdOutEnd(seriesOf({ x: [1, 2, 3] }));
    const short = new ForecastTrainer(newForecaster(rt, {}, three.train), three, { batch: 1 });
    expect(Number.isFinite(short.step())).toBe(true);
  });

  it("refuses parts that are too short, or have other columns", () => {
    const model = newForecaster(rt, { horizon: 5 });
    const make = (train: number, validation: number) => () =>
      new ForecastTrainer(model, { train: waves(train), validation: waves(validation) }, {});
    expectError(
      make(5, 9),
      "ERR_DATA",
      "5 rows for training, but forecasts reach 5 ahead: expected at least 6 rows",
    );
    expectError(make(6, 4), "ERR_DATA", "4 rows to compare forecasts of 5 steps with, expected at least 5");
    make(6, 5)();
    const other = { train: waves(), validation: seriesOf({ wave: [1, 2, 3] }) };
    expectError(() => new ForecastTrainer(model, other), "ERR_DATA", "columns");
    expectError(() => new ForecastTrainer(model, PARTS, { batch: 0 }), "ERR_VALUE", "batch");
  });
});

describe("evaluateForecasts", () => {
  const series = seriesOf({ a: [1, 3, 4, 4, 8], b: [0, 0, 10, 10, 20] });

  it("finds what is worked out by hand", () => {
    // Persistence from row 1 on; errors of a: 2 1 0 4, of b: 0 10 0 10.
    const found = evaluateForecasts(trivial({}, series), series, { from: 1 });
    const a = { mae: 7 / 4, rmse: Math.sqrt(21 / 4), nrmse: Math.sqrt(21 / 4) / Math.sqrt(59 / 16) };
    const b = { mae: 5, rmse: Math.sqrt(50), nrmse: Math.sqrt(50) / Math.sqrt(50) };
    for (const name of ["mae", "rmse", "nrmse"] as const) {
      expect(found.columns.a![name]).toBeCloseTo(a[name], 5);
      expect(found.columns.b![name]).toBeCloseTo(b[name], 5);
      expect(found[name]).toBeCloseTo((a[name] + b[name]) / 2, 5);
      expect(found.persistence[name]).toBeCloseTo(found[name], 5);
    }
    expect(found).toMatchObject({ origins: 4, from: 1 });
    expect(found.loss, "1 is persistence on the training part").toBeCloseTo(1, 6);
  });

  it("gives no NRMSE of a constant column, and a mean over the others", () => {
    const flat = seriesOf({ a: [1, 3, 4, 4, 8], c: [5.1, 5.1, 5.1, 5.1, 5.1] });
    const found = evaluateForecasts(trivial({}, flat), flat, { from: 1 });
    expect(found.constant).toEqual(["c"]);
    expect(found.columns.c!.nrmse).not.toSatisfy(Number.isFinite);
    expect(found.nrmse).toBe(found.columns.a!.nrmse);
    expect(found.persistence.nrmse).toBeCloseTo(found.nrmse, 5);
    const alone = seriesOf({ c: [5.1, 5.1, 5.1, 5.1, 5.1] });
    expect(evaluateForecasts(trivial({}, alone), alone, { from: 1 }).nrmse).toBeNaN();
  });

  it("has the loss of training, in units of what training saw", () => {
    // Errors of a: 1 0 4, of b: 10 0 10; root mean squares of the changes: (21/4)^(1/2) and 50^(1/2).
    const loss = (loss: ForecasterSpec["loss"]) =>
      evaluateForecasts(trivial({ loss }, series), series, { from: 2 }).loss;
    expect(loss("mse")).toBeCloseTo((17 / 3 / (21 / 4) + 200 / 3 / 50) / 2, 5);
    expect(loss("mae")).toBeCloseTo((5 / 3 / Math.sqrt(21 / 4) + 20 / 3 / Math.sqrt(50)) / 2, 5);
  });

  it("counts forecasts whose steps all lie from a row on, by steps ahead", () => {
    // After rows 1 and 2 (values 3 and 4) come 4 4 and 4 8: errors 1 1 and 0 4.
    const { mae, ahead, origins, persistence } = evaluateForecasts(
      trivial({ targets: ["a"], horizon: 2 }, series),
      series,
      { from: 2 },
    );
    expect(origins).toBe(2);
    expect(mae).toBeCloseTo(6 / 4, 6);
    expect(persistence.mae).toBe(6 / 4);
    expect(ahead.map(({ steps, mae }) => [steps, mae])).toEqual([
      [1, 1 / 2],
      [2, 5 / 2],
    ]);
    const direct = evaluateForecasts(
      trivial({ targets: ["a"], horizon: 2, strategy: "direct" }, series),
      series,
      {
        from: 2,
      },
    );
    expect(direct.mae).toBeCloseTo(5 / 2, 6);
    expect(direct.ahead.map(({ steps }) => steps)).toEqual([2]);
  });

  it("forecasts the mean if it reads no changes", () => {
    const found = evaluateForecasts(trivial({ changes: false, loss: "mae" }, series), series, { from: 1 });
    expect(found.columns.a!.mae).toBeCloseTo((1 + 0 + 0 + 4) / 4, 5);
    expect(found.columns.b!.mae).toBeCloseTo((8 + 2 + 2 + 12) / 4, 5);
  });

  it("is what a stream says", () => {
    const model = newForecaster(rt, { horizon: 2 });
    const rows = rowsOf(PARTS.train);
    const stream = model.pack().stream();
    let sum = 0;
    rows.slice(0, -2).forEach((row, i) => {
      stream.push(row);
      stream.forecast().forEach((said, k) => {
        said.forEach((value, d) => {
          if (i >= 9) sum += Math.abs(value - rows[i + 1 + k]![d]!);
        });
      });
    });
    const { mae, origins } = evaluateForecasts(model, PARTS.train, { from: 10 });
    expect(mae).toBeCloseTo(sum / (origins * 4), 9);
  });

  it("warms up on a tenth of the rows, 200 at most", () => {
    const model = newForecaster(rt, { hidden: 2 });
    const from = (rows: number) => evaluateForecasts(model, waves(rows)).from;
    expect([from(5), from(150), from(3000)]).toEqual([1, 15, 200]);
  });

  it("refuses series that are too short, and other columns", () => {
    const model = newForecaster(rt, { horizon: 3 });
    expectError(() => evaluateForecasts(model, sliceSeries(waves(), 0, 1)), "ERR_DATA", "0 rows to compare");
    expectError(() => evaluateForecasts(model, sliceSeries(waves(), 0, 3)), "ERR_DATA", "2 rows to compare");
    expect(evaluateForecasts(model, sliceSeries(waves(), 0, 4)).origins).toBe(1);
    expectError(() => evaluateForecasts(model, waves(), { from: 118 }), "ERR_DATA", "2 rows to compare");
    expectError(() => evaluateForecasts(model, waves(), { from: 0 }), "ERR_VALUE", "from is 0");
    expectError(() => evaluateForecasts(model, series), "ERR_DATA", "columns");
  });
});
