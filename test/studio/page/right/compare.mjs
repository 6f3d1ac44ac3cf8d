// Compares what a picture shows with what the library computes.

import assert from "node:assert/strict";
import { csvParse } from "d3-dsv";
import { downloaded, numbers, picture, press } from "../driver.mjs";

/** Digits of the table of a picture. */
const DIGITS = 4;

/** The page may use the relaxed kernels, which round differently. That is 1e-6 of a number, and more after many steps. */
const CLOSE = 2e-4;

export const areClose = (shown, computed, tolerance = CLOSE) =>
  Math.abs(Number(shown) - computed) <= tolerance * Math.max(1, Math.abs(computed));

/** @param tolerance as a share of numbers above 1 */
export function close(shown, computed, what, tolerance) {
  assert(areClose(shown, computed, tolerance), `${what}: shown ${shown}, computed ${computed}`);
}

/**
 * Returns the numbers of a picture from its CSV file: an object a row. The first rows have to stand in its table, too.
 *
 * @param title of the picture
 */
export async function rowsOf(page, title) {
  const table = await numbers(page, title);
  await picture(page, title).locator("summary").click(); // an open table is drawn again with each change
  const bytes = await downloaded(page, () => press(page, `Save the numbers of ${title} as CSV`));
  const rows = csvParse(bytes.toString());
  for (const [i, shown] of table.entries()) {
    for (const [name, value] of Object.entries(shown)) {
      const whole = rows[i][name];
      const isNumber = value !== "" && !Number.isNaN(Number(value)) && !Number.isNaN(Number(whole));
      const differs = isNumber
        ? Math.abs(value - whole) > Math.max(0.6 * 10 ** -DIGITS, 0.006 * Math.abs(whole))
        : value.trim() !== whole.trim();
      assert(!differs, `${title}, row ${i + 1}: the table has ${name} ${value}, the file ${whole}`);
    }
  }
  return rows;
}

/** Writes a share in percent as the page does: only 0 and 1 themselves are 0% and 100%. */
export function percent(share) {
  if (share === 0 || share === 1) return `${100 * share}%`;
  const text = (100 * share).toFixed(1);
  return { "0.0": "< 0.1%", "100.0": "> 99.9%" }[text] ?? `${text}%`;
}

/** A share in percent, as the page writes it. */
export const PERCENT = "(?:[<>] )?[\\d.]+%";

/** Reads what `percent` has written. Of what is rounded to 0 or 1, it returns the middle. */
export const shareOf = (text) =>
  ({ "< 0.1%": 0.00025, "> 99.9%": 0.99975 })[text] ?? Number.parseFloat(text) / 100;

/** Returns what stands above a picture. */
export const aboutOf = (page, title) => picture(page, title).locator("p.about").first().innerText();

/** Compares again for some seconds, since a picture shows the weights before until the new ones have been computed. */
async function soon(compare, seconds = 20) {
  for (const end = performance.now() + 1000 * seconds; ; ) {
    try {
      return await compare();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

/**
 * Makes all comparisons of a model, so that a wrong picture does not hide another one.
 *
 * @param comparisons functions of the page and the model. They return a note, or throw
 */
export async function compareAll(page, one, comparisons) {
  const notes = [];
  const failures = [];
  for (const compare of comparisons) {
    const name = compare.name.replace("compare", "");
    try {
      notes.push(`${name} (${await soon(() => compare(page, one))})`);
    } catch (error) {
      failures.push(
        `${name}: ${error.stack}\nthe picture shows\n${await page.locator("#inside-panel").innerText()}`,
      );
    }
  }
  assert.equal(failures.length, 0, failures.join("\n\n"));
  return notes.join(", ");
}
