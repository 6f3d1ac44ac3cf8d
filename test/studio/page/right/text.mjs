// What a language model expects next, step by step, and what it writes after an edit of its state.

import assert from "node:assert/strict";
import { slide, tab } from "../driver.mjs";
import { aboutOf, close, rowsOf } from "./compare.mjs";
import { compareTints } from "./drawn.mjs";
import { logSoftmax } from "./maths.mjs";
import { NOTES, OF_CELL } from "./states.mjs";

const field = (page) => page.locator("#inside-panel textarea");

/** Two probabilities so close are equally likely to a model in other kernels. */
const TIE = 1e-4;

/** Returns the probabilities of the next symbol in a stream. */
const probabilities = (stream) => logSoftmax(stream.logits()).map(Math.exp);

/** Asserts that a symbol is the likeliest, or as likely as it. */
function assertLikeliest(symbol, all, { vocabulary }, what) {
  const own = all[vocabulary.symbols.indexOf(symbol)];
  assert(own > Math.max(...all) - TIE, `${what}: ${symbol} has ${own}, but another one ${Math.max(...all)}`);
}

/** Compares the guesses at the caret, and how surprised the model was by each symbol. */
export async function compareNext(page, { model }) {
  await tab(page, "Next symbols");
  const text = await field(page).inputValue();
  const caret = Math.floor(text.length / 2);
  await field(page).evaluate((area, caret) => {
    area.setSelectionRange(caret, caret);
    area.dispatchEvent(new Event("select", { bubbles: true }));
  }, caret);
  const surprise = await rowsOf(page, "Surprise");
  const next = await rowsOf(page, "The next character");
  const about = await aboutOf(page, "The next character");
  assert.equal(surprise.map(({ symbol }) => symbol).join(""), text);
  const stream = model.pack().stream();
  const bits = [];
  for (const [t, row] of surprise.entries()) {
    const all = probabilities(stream);
    const [id] = model.encode(text[t]);
    if (t === caret) compareGuesses(next, about, all, model);
    bits.push(-Math.log2(all[id]));
    close(row.probability, all[id], `probability of ${text[t]} at ${t + 1}`);
    close(row["surprise in bits"], bits[t], `surprise at ${t + 1}`);
    assertLikeliest(row.likeliest, all, model, `likeliest at ${t + 1}`);
    close(row["its probability"], Math.max(...all), `highest probability at ${t + 1}`);
    stream.feed(id);
  }
  await compareTints(
    page,
    "Surprise",
    surprise.map((row) => row["surprise in bits"] / 8),
  );
  return `${surprise.length} symbols, ${next.length} guesses`;
}

function compareGuesses(rows, about, all, { vocabulary }) {
  const named = rows.slice(0, -1);
  const ranked = [...all].sort((a, b) => b - a);
  let rest = 1;
  for (const [rank, { character, probability }] of named.entries()) {
    const computed = all[vocabulary.symbols.indexOf(character)];
    close(probability, computed, `probability of ${character} at the caret`);
    assert(Math.abs(computed - ranked[rank]) < TIE, `${character} is number ${rank + 1} at the caret`);
    rest -= computed;
  }
  assert.equal(new Set(named.map(({ character }) => character)).size, named.length);
  close(rows.at(-1).probability, rest, "probability of all others at the caret");
  const entropy = all.reduce((sum, p) => sum - (p && p * Math.log2(p)), 0);
  const shown = Number(/undecided by ([\d.]+) bits/.exec(about)[1]);
  assert(Math.abs(shown - entropy) < 0.051, `entropy ${shown} at the caret, computed ${entropy}`);
}

/** Compares six steps in the middle of the text, and the numbers in the equations of one of them. */
export async function compareUnrolled(page, { model }) {
  await tab(page, "Unrolled");
  const unit = await slide(page, "Unit", 2);
  const step = await slide(page, "Step", 9);
  const text = await field(page).inputValue();
  const rows = await rowsOf(page, "The unrolled network");
  const from = Number(rows[0].t);
  assert(from <= step && step < from + rows.length, `step ${step} is among those from ${from}`);
  const names = OF_CELL[model.spec.cell].split(" ");
  const stream = model.pack().stream();
  for (let t = 1; t < from + rows.length; t++) {
    const before = stream.state;
    stream.feed(model.encode(text[t - 1])[0]);
    const row = rows[t - from];
    if (!row) continue;
    const all = probabilities(stream);
    assert.equal(Number(row.t), t);
    assert.equal(row["x<t>"], text[t - 1]);
    assert.equal(row["y<t>"], text[t]);
    close(row["loss L<t>"], -Math.log(all[model.encode(text[t])[0]]), `L<${t}>`);
    assertLikeliest(row["best guess"], all, model, `best guess at ${t}`);
    close(row["its probability"], Math.max(...all), `probability of the best guess at ${t}`);
    const [gates] = stream.gates;
    const values = { ...gates, ...stream.state };
    const own = Object.fromEntries(names.map((name) => [name, NOTES[name](values, unit - 1)]));
    for (const [name, value] of Object.entries(own)) {
      const column = { h: "a<t>", c: "c<t>" }[name] ?? name;
      close(row[`${column} of unit ${unit}`], value, `${name} of unit ${unit} at ${t}`);
    }
    if (t === step) await compareEquations(page, own, before, unit - 1);
  }
  return `${rows.length} steps`;
}

/** Digits of a number in an equation. */
const WRITTEN = 6e-4;

/** Compares the numbers in the equations of a step. @param before the state of the step before */
async function compareEquations(page, own, before, unit) {
  const lines = page.locator("section[aria-label=Formulas] .formulas").first().locator("div");
  const equations = new Map();
  for (const line of await lines.all()) {
    const [name] = (await line.locator("dt").innerText()).split("<t> = ")[0].split(" = ");
    const numbers = (await line.locator("dd").innerText()).match(/-?\d+\.\d+/g).map(Number);
    equations.set(name, numbers);
  }
  const c = own.c ?? own.h; // a GRU passes on one state, which the notes call c
  const ends = { ...own, c, a: own.h };
  for (const [name, numbers] of equations) {
    close(numbers.at(-1), ends[name], `${name} in its equation`, WRITTEN);
  }
  const update = equations.get("c");
  if (!update) return;
  const old = (before.c ?? before.h)[unit];
  const keep = own.Γf ?? 1 - own.Γu;
  for (const [i, number] of [own.Γu, own["c̃"], keep, old].entries()) {
    close(update[i], number, `number ${i + 1} in the equation of c`, WRITTEN);
  }
}

/** Letters that may differ: a draw on the border of two symbols falls to either side in other kernels. Each is then taken as shown. */
const MOST_OTHER = 1;

/** Changes the hidden state of the unit that matters most, and compares what the model writes then. */
export const compareEdit = (page, one) => compareEditOf(page, one, "h");

/** Does the same with the cell state of an LSTM. */
export const compareCellEdit = (page, one) => compareEditOf(page, one, "c");

/** Compares the probabilities of the next symbol before and after an edit, and both texts letter by letter. */
async function compareEditOf(page, { model }, state) {
  await tab(page, "Edit the state");
  const text = await field(page).inputValue();
  const stream = model.pack().stream();
  for (const id of model.encode(text)) stream.feed(id);
  const before = stream.state;
  const [{ o }] = state === "c" ? stream.gates : [{}];
  const plain = probabilities(stream);
  /** Sets a unit of the one layer. If it is c, then h = Γo tanh(c). */
  const edited = (unit, value) => {
    const changed = { h: before.h.slice(), ...(before.c && { c: before.c.slice() }) };
    changed[state][unit] = value;
    if (state === "c") changed.h[unit] = o[unit] * Math.tanh(value);
    stream.state = changed;
    return changed;
  };
  const shift = (unit) => {
    edited(unit, -1);
    return probabilities(stream).reduce((sum, p, id) => sum + Math.abs(p - plain[id]), 0) / 2;
  };
  const shifts = Array.from({ length: model.spec.hidden }, (_, unit) => shift(unit));
  const best = shifts.indexOf(Math.max(...shifts));
  await slide(page, "Unit", best + 1);
  if (before.c) await page.getByLabel("State", { exact: true }).selectOption(state);
  const value = await slide(page, `New value of ${state}`, -1);
  const temperature = Number(
    await page
      .getByLabel(/^Temperature/)
      .locator("visible=true")
      .last()
      .inputValue(),
  );
  const rows = await rowsOf(page, "The next symbol before and after");
  const after = edited(best, value);
  const changed = probabilities(stream);
  assert.equal(rows.length, model.vocabulary.size);
  for (const { symbol, before, after } of rows) {
    const id = model.vocabulary.symbols.indexOf(symbol);
    close(before, plain[id], `probability of ${symbol} before`);
    close(after, changed[id], `probability of ${symbol} after`);
  }
  const status = await page.locator("#inside-panel p[role=status]:not(.unknown)").innerText();
  const [, name, unit, from, to] = /(\w) of unit (\d+) from (-?\d+\.\d+) to (-?\d+\.\d+)/.exec(status);
  assert.deepEqual([name, Number(unit), Number(to)], [state, best + 1, value]);
  assert(Math.abs(from - before[state][best]) < 0.0052, `${status}, computed ${before[state][best]}`);
  const written = {};
  for (const [title, start] of [
    ["As the model would", before],
    ["After your change", after],
  ]) {
    written[title] = await page.getByRole("region", { name: title }).locator(".written").textContent();
    assert.equal(written[title].length, 160);
    stream.state = start;
    const other = replayed(stream, model, written[title], temperature);
    assert(other <= MOST_OTHER, `${title}: ${other} of 160 symbols are others\n${written[title]}`);
  }
  return `unit ${best + 1} moves ${(100 * shifts[best]).toFixed(1)}%, ${Object.values(written).map((text) => JSON.stringify(text.slice(0, 12)))}`;
}

/** Draws again what the page has drawn, each time after the symbols that the page has. @returns how many symbols are others */
function replayed(stream, model, text, temperature) {
  const { random } = model.runtime;
  random.state = { seed: 1, position: 0 };
  let other = 0;
  for (const symbol of text) {
    const [id] = model.encode(symbol);
    if (stream.draw(random, { temperature }) !== id) other++;
    stream.feed(id);
  }
  return other;
}
