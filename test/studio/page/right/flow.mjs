// How far back in time the gradient of a loss reaches.

import assert from "node:assert/strict";
import { crossEntropy, modelGradientFlow } from "unrolled";
import { slide, tab } from "../driver.mjs";
import { rowsOf, shareOf } from "./compare.mjs";
import { mean } from "./maths.mjs";
import { trainerOf } from "./trained.mjs";

/**
 * Norms are compared as shares of themselves. What is below a millionth of the largest one may be rounding: tanh of a large number is 1 or
 * the float before 1, so that a saturated unit passes on nothing or a little.
 */
const [SHARE, ROUNDING] = [2e-3, 2e-6];

/** Compares the norms of the layers, and the verdicts. @param layers those of the library, with `norms` */
async function compareLayers(page, layers) {
  const rows = await rowsOf(page, "Gradient flow");
  const names = [...new Set(rows.map(({ layer }) => layer))];
  assert.equal(names.length, layers.length);
  const verdicts = await page.locator(".verdicts li strong").allInnerTexts();
  for (const [i, name] of names.entries()) {
    const shown = rows.filter(({ layer }) => layer === name);
    const norms = layers[i].norms.filter((norm) => norm > 0);
    assert.equal(shown.length, norms.length, `steps of ${name}`);
    const most = Math.max(...norms);
    for (const [k, row] of shown.entries()) {
      const what = `${name}, ${row["steps back"]} steps back: shown ${row.gradient}, computed ${norms[k]}`;
      assert(Math.abs(row.gradient - norms[k]) < SHARE * norms[k] + ROUNDING * most, what);
    }
    const [first, last] = [layers[i].norms[0], layers[i].norms.at(-1)];
    const left = last / Math.max(...layers[i].norms);
    const [, verdict] = /: (\w+)\.$/.exec(verdicts[i]);
    const fits = {
      explodes: last > 9.9 * first,
      vanishes: left < 0.0101,
      fades: left > 0.0099 && left < 0.334,
      flows: left > 0.332,
    };
    assert(fits[verdict], `${name}: ${verdict}, ${left} is left`);
    const said = await page.locator(".verdicts li").nth(i).innerText();
    const share = /back, (.*?) of the largest/.exec(said)?.[1].replace("nothing", "0%");
    if (share) assert(Math.abs(shareOf(share) - left) < 0.0101, `${said}; ${left} is left`);
  }
  return `${rows.length} norms`;
}

/** Compares the flow in the first mini-batch of a run. */
export async function compareFlow(page, one) {
  await tab(page, "Gradient flow");
  const trainer = await trainerOf(one);
  return compareLayers(page, modelGradientFlow(one.model, trainer.nextBatch()).flow);
}

/** Windows of the text that the page averages. */
const WINDOWS = 8;
/** Characters of the text that it reads. */
const READ = 30_000;

/**
 * Compares the flow through a language model of one layer. Here it is computed from the other end: for each step, the network starts in
 * the state of that step, which has a gradient, and reads the rest of the window.
 */
export async function compareTextFlow(page, { model, text }) {
  await tab(page, "Gradient flow");
  const steps = await slide(page, "Steps back", 30);
  const { runtime: rt, rnn, embedding, head, spec } = model;
  const ids = model.encode(text.slice(0, READ));
  const last = ids.length - steps - 1;
  const starts = Array.from({ length: WINDOWS }, (_, i) => Math.floor((i * last) / (WINDOWS - 1)));
  const read = (from, to) => {
    const tokens = Array.from({ length: to - from }, (_, t) => starts.map((start) => ids[start + from + t]));
    const x = rt.tensor(Int32Array.from(tokens.flat()), [to - from, WINDOWS]);
    return embedding?.forward(x) ?? x;
  };
  const right = Int32Array.from(starts, (start) => ids[start + steps]);
  const normAfter = (step) =>
    rt.scope(() => {
      const { state } = rt.noGrad(() => rnn.forward(read(0, step)));
      const leaf = (tensor) => rt.tensor(tensor.toArray(), tensor.shape, { requiresGrad: true });
      const h0 = leaf(state.h);
      const given = { h0, ...(state.c && { c0: leaf(state.c) }) };
      const end = step === steps ? h0 : rnn.forward(read(step, steps), given).state.h;
      crossEntropy(head.forward(end), rt.tensor(right, [1, WINDOWS]), { reduction: "sum" }).backward();
      const squares = Array.from(h0.grad.toArray(), (slope) => slope ** 2);
      return Math.sqrt((mean(squares) * squares.length) / WINDOWS);
    });
  const norms = model.inference(() => Array.from({ length: steps }, (_, d) => normAfter(steps - d)));
  return `${spec.cell}: ${await compareLayers(page, [{ norms }])}`;
}
