// Vectors of symbols and of sequences in the plane of their principal components.

import assert from "node:assert/strict";
import { recordGates } from "unrolled";
import { tab } from "../driver.mjs";
import { aboutOf, close, PERCENT, rowsOf, shareOf } from "./compare.mjs";
import { mean, rowsOfArray } from "./maths.mjs";

/** How the picture calls symbols that cannot be seen. */
const SPOKEN = { space: " ", "line end": "\n", tab: "\t", end: "<EOS>", unknown: "<UNK>" };
const plain = (name) => SPOKEN[name] ?? name;

/** Returns the vectors of symbols: their embeddings, or what W_ih makes of them. */
function vectorsOfSymbols(model, symbols) {
  const reader = model.encoder ?? model;
  const { embedding, rnn } = reader;
  const all = (model.source ?? model.vocabulary).symbols;
  const { weight_ih_l0: weights } = rnn.stateDict();
  const tables = embedding
    ? rowsOfArray(embedding.stateDict().weight.data, embedding.stateDict().weight.shape[1])
    : rowsOfArray(weights.data, weights.shape[1]);
  return symbols.map((symbol) => {
    const id = all.indexOf(symbol);
    assert(id >= 0, `${symbol} is in the vocabulary`);
    return embedding ? tables[id] : tables.map((row) => row[id]);
  });
}

/** Returns the vectors of texts, by the name of the task. */
const VECTORS = {
  embedder: (model, texts) => model.encode(texts),
  autoencoder: (model, texts) => model.encode(texts),
  classifier: (model, texts) => texts.map((text) => pooled(model, text)),
};

/** Pools the hidden states of a classifier over the steps, as its spec says. */
function pooled(model, text) {
  const { pooling } = model.spec;
  const layers = recordGates(model, () => model.predict([text])).filter(({ part }) => part === "rnn");
  const top = layers.filter(({ layer }) => layer === model.spec.layers - 1);
  const poolings = {
    mean: (states) => mean(states),
    max: (states) => Math.max(...states),
    last: (states, direction) => (direction ? states[0] : states.at(-1)),
  };
  return pooling.split("+").flatMap((name) =>
    top.flatMap(({ hidden, direction, values: { h } }) =>
      Array.from({ length: hidden }, (_, unit) => {
        const states = Array.from({ length: h.length / hidden }, (_, t) => h[t * hidden + unit]);
        return poolings[name](states, direction);
      }),
    ),
  );
}

/** Compares the symbols in the plane. */
export async function compareSymbols(page, { task, model }) {
  await tab(page, "Plane");
  if (VECTORS[task]) await page.getByLabel("What", { exact: true }).selectOption("symbols");
  const known = (model.source ?? model.vocabulary).symbols.slice(0, 400);
  const areWords = known.some((symbol) => [...symbol].length > 1 && !symbol.startsWith("<"));
  const title = `${areWords ? "Words" : "Symbols"} in the plane`;
  const rows = await rowsOf(page, title);
  const symbols = rows.map(({ name }) => plain(name));
  assert.deepEqual(symbols, [...known]);
  return comparePlane(page, title, rows, vectorsOfSymbols(model, symbols));
}

/** Compares the sequences in the plane. @param groupOf returns the group of a text; undefined if there are no groups */
export async function compareSequences(page, { task, model, text }, groupOf) {
  await tab(page, "Plane");
  await page.getByLabel("What", { exact: true }).selectOption("sequences");
  const rows = await rowsOf(page, "Sequences in the plane");
  const texts = rows.map(({ name }) => plain(name));
  const cells = new Set(text.split(/[\t\n]/));
  for (const [i, one] of texts.entries()) {
    assert(cells.has(one), `${one} is in the data`);
    if (groupOf) assert.equal(rows[i].group, groupOf(one));
  }
  return comparePlane(page, "Sequences in the plane", rows, VECTORS[task](model, texts));
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/**
 * Asserts that points are the first two principal components of vectors, up to sign: their coordinates on an axis are an eigenvector of
 * the products of all pairs of vectors, its squared length is the eigenvalue, and no vector outside the plane has a larger one. That
 * holds also if two components are equally strong, and any mix of them is right.
 */
async function comparePlane(page, title, rows, vectors) {
  const middle = Array.from(vectors[0], (_, i) => mean(vectors.map((vector) => vector[i])));
  const centred = vectors.map((vector) => Array.from(vector, (value, i) => value - middle[i]));
  /** X^T v for the rows X, then X of it: the products of all pairs, times v. */
  const times = (v) => {
    const sum = new Float64Array(middle.length);
    for (const [n, row] of centred.entries()) for (const [i, value] of row.entries()) sum[i] += value * v[n];
    return centred.map((row) => dot(row, sum));
  };
  const axes = ["x", "y"].map((axis) => rows.map((row) => Number(row[axis])));
  const values = axes.map((axis) => dot(axis, axis));
  const all = centred.reduce((sum, row) => sum + dot(row, row), 0);
  for (const [k, axis] of axes.entries()) {
    const turned = times(axis);
    const off = Math.hypot(...turned.map((value, n) => value - values[k] * axis[n]));
    assert(
      off < 2e-3 * values[k] * Math.hypot(...axis),
      `${title}: axis ${k + 1} is no component, off by ${off}`,
    );
  }
  const cosine = dot(...axes) / Math.sqrt(values[0] * values[1]);
  assert(
    Math.abs(cosine) < 1e-3 && values[0] >= values[1] * 0.999,
    `${title}: axes ${values}, cosine ${cosine}`,
  );
  const outside = (v) => {
    const [a, b] = axes.map((axis, k) => dot(v, axis) / values[k]);
    return v.map((value, n) => value - a * axes[0][n] - b * axes[1][n]);
  };
  let rest = outside(rows.map((_, n) => Math.cos(n * n)));
  let strongest = 0;
  for (let i = 0; i < 60; i++) {
    rest = outside(times(rest));
    strongest = Math.hypot(...rest);
    if (strongest) rest = rest.map((value) => value / strongest);
  }
  assert(strongest < 1.005 * values[1], `${title}: a direction outside has ${strongest}, the axes ${values}`);
  const [, shown] = new RegExp(`with (${PERCENT}) of the variance`).exec(await aboutOf(page, title));
  close(shareOf(shown), (values[0] + values[1]) / all, `${title}: share of the variance`, 6e-4);
  return `${rows.length} points, ${shown}`;
}
