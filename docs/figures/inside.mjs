// Draws inside.svg beside itself from the model of `npm start`: `npm start`, then `node docs/figures/inside.mjs`.

import { readFileSync, writeFileSync } from "node:fs";
import { createRuntime, LanguageModel, loadModel } from "unrolled";
import { levelsOf } from "../../examples/start/levels.mjs";
import { lookInside } from "../../examples/start/look-inside.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url));

const [WIDTH, MARGIN] = [840, 36];
/** A cell of the passage. */
const [CELL, LINE] = [17.5, 30];
/** Low, middle and high, and the number of colours. Dark letters can be read on all of them. */
const [SCALE, STEPS] = [["#7db3e8", "#f6f1e7", "#f59e4c"], 25];
const INK = "#2b2a27";
const GREY = "#6d6a63";
/** Names of characters that cannot be seen. */
const SHOWN = { " ": "␣", "\n": "↵" };

const rt = await createRuntime({ variant: "strict" });
const model = loadModel(rt, read("../../demo/shakespeare.safetensors"), [LanguageModel]);
const inside = lookInside(model, read("../../examples/data/shakespeare.txt").toString());
const { hidden, layers } = model.spec;
rt.dispose();

const quoted = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const short = (number) => String(Math.round(number * 10) / 10);

function write(x, y, text, { size = 14, fill = INK, font = "sans", anchor = "start", bold = false } = {}) {
  const at = [x].flat().map(short).join(" ");
  const weight = bold ? ' font-weight="600"' : "";
  const align = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${font}" x="${at}" y="${short(y)}" font-size="${size}" fill="${fill}"${weight}${align}>${quoted(text)}</text>`;
}

function box(x, y, width, height, fill, radius = 0) {
  const round = radius ? ` rx="${radius}"` : "";
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"${round}/>`;
}

/** Returns the colour of a share between 0 and 1. */
function colour(share) {
  const [from, to] = share < 0.5 ? [SCALE[0], SCALE[1]] : [SCALE[1], SCALE[2]];
  const part = share < 0.5 ? share * 2 : share * 2 - 1;
  const channel = (hex, i) => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) =>
    Math.round(channel(from, i) + part * (channel(to, i) - channel(from, i))),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Draws the passage, each character on the colour of its value. Neighbours of one colour share a rectangle. */
function drawPassage({ passage, values }, top) {
  const fills = levelsOf(passage, values, STEPS).map((level) => colour(level / (STEPS - 1)));
  let start = 0;
  return passage.split("\n").flatMap((line, row) => {
    const y = top + row * LINE;
    const own = fills.slice(start, start + line.length);
    start += line.length + 1;
    const runs = own.flatMap((fill, i) => (fill === own[i - 1] ? [] : [i]));
    const boxes = runs.map((from, n) =>
      box(MARGIN + from * CELL, y, ((runs[n + 1] ?? own.length) - from) * CELL, LINE - 3, own[from]),
    );
    const middles = Array.from(line, (_, i) => MARGIN + (i + 0.5) * CELL);
    return [...boxes, write(middles, y + 19.5, line, { size: 18, font: "mono", anchor: "middle" })];
  });
}

/** Draws a column for each letter: what was read, and below it what may follow, as bars. The letter that does follow is dark. */
function drawNext({ next }, top) {
  const width = (WIDTH - 2 * MARGIN) / next.length;
  const bar = width - 30;
  return next.flatMap(({ letter, guesses }, i) => {
    const x = MARGIN + i * width;
    const rows = guesses.flatMap((guess, row) => {
      const y = top + 38 + row * 25;
      const right = guess.letter === next[i + 1]?.letter;
      return [
        write(x + 9, y + 13, SHOWN[guess.letter] ?? guess.letter, {
          size: 16,
          font: "mono",
          anchor: "middle",
          bold: right,
        }),
        box(x + 19, y, Math.max(1, guess.probability * bar), 17, right ? SCALE[2] : "#ddd6c8", 2),
        write(x + width - 12, y + 12.5, `${Math.round(guess.probability * 100)}`, {
          size: 11,
          fill: right ? INK : GREY,
          anchor: "end",
        }),
      ];
    });
    return [
      box(x, top, width - 8, 28, "#ece6da", 5),
      write(x + (width - 8) / 2, top + 20, SHOWN[letter] ?? letter, {
        size: 18,
        font: "mono",
        anchor: "middle",
        bold: true,
      }),
      ...rows,
    ];
  });
}

const [{ thing, unit, r }] = inside.followers;
const passageTop = 108;
const nextTop = passageTop + inside.passage.split("\n").length * LINE + 64;
const HEIGHT = nextTop + 138;
const legend = WIDTH - MARGIN - 150;

const svg = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="t">`,
  `<title id="t">A passage coloured by one unit of a trained network, and the letters that it expects next</title>`,
  `<style>.sans{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}</style>`,
  `<linearGradient id="g">${SCALE.map((c, i) => `<stop offset="${i / 2}" stop-color="${c}"/>`).join("")}</linearGradient>`,
  `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="12" fill="#fffdf9" stroke="#d9d2c3"/>`,
  write(MARGIN, 42, "A minute of Shakespeare", { size: 22, bold: true }),
  write(
    MARGIN,
    68,
    `Nobody told the network what a line is. Of its ${layers * hidden} units, number ${unit} follows`,
    { fill: GREY },
  ),
  write(MARGIN, 88, `${thing}: its value at each letter (correlation ${r.toFixed(2)}).`, { fill: GREY }),
  box(legend, 76, 150, 12, "url(#g)", 3),
  write(legend, 70, "low", { size: 12, fill: GREY }),
  write(legend + 150, 70, "high", { size: 12, fill: GREY, anchor: "end" }),
  ...drawPassage(inside, passageTop),
  write(
    MARGIN,
    nextTop - 16,
    "After each letter, what it expects next, in percent. Orange: what does come next.",
    { fill: GREY },
  ),
  ...drawNext(inside, nextTop),
  "</svg>\n",
].join("\n");
writeFileSync(new URL("inside.svg", import.meta.url), svg);
