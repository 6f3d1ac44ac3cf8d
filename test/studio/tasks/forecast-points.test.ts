import { describe, expect, it } from "vitest";
import { forecastPoints, meanError } from "../../../studio/src/tasks/forecaster/points.ts";

const forecast = {
  targets: ["a", "b"],
  rows: 12,
  from: 10,
  past: [
    [1, 10],
    [2, 20],
  ],
  steps: [
    [3, 30],
    [5, 31],
    [7, 32],
  ],
  ahead: [1, 2, 3],
  truth: [
    [4, 33],
    [4, 34],
  ],
};

describe("the picture of a forecast", () => {
  it("counts rows from 1 and begins at the last number that was seen", () => {
    expect(forecastPoints(forecast, 0)).toEqual([
      { row: 9, kind: "what was", value: 1 },
      { row: 10, kind: "what was", value: 2 },
      { row: 10, kind: "forecast", value: 2 },
      { row: 11, kind: "forecast", value: 3 },
      { row: 12, kind: "forecast", value: 5 },
      { row: 13, kind: "forecast", value: 7 },
      { row: 11, kind: "what really came", value: 4 },
      { row: 12, kind: "what really came", value: 4 },
    ]);
  });

  it("compares the steps that have come", () => {
    expect(meanError(forecast, 0)).toEqual({ model: 1, stays: 2 });
    expect(meanError(forecast, 1)).toEqual({ model: 3, stays: 13.5 });
    expect(meanError({ ...forecast, truth: [] }, 0)).toBeUndefined();
  });

  it("has a single step if the network forecasts only the horizon", () => {
    const direct = { ...forecast, steps: [[9, 9]], ahead: [2] };
    expect(
      forecastPoints(direct, 0)
        .filter(({ kind }) => kind === "forecast")
        .at(-1),
    ).toEqual({
      row: 12,
      kind: "forecast",
      value: 9,
    });
    expect(meanError(direct, 0)).toEqual({ model: 5, stays: 2 });
  });
});
