// Gates and hidden states of a model of any task while it reads, and the units that follow something.

import assert from "node:assert/strict";
import { recordGates } from "unrolled";
import { picture, slide, tab, until } from "../driver.mjs";
import { areClose, close, rowsOf } from "./compare.mjs";
import { compareHeatMap, compareTints } from "./drawn.mjs";
import { correlation, mean } from "./maths.mjs";

/**
 * Returns the layers of a model while it reads an input, each with its values [T, H]. It goes another way than the page if there are
 * two: what the page reads in one pass is read here step by step, and the other way round.
 *
 * @param symbols what the page says that the network has read; for two networks, the second one
 */
function read({ task, model }, input, symbols) {
  const vectors = () => input.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const rt = model.runtime;
  const passed = (run) =>
    recordGates(model, () => model.inference(() => rt.noGrad(() => rt.scope(() => void run()))));
  switch (task) {
    case "language-model":
      return streamed(model, model.pack().stream(), model.encode(input));
    case "generator":
      return streamed(model, model.pack().stream(input), model.vocabulary.encodeTokens(symbols));
    case "classifier":
    case "tagger":
      return passed(() => model.predict([input])).filter(({ part }) => part === "rnn");
    case "embedder":
      return passed(() => model.encode([input]));
    case "transcriber":
      return passed(() => model.predict([vectors()]));
    case "forecaster": {
      const values = Float64Array.from(vectors().flat());
      const { coding } = model;
      const rows = values.length / coding.width;
      const inputs = new Float32Array(rows * coding.inputs);
      for (let row = 0; row < rows; row++) coding.read(values, row, inputs, row * coding.inputs);
      return passed(() => model.compute(rt.tensor(inputs, [rows, 1, coding.inputs])));
    }
    default: {
      const source = model.tokens(input);
      const { sources, inputs } = model.encodePairs([{ source, target: symbols.slice(1) }]);
      const { length } = inputs[0];
      return passed(() =>
        model.decoder.forward(
          rt.tensor(inputs[0], [length, 1]),
          model.encodeBatch(sources[0], [source.length]),
          [length],
        ),
      );
    }
  }
}

/** Reads step by step. */
function streamed({ rnn }, stream, ids) {
  const H = rnn.hiddenSize;
  const layers = Array.from({ length: rnn.numLayers }, () => ({ hidden: H, values: {} }));
  for (const [t, id] of ids.entries()) {
    stream.feed(id);
    const { h } = stream.state;
    for (const [layer, gates] of stream.gates.entries()) {
      for (const [name, now] of Object.entries({ ...gates, h: h.subarray(layer * H, (layer + 1) * H) })) {
        layers[layer].values[name] ??= new Float32Array(ids.length * H);
        layers[layer].values[name].set(now, t * H);
      }
    }
  }
  return layers;
}

/** The gates and states of the course notes, from those of PyTorch. */
export const NOTES = {
  Γu: ({ i, z }, at) => (i ? i[at] : 1 - z[at]),
  Γf: ({ f }, at) => f[at],
  Γo: ({ o }, at) => o[at],
  Γr: ({ r }, at) => r[at],
  c̃: ({ g, n }, at) => (g ?? n)[at],
  c: ({ c }, at) => c[at],
  h: ({ h }, at) => h[at],
};

/** Those that a cell has. */
export const OF_CELL = { lstm: "Γu Γf Γo c̃ c h", gru: "Γu Γr c̃ h", rnn: "h" };

const panel = (page) => page.locator("#inside-panel");

/** Returns what the network reads: a text, or the condition that was chosen. */
async function inputOf(page) {
  const condition = panel(page).getByLabel("What it writes from", { exact: true });
  return (await condition.count()) ? condition.inputValue() : panel(page).locator("textarea").inputValue();
}

/** Returns how to choose each layer; one without a choice if there is one layer. */
async function layersOf(page) {
  const choice = panel(page).getByLabel("Layer", { exact: true });
  if ((await choice.count()) === 0) return [async () => {}];
  const count = await choice.locator("option").count();
  return Array.from({ length: count }, (_, layer) => () => choice.selectOption(String(layer)));
}

/** Symbols that are compared: a text of the data may be many times as long. */
const MOST_SYMBOLS = 120;

/** Shortens the text that all pictures of a run read. */
export async function shortenText(page) {
  await tab(page, "Activations");
  const area = panel(page).locator("textarea");
  await until("a passage", page, async () => (await area.inputValue()) !== "");
  await area.fill((await area.inputValue()).slice(0, MOST_SYMBOLS));
}

/** Compares the gates of a unit of each layer, their mean, and the colours of the heat map. */
export async function compareGates(page, one) {
  await tab(page, "Gates");
  const rows = () => rowsOf(page, "Gates over the steps");
  const box = page.getByRole("checkbox", { name: "Mean of all units" });
  await box.uncheck();
  await picture(page, "Gates over the steps").waitFor();
  const layers = await layersOf(page);
  await layers.at(-1)();
  const symbols = (await rows()).map(({ symbol }) => symbol);
  const own = read(one, await inputOf(page), symbols);
  assert.equal(own.length, layers.length);
  const names = OF_CELL[one.model.spec.cell].split(" ");
  for (const [layer, { hidden, values }] of own.entries()) {
    await layers[layer]();
    const at = `of layer ${layer + 1}, step`;
    const unit = await slide(page, "Unit", 3 + layer);
    const shown = await rows();
    for (const [t, row] of shown.entries()) {
      assert.deepEqual(Object.keys(row).slice(2), names);
      for (const name of names) {
        close(
          row[name],
          NOTES[name](values, t * hidden + unit - 1),
          `${name} of unit ${unit} ${at} ${t + 1}`,
        );
      }
    }
    await compareHeatMap(page, "Gates as a heat map", (row, column) => {
      const name = names[row];
      const end = name === "c" ? Math.max(1, ...shown.map(({ c }) => Math.abs(c))) : 1;
      return shown[column][name] / (Math.ceil(10 * end - 1e-5) / 10);
    });
    await box.check();
    const ofAll = await rowsOf(page, "Gates over the steps, mean of all units");
    for (const [t, row] of ofAll.entries()) {
      for (const name of names) {
        const units = Array.from({ length: hidden }, (_, k) => NOTES[name](values, t * hidden + k));
        close(row[name], mean(units), `mean ${name} ${at} ${t + 1}`);
      }
    }
    await box.uncheck();
  }
  await layers[0]();
  return `${own.length} layers, ${symbols.length} steps`;
}

/** Compares the states of all units of each layer with those that the gates were compared with, and the colours of the pictures. */
export async function compareActivations(page, one) {
  await tab(page, "Activations");
  await picture(page, "All units of the layer").waitFor();
  const layers = await layersOf(page);
  const symbols = (await rowsOf(page, "A unit over the text")).map(({ symbol }) => symbol);
  const all = read(one, await inputOf(page), symbols);
  const own = one.model.decoder ? all.filter(({ part }) => part.startsWith("decoder")) : all;
  assert.equal(own.length, layers.length);
  for (const [layer, { hidden, values }] of own.entries()) {
    await layers[layer]();
    const unit = await slide(page, "Unit", 2 + layer);
    const shown = await rowsOf(page, "All units of the layer");
    for (const [t, row] of shown.entries()) {
      for (let k = 0; k < hidden; k++) {
        const what = `unit ${k + 1} of layer ${layer + 1} after ${t + 1} steps`;
        close(row[`unit ${k + 1}`], values.h[t * hidden + k], what);
      }
    }
    const states = shown.map((row) => Number(row[`unit ${unit}`]));
    const over = await rowsOf(page, "A unit over the text");
    assert.deepEqual(
      over.map((row) => Number(Object.values(row).at(-1))),
      states,
    );
    await compareTints(page, "A unit over the text", states);
    await compareHeatMap(page, "All units of the layer", (row, column) => shown[column][`unit ${row + 1}`]);
  }
  await layers[0]();
  return `${own.length} layers, ${symbols.length} symbols`;
}

/** Signals that the search knows, as the list says, and patterns of one's own. */
const SIGNALS = [
  ["space", (symbols) => symbols.map((symbol) => Number(/\s/.test(symbol)))],
  ["position in line", positionInLine],
  [
    "your own pattern (regular expression)",
    (symbols) => symbols.map((s) => Number("aeiou".includes(s))),
    "[aeiou]",
  ],
];

function positionInLine(symbols) {
  let position = 0;
  return symbols.map((symbol) => {
    position = symbol === "\n" ? 0 : position + 1;
    return position;
  });
}

/** Compares what the search for units finds in the text of a language model. */
export async function compareUnitSearch(page, one) {
  await tab(page, "Activations");
  await picture(page, "All units of the layer").waitFor();
  const input = await inputOf(page);
  const symbols = [...input];
  const states = read(one, input, symbols).flatMap(({ hidden, values }) =>
    Array.from({ length: hidden }, (_, unit) => {
      const of = (name) => symbols.map((_, t) => values[name][t * hidden + unit]);
      return { unit, h: of("h"), ...(values.c && { c: of("c") }) };
    }),
  );
  for (const [name, signal, pattern] of SIGNALS) {
    await page.getByLabel("Find units that follow").selectOption(name);
    if (pattern) await page.getByLabel("Pattern", { exact: true }).fill(pattern);
    const target = signal(symbols);
    const strengths = states.map(({ unit: _, ...own }) => {
      const found = Object.entries(own).map(([state, values]) => [state, correlation(values, target)]);
      return Object.fromEntries(found);
    });
    const strongest = (own) => Math.max(...Object.values(own).map(Math.abs));
    const chips = page.locator(".chips > .found");
    await chips.nth(11).waitFor();
    const found = await chips.allInnerTexts();
    const least = strengths.map(strongest).sort((a, b) => b - a)[found.length - 1];
    for (const words of found) {
      const [, unit, state, shown] = /unit (\d+), ([hc])\s+(-?[\d.]+)/.exec(words) ?? assert.fail(words);
      const r = strengths[unit - 1][state];
      assert(Math.abs(shown - r) < 0.0052, `${name}: unit ${unit} shown with ${shown}, computed ${r}`);
      assert(
        areClose(Math.max(Math.abs(r), least), Math.abs(r), 1e-3),
        `${name}: unit ${unit} is not among the best`,
      );
    }
    assert.equal(new Set(found).size, found.length);
  }
  return `${SIGNALS.length} signals`;
}
