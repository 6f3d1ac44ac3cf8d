// A forecast, what came, and how far earlier forecasts were off.

import assert from "node:assert/strict";
import { picture, tab } from "../driver.mjs";
import { close, rowsOf } from "./compare.mjs";
import { dotsOf } from "./drawn.mjs";
import { quantile } from "./maths.mjs";

/** Columns of the tables and the shares of the errors that lie below them. */
const BANDS = { low90: 0.05, low50: 0.25, high50: 0.75, high90: 0.95 };

/** Forecasts have the unit of the data, hundreds of passengers, and each step is made from the one before. */
const PASSENGERS = 1e-3;

/** Compares the forecast of the last rows and of what follows them, and the errors by step. */
export async function compareForecast(page, { model, text }) {
  await tab(page, "Forecast");
  const [, ...lines] = text.trim().split("\n");
  const series = lines.map((line) => [Number(line.split(",").at(-1))]);
  const { horizon } = model.spec;
  const seen = [];
  for (const [end, rows] of Object.entries({ known: series.slice(0, -horizon), open: series })) {
    await page
      .locator("#inside-panel")
      .getByRole("combobox", { name: "Forecast", exact: true })
      .selectOption(end);
    const errors = errorsOf(model, series, rows.length);
    const shown = await rowsOf(page, "Forecast");
    const past = shown.filter((row) => row.past !== "");
    for (const row of past) assert.equal(Number(row.past), rows[row.row - 1][0]);
    assert.equal(Number(past.at(-1).row), rows.length);
    const ahead = shown.filter((row) => row.forecast !== "");
    const computed = model.forecast(rows, horizon);
    assert.equal(ahead.length, horizon);
    for (const [step, row] of ahead.entries()) {
      const what = `row ${row.row}, ${step + 1} ahead`;
      const [value] = computed[step];
      assert.equal(Number(row.row), rows.length + step + 1);
      close(row.forecast, value, what, PASSENGERS);
      assert.equal(row.came, end === "known" ? String(series[rows.length + step][0]) : "");
      for (const [band, share] of Object.entries(BANDS)) {
        close(row[band], value + quantile(errors[step], share), `${band} of ${what}`, PASSENGERS);
      }
    }
    const dots = await dotsOf(page, "Forecast");
    assert.equal(dots.length, horizon);
    for (const [step, row] of dots.entries()) {
      assert(Math.abs(row - ahead[step].row) < 0.3, `${step + 1} ahead is drawn at row ${row}`);
    }
    const bySteps = await rowsOf(page, "Errors by step");
    for (const [step, row] of bySteps.entries()) {
      assert.equal(Number(row["steps ahead"]), step + 1);
      for (const [band, share] of Object.entries({ ...BANDS, middle: 0.5 })) {
        const off = Math.abs(row[band] - quantile(errors[step], share));
        assert(off < PASSENGERS * 500, `${band} at ${step + 1} ahead: ${row[band]}, off by ${off}`);
      }
    }
    const measured = /90%: (\d+) errors/.exec(await picture(page, "Forecast").innerText())[1];
    assert.equal(Number(measured), errors[0].length);
    seen.push(`${ahead.length} steps, errors of ${measured}`);
  }
  return seen.join("; ");
}

/**
 * Returns what came minus forecast, by step, of each row of the tenth that is kept aside. It leaves out the forecast that is shown, which
 * begins after `shown` rows.
 */
function errorsOf(model, series, shown) {
  const { horizon } = model.spec;
  const first = series.length - Math.max(horizon, Math.floor(series.length / 10));
  const errors = Array.from({ length: horizon }, () => []);
  for (let from = first - horizon + 1; from < series.length; from++) {
    if (from === shown) continue;
    const computed = model.forecast(series.slice(0, from), horizon);
    for (const [step, [value]] of computed.entries()) {
      const row = from + step;
      if (row >= first && row < series.length) errors[step].push(series[row][0] - value);
    }
  }
  return errors;
}
