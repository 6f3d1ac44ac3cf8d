// What a picture draws, read from its SVG.

import assert from "node:assert/strict";
import { picture } from "../driver.mjs";

/** Colours are rounded: a scale has 127 shades on each side, so a channel may be off by 2. */
const SHADE = 3;

/** Returns the colours of the image in a picture, from its top to its bottom, each [red, green, blue]. */
function pixelsOf(page, title) {
  return picture(page, title)
    .locator("svg image")
    .evaluate(async (element) => {
      const image = new Image();
      image.src = element.getAttribute("href");
      await image.decode();
      const { width, height } = image;
      const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      return Array.from({ length: height }, (_, row) =>
        Array.from({ length: width }, (_, column) => [...data.slice(4 * (row * width + column)).slice(0, 3)]),
      );
    });
}

/** Returns the colours of the style sheet by their names. */
const coloursOf = (page, names) =>
  page.evaluate((names) => {
    const style = getComputedStyle(document.documentElement);
    const channels = (name) => style.getPropertyValue(name).trim().slice(1).match(/../g);
    return names.map((name) => channels(name).map((hex) => Number.parseInt(hex, 16)));
  }, names);

/** Compares the legend beside a heat map, if there is one: it must have the colours of the cells. */
async function compareLegend(page, title, ends) {
  const legend = await picture(page, title)
    .locator("svg g.scale rect")
    .evaluateAll((rects) =>
      rects.map((rect) => {
        let opacity = 1;
        for (let part = rect; part.nodeName !== "svg"; part = part.parentNode)
          opacity *= Number(getComputedStyle(part).opacity);
        const { fill, fillOpacity } = getComputedStyle(rect);
        return { colour: fill.match(/\d+/g).map(Number), share: opacity * Number(fillOpacity) };
      }),
    );
  if ((await picture(page, title).locator("svg text", { hasText: /^-1$/ }).count()) > 0)
    assert(legend.length);
  for (const [i, { colour, share }] of legend.entries()) {
    const value = (2 * (i + 0.5)) / legend.length - 1;
    assert.deepEqual(colour, value < 0 ? ends.low : ends.high, `${title}: colour ${i + 1} of the legend`);
    assert(Math.abs(share - Math.abs(value)) < 0.006, `${title}: strength of colour ${i + 1} of the legend`);
  }
}

/**
 * Compares the colours of a heat map: those of --validation above 0, of --train below.
 *
 * @param value returns the number of a cell, -1 to 1
 * @returns the number of columns and rows
 */
export async function compareHeatMap(page, title, value) {
  const [low, middle, high] = await coloursOf(page, ["--train", "--card", "--validation"]);
  await compareLegend(page, title, { low, middle, high });
  const pixels = await pixelsOf(page, title);
  for (const [row, colours] of pixels.entries()) {
    for (const [column, colour] of colours.entries()) {
      const number = Math.max(-1, Math.min(1, value(row, column)));
      const end = number < 0 ? low : high;
      for (const [i, channel] of colour.entries()) {
        const expected = middle[i] + Math.abs(number) * (end[i] - middle[i]);
        assert(
          Math.abs(channel - expected) <= SHADE,
          `${title}: the colour of row ${row + 1}, column ${column + 1} is ${colour}, its number is ${number}`,
        );
      }
    }
  }
  return { columns: pixels[0].length, rows: pixels.length };
}

/** Compares the colours under the symbols of a text. @param values of the symbols, -1 to 1 */
export async function compareTints(page, title, values) {
  const tints = await picture(page, title)
    .locator("rect[data-t]")
    .evaluateAll((rects) =>
      rects.map((rect) => [rect.getAttribute("fill"), rect.getAttribute("fill-opacity")]),
    );
  assert.equal(tints.length, values.length, `${title}: number of coloured symbols`);
  for (const [t, [fill, opacity]] of tints.entries()) {
    const what = `${title}: colour of symbol ${t + 1}, ${values[t]}`;
    assert(Math.abs(opacity - Math.min(1, Math.abs(values[t]))) < 0.0052, `${what}, has opacity ${opacity}`);
    if (Number(opacity)) assert.equal(fill, values[t] < 0 ? "var(--train)" : "var(--validation)", what);
  }
}

/** Returns the opacities of the cells of a matrix, in the order of its cells. */
export const opacitiesOf = (page, title) =>
  picture(page, title)
    .locator("svg g[data-tip] > rect:nth-of-type(2)")
    .evaluateAll((rects) => rects.map((rect) => Number(rect.getAttribute("fill-opacity"))));

/** Returns where the dots of a line stand along the axis below it, in the whole numbers of the axis. */
export const dotsOf = (page, title) =>
  picture(page, title)
    .locator("svg")
    .evaluate((svg) => {
      const boxOf = (element) => element.getBoundingClientRect();
      const middleOf = (element) => (boxOf(element).left + boxOf(element).right) / 2;
      const numbers = [...svg.querySelectorAll("text")].filter((text) => /^\d+$/.test(text.textContent));
      const lowest = Math.max(...numbers.map((text) => boxOf(text).top));
      const ticks = numbers.filter((text) => boxOf(text).top > lowest - 2);
      const [[first, left], [last, right]] = [ticks[0], ticks.at(-1)].map((text) => [
        Number(text.textContent),
        middleOf(text),
      ]);
      return [...svg.querySelectorAll("circle[r='2.5']")].map(
        (dot) => first + ((middleOf(dot) - left) * (last - first)) / (right - left),
      );
    });
