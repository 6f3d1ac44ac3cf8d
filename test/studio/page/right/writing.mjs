// What a network with a decoder writes: where it looks meanwhile, and what its beam search keeps.

import assert from "node:assert/strict";
import { concat, tanh } from "unrolled";
import { slide, tab } from "../driver.mjs";
import { areClose, close, rowsOf, shareOf } from "./compare.mjs";
import { opacitiesOf } from "./drawn.mjs";
import { logSoftmax, rowsOfArray } from "./maths.mjs";

const END = "<EOS>";

const field = (page) => page.locator("#inside-panel").getByRole("textbox").first();

/** Hypotheses of nearly the same logarithm of probability may change places in other kernels. */
const TIE = 1e-3;

/**
 * Reads a source and a whole target in one pass, while the page writes step by step.
 *
 * @returns for each step the logarithms of the probabilities of all symbols, and the attention weights
 */
function forced(model, source, target) {
  const { runtime: rt, decoder } = model;
  const { embedding, rnn, attention, mix, head } = decoder;
  const tokens = model.tokens(source);
  const { sources, inputs } = model.encodePairs([{ source: tokens, target }]);
  const lengths = [tokens.length];
  return model.inference(() =>
    rt.noGrad(() =>
      rt.scope(() => {
        const { memory, state } = model.encodeBatch(sources[0], lengths);
        const { h, c } = decoder.begin(state);
        const x = rt.tensor(inputs[0], [inputs[0].length, 1]);
        const { output } = rnn.forward(embedding?.forward(x) ?? x, { h0: h, ...(c && { c0: c }) });
        const looked = attention?.forward(output, memory, lengths);
        const mixed = looked ? tanh(mix.forward(concat([looked.context, output]))) : output;
        const logits = rowsOfArray(head.forward(mixed).toArray(), model.target.size);
        return {
          logs: logits.map((own) => logSoftmax(own, model.target.unknownId ?? -1)),
          weights: looked && rowsOfArray(looked.weights.toArray(), tokens.length),
        };
      }),
    ),
  );
}

/** Compares the attention while the page writes, and that each symbol is the likeliest. */
export async function compareAttention(page, { model }) {
  await tab(page, "Attention");
  const rows = await rowsOf(page, "Attention");
  const source = await field(page).inputValue();
  const tokens = model.tokens(source);
  const written = rows.filter(({ position }) => position === "1").map((row) => row.written);
  const { logs, weights } = forced(
    model,
    source,
    written.filter((token) => token !== END),
  );
  for (const [t, symbol] of written.entries()) {
    const own = logs[t][model.target.symbols.indexOf(symbol)];
    assert(own > Math.max(...logs[t]) - TIE, `${symbol} at ${t + 1} has ${own} of ${Math.max(...logs[t])}`);
  }
  assert.equal(rows.length, written.length * tokens.length);
  for (const { step, position, read, weight } of rows) {
    assert.equal(read, tokens[position - 1]);
    close(weight, weights[step - 1][position - 1], `weight of ${position} at ${step}`);
  }
  assert.deepEqual(
    await opacitiesOf(page, "Attention"),
    rows.map(({ weight }) => Number(weight)),
    "colours of the cells",
  );
  return `${rows.length} weights`;
}

/** Compares the beam search of two widths. */
export async function compareBeams(page, { model }) {
  await tab(page, "Beam search");
  const notes = [];
  for (const width of [4, 2]) {
    await slide(page, "Beam width", width);
    notes.push(await compareSearch(page, model, width));
  }
  return notes.join(" and ");
}

async function compareSearch(page, model, width) {
  const source = await field(page).inputValue();
  const nodes = (await rowsOf(page, "Beam search")).map((row) => ({
    parent: row["continues node"] === "" ? -1 : Number(row["continues node"]),
    step: Number(row.step),
    symbol: row.symbol,
    probability: Number(row.probability),
    whole: Number(row["of the whole beginning"]),
  }));
  const pathTo = (node) => (node < 0 ? [] : [...pathTo(nodes[node].parent), nodes[node].symbol]);
  const parents = new Set(nodes.map(({ parent }) => parent));
  /** Logarithms of the next symbol's probabilities after each node that goes on, and after the start. */
  const after = new Map();
  for (const [node] of nodes.entries()) {
    if (parents.has(node)) continue;
    const { logs } = forced(
      model,
      source,
      pathTo(node).filter((symbol) => symbol !== END),
    );
    for (let at = node; at >= 0; at = nodes[at].parent) {
      after.set(nodes[at].parent, logs[nodes[at].step - 1]);
      if (nodes[at].symbol !== END) after.set(at, logs[nodes[at].step]);
    }
  }
  const sums = new Map([[-1, 0]]);
  for (const [node, { parent, step, symbol, probability, whole }] of nodes.entries()) {
    const log = after.get(parent)[model.target.symbols.indexOf(symbol)];
    sums.set(node, sums.get(parent) + log);
    close(Math.log(probability), log, `logarithm of the probability of ${symbol} at ${step}`);
    close(Math.log(whole), sums.get(node), `that of ${pathTo(node).join("")}`);
  }
  const kept = compareKept(nodes, sums, after, width);
  const [written] = model.predict([source], { beam: width });
  const best = Math.max(...kept.map((node) => sums.get(node)));
  close(best, written.logProbability, `logarithm of the probability of ${written.text}`);
  const texts = kept
    .filter((node) => sums.get(node) > best - TIE)
    .map((node) =>
      pathTo(node)
        .filter((symbol) => symbol !== END)
        .join(""),
    );
  const list = page.getByRole("list", { name: "What it could write, with probabilities" });
  const [shown, , share] = await list.locator("li").first().locator("> span").allInnerTexts();
  assert(texts.includes(shown === "nothing" ? "" : shown), `${shown} is first, expected ${texts}`);
  close(shareOf(share), Math.exp(best), `probability of ${shown}`, 6e-4);
  return `${JSON.stringify(shown)} of ${width}`;
}

/**
 * Asserts that each step has kept the best of all that it could. Hypotheses that have ended keep their places.
 *
 * @returns those that are kept at the end
 */
function compareKept(nodes, sums, after, width) {
  let kept = [-1];
  for (let step = 1; step <= nodes.at(-1).step; step++) {
    const ended = kept.filter((node) => nodes[node]?.symbol === END);
    const open = kept.filter((node) => !ended.includes(node));
    const could = open.flatMap((node) => after.get(node).map((log) => sums.get(node) + log));
    const best = [...could, ...ended.map((node) => sums.get(node))].sort((a, b) => b - a).slice(0, width);
    const own = nodes.flatMap((node, index) => (node.step === step ? [index] : []));
    const stayed = ended.sort((a, b) => sums.get(b) - sums.get(a)).slice(0, width - own.length);
    kept = [...own, ...stayed];
    const found = kept.map((node) => sums.get(node)).sort((a, b) => b - a);
    for (const [rank, sum] of found.entries()) {
      assert(areClose(sum, best[rank], TIE), `step ${step} kept ${found}, the best are ${best}`);
    }
    assert.equal(found.length, best.length, `hypotheses kept at step ${step}`);
  }
  return kept;
}
