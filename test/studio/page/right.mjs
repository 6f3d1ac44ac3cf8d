// Whether pictures are right: their numbers against those that the library computes here from the model that the page saves.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRuntime, loadModel, recordGates } from "unrolled";
import { TASKS } from "unrolled/tasks";
import { downloaded, numbers, open, press, tab, until } from "./driver.mjs";

/** The table of a picture has four digits; the page may use the relaxed kernels, which round differently. */
const CLOSE = 2e-4;

const close = (shown, computed, what) =>
  assert(Math.abs(Number(shown) - computed) <= CLOSE, `${what}: shown ${shown}, computed ${computed}`);

/** Trains a task for a moment. @returns the model that the page saves */
async function trained(page, task) {
  await open(page, `task/${task}`);
  await press(page, "Train");
  await until("the model", page, async () => (await page.locator(".use").count()) > 0, 120);
  if (await page.getByRole("button", { name: "Stop", exact: true }).isEnabled()) await press(page, "Stop");
  await until("the end", page, async () => /Stopped|Finished/.test(await page.locator(".phase").innerText()));
  await page.waitForTimeout(1000);
  const bytes = await downloaded(page, () => press(page, "Save the model"));
  const rt = await createRuntime({ variant: "strict" });
  return loadModel(
    rt,
    new Uint8Array(bytes),
    TASKS.map(({ Model }) => Model),
  );
}

/** Compares again for some seconds, since a picture shows the weights before until the new ones have been computed. */
async function soon(compare) {
  for (const end = performance.now() + 15_000; ; ) {
    try {
      return await compare();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

const scenario = (name, run) => ({ name: `is right: ${name}`, evaluates: true, chromiumOnly: true, run });

export const rightScenarios = [
  scenario("gates, activations and probabilities of a language model", async ({ page }) => {
    const model = await trained(page, "language-model");
    return soon(async () => {
      await tab(page, "Gates");
      const shown = await numbers(page, "Gates over the steps");
      const text = shown.map(({ symbol }) => plainSymbol(symbol)).join("");
      const [layer] = recordGates(model, () => read(model, text));
      const { values, hidden } = layer;
      for (const [t, row] of shown.entries()) {
        close(row.Γu, 1 - values.z[t * hidden], `Γu<${t + 1}>`);
        close(row.Γr, values.r[t * hidden], `Γr<${t + 1}>`);
        close(row.c̃, values.n[t * hidden], `c̃<${t + 1}>`);
        close(row.h, values.h[t * hidden], `h<${t + 1}>`);
      }
      await tab(page, "Activations");
      const units = await numbers(page, "All units of the layer");
      for (const [t, row] of units.slice(0, shown.length).entries()) {
        for (let unit = 0; unit < hidden; unit++) {
          close(row[`unit ${unit + 1}`], values.h[t * hidden + unit], `unit ${unit + 1} at ${t + 1}`);
        }
      }
      await tab(page, "Next symbols");
      const rows = await numbers(page, "Surprise");
      const packed = model.pack();
      const stream = packed.stream();
      for (const { symbol, probability } of rows) {
        const [id] = model.encode(plainSymbol(symbol));
        close(probability, Math.exp(stream.logProbability(id)), symbol);
        stream.feed(id);
      }
      return `${shown.length} steps of gates, ${rows.length} probabilities`;
    });
  }),
  scenario("attention of an encoder-decoder", async ({ page }) => {
    const model = await trained(page, "encoder-decoder");
    await tab(page, "Attention");
    return soon(async () => {
      const rows = await numbers(page, "Attention");
      const source = rows.filter(({ step }) => step === "1").map(({ read }) => plainSymbol(read));
      const [{ attention }] = model.predict([source.filter((token) => token !== "■").join("")], {
        attention: true,
      });
      let compared = 0;
      for (const { step, position, weight } of rows) {
        const computed = attention[Number(step) - 1]?.[Number(position) - 1];
        if (computed === undefined) continue;
        close(weight, computed, `weight of ${position} at ${step}`);
        compared++;
      }
      assert(compared > 10);
      return `${compared} weights`;
    });
  }),
  scenario("the unrolled network of a language model, and its loss", async ({ page }) => {
    const model = await trained(page, "language-model");
    return soon(async () => {
      await tab(page, "Unrolled");
      const rows = await numbers(page, "The unrolled network");
      const symbols = rows.map((row) => plainSymbol(row["x<t>"]));
      const [layer] = recordGates(model, () => read(model, symbols.join("")));
      const stream = model.pack().stream();
      for (const [t, row] of rows.entries()) {
        close(row["a<t> of unit 1"], layer.values.h[t * layer.hidden], `a<${t + 1}>`);
        stream.feed(model.encode(symbols[t])[0]);
        const [next] = model.encode(plainSymbol(row["y<t>"]));
        close(row["loss L<t>"], -stream.logProbability(next), `L<${t + 1}>`);
      }
      const losses = (await numbers(page, "Loss")).filter(({ kind }) => kind === "validation");
      const best = Math.min(...losses.map(({ loss }) => Number(loss)));
      const shown = await page.locator("dt:text-is('Perplexity') + dd").innerText();
      assert(Math.abs(Math.exp(best) - Number(shown)) < 0.06, `perplexity ${shown}, least loss ${best}`);
      return `${rows.length} steps`;
    });
  }),
  scenario("the beam search of an encoder-decoder", async ({ page }) => {
    const model = await trained(page, "encoder-decoder");
    return soon(async () => {
      await tab(page, "Beam search");
      const list = page.getByRole("list", { name: "What it could write, with probabilities" });
      const best = await list.locator("li > span").first().innerText();
      const source = await page.locator("#inside-panel").getByRole("textbox").first().inputValue();
      const [written] = model.predict([source], { beam: 3 });
      assert.equal(best, written.text);
      const rows = await numbers(page, "Beam search");
      const whole = rows.map((row) => Number(row["of the whole beginning"]));
      assert(
        whole.some((value) => Math.abs(value - Math.exp(written.logProbability)) < CLOSE),
        `probability ${Math.exp(written.logProbability)}`,
      );
      return best;
    });
  }),
  scenario("what decided the label of a classifier", async ({ page }) => {
    const model = await trained(page, "classifier");
    return soon(async () => {
      await tab(page, "What decided");
      const rows = await numbers(page, "Which parts decided");
      const letters = rows.map(({ token }) => plainSymbol(token));
      const [{ label, probability }] = model.predict([letters.join("")]);
      for (const [i, row] of rows.entries()) {
        const without = letters.filter((_, k) => k !== i).join("");
        const [{ probabilities }] = model.predict([without]);
        close(row["change if left out"], Math.log(probability / probabilities[label]), `letter ${i + 1}`);
      }
      return `${label}, ${rows.length} letters`;
    });
  }),
  scenario("confusion matrix of a classifier", async ({ page }) => {
    await trained(page, "classifier");
    await tab(page, "Confusion");
    return soon(async () => {
      const rows = await numbers(page, "Confusion matrix");
      const counts = rows.map(({ count }) => Number(count));
      const all = counts.reduce((sum, count) => sum + count, 0);
      const right = rows
        .filter(({ right, given }) => right === given)
        .reduce((sum, { count }) => sum + Number(count), 0);
      const score = await page.locator("dt:text-is('Right answers') + dd").innerText();
      assert.equal(
        `${((100 * right) / all).toFixed(1)}%`,
        score,
        "the share of the diagonal is the score of the last test",
      );
      return `${right} of ${all}`;
    });
  }),
  scenario("tags of a tagger", async ({ page }) => {
    const model = await trained(page, "tagger");
    await tab(page, "Tags");
    return soon(async () => {
      const rows = (await numbers(page, "Tags")).filter(({ sentence }) => Number(sentence) <= 5);
      for (const sentence of ["1", "2", "3"]) {
        const own = rows.filter((row) => row.sentence === sentence);
        const [tags] = model.predict([own.map(({ token }) => token)]);
        assert.deepEqual(
          own.map(({ given }) => given),
          [...tags],
        );
      }
    });
  }),
  scenario("forecast of a series", async ({ page }) => {
    const model = await trained(page, "forecaster");
    return soon(async () => {
      const rows = await numbers(page, "Forecast of passengers");
      const file = new URL("../../../examples/data/passengers.csv", import.meta.url);
      const series = (await readFile(file, "utf8"))
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => [Number(line.split(",").at(-1))]);
      const forecasts = rows.filter(
        ({ kind, row }) => kind === "forecast" && Number(row) > series.length - 12,
      );
      const computed = model.forecast(series.slice(0, -12), 12);
      for (const [i, { value }] of forecasts.slice(-12).entries()) {
        assert(Math.abs(Number(value) - computed[i][0]) < 0.05, `${value}, computed ${computed[i][0]}`);
      }
      return `${forecasts.length} steps`;
    });
  }),
];

/** Returns a symbol for the sign that stands for it in a picture. */
const plainSymbol = (sign) => ({ "␣": " ", "⏎": "\n" })[sign] ?? sign;

/** Reads a text with a language model, so that its gates can be recorded. */
function read(model, text) {
  const rt = model.runtime;
  return rt.scope(() => model.forward(rt.tensor(model.encode(text), [text.length, 1])));
}
