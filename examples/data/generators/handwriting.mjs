// Handwriting of writers who are made up: the way of a pen and the text, as JSON lines {"vectors", "text", "writer"}. Each vector is how
// far the pen moves to the right and up, and whether it is on the paper (1) or above it (0).
// node examples/data/generators/handwriting.mjs FOLDER writes train.jsonl, dev.jsonl and test.jsonl, and texts.txt for a language model. Writers and
// words of dev and test are not among those of train.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LETTERS } from "./pen-letters.mjs";
import { pick, seeded, shuffled } from "./random.mjs";

/** Draws about as the normal distribution does. */
const normal = (random) => random(-1, 1) + random(-1, 1) + random(-1, 1);

const pointsOf = (shape) =>
  shape.split(";").map((stroke) =>
    stroke
      .trim()
      .split(" ")
      .map((point) => point.split(",").map(Number)),
  );

/** Makes a writer: proportions, speed, steadiness, whether letters are joined, and a shape for each letter. */
export function newWriter(random) {
  const bend = random(0, 0.07);
  const own = (shape) =>
    pointsOf(shape).map((stroke) => stroke.map((point) => point.map((at) => at + bend * normal(random))));
  return {
    size: random(0.7, 1.4),
    width: random(0.75, 1.25),
    slant: random(-0.25, 0.5),
    slope: random(-0.08, 0.08),
    spacing: random(0.2, 0.5),
    step: random(0.28, 0.5), // as a share of the height of an x
    wobble: random(0.01, 0.05),
    joins: pick([0, 0, 0.5, 0.95], random),
    letters: Object.fromEntries(
      Object.entries(LETTERS).map(([letter, shapes]) => [letter, own(pick(shapes, random))]),
    ),
  };
}

/** Returns a point between b and c of a smooth curve through a, b, c and d (Catmull-Rom). */
const between = ([a, b, c, d], t) =>
  [0, 1].map((k) => {
    const [p, q, r, s] = [a[k], b[k], c[k], d[k]];
    return q + (t / 2) * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
  });

const length = (from, to) => Math.hypot(to[0] - from[0], to[1] - from[1]);

/** Returns the points of a smooth stroke, `step` apart. */
function curve(points, step) {
  const at = (i) => points[Math.min(points.length - 1, Math.max(0, i))];
  return points.slice(1).flatMap((to, i) => {
    const count = Math.max(1, Math.round(length(at(i), to) / step));
    return Array.from({ length: count }, (_, n) =>
      between([at(i - 1), at(i), to, at(i + 2)], (n + 1) / count),
    );
  });
}

/** Writes a text. @returns a vector for each step of the pen */
export function write(text, writer, random) {
  const { size, width, slant, slope, spacing, wobble, joins, letters } = writer;
  const way = []; // [right, up, whether the pen was on the paper on the way to this point]
  let [x, joined] = [0, false];
  for (const letter of text) {
    if (letter === " ") {
      x += 0.7 + spacing + random(0, 0.3);
      joined = false;
      continue;
    }
    const strokes = letters[letter];
    const step = writer.step * random(0.8, 1.25);
    const scale = 1 + 0.06 * normal(random);
    for (const [i, stroke] of strokes.entries()) {
      const points = stroke.map(([right, up]) => [x + right * scale, up * scale]);
      const here = way.at(-1) ?? points[0];
      const down = i === 0 && joined ? 1 : 0;
      for (const [right, up] of curve([here, points[0]], down ? step : 2 * step)) way.push([right, up, down]);
      for (const [right, up] of curve(points, step)) way.push([right, up, 1]);
    }
    joined = strokes.length === 1 && random() < joins;
    x += scale * Math.max(...strokes.flat().map(([right]) => right)) + spacing * random(0.7, 1.3);
  }
  let [driftX, driftY] = [0, 0];
  let before;
  return way.flatMap(([right, up, down]) => {
    [driftX, driftY] = [0.8 * driftX + wobble * normal(random), 0.8 * driftY + wobble * normal(random)];
    const height = up + driftY;
    const now = [size * width * (right + driftX + slant * height), size * (height + slope * right)];
    const vector =
      before && [now[0] - before[0], now[1] - before[1]].map((move) => Math.round(100 * move) / 100);
    before = now;
    return vector ? [[...vector, down]] : [];
  });
}

/**
 * Writes lines of one or two words, at times a number.
 *
 * @param words words to write; a tenth is for dev and test alone
 * @param writers number of writers of train, dev and test @param lines number of lines of each writer
 */
export function handwriting(words, { seed = 1, writers = [40, 2, 4], lines = [45, 75, 60] } = {}) {
  const random = seeded(seed);
  const mixed = shuffled(words, random);
  const held = mixed.splice(0, Math.floor(mixed.length / 10));
  const word = (from) => (random() < 0.05 ? `${Math.floor(random(0, 2100))}` : pick(from, random));
  const text = (from) => (random() < 0.5 ? word(from) : `${word(from)} ${word(from)}`);
  let number = 0;
  const [train, dev, test] = writers.map((count, part) =>
    shuffled(
      Array.from({ length: count }).flatMap(() => {
        const [writer, name] = [newWriter(random), ++number];
        return Array.from({ length: lines[part] }, () => {
          const line = text(part ? held : mixed);
          return { text: line, writer: name, vectors: write(line, writer, random) };
        });
      }),
      random,
    ),
  );
  return { train, dev, test, texts: Array.from({ length: 6000 }, () => text(mixed)) };
}

/** Returns the words of spellings.tsv. */
export async function englishWords() {
  const text = await readFile(new URL("../spellings.tsv", import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[0]);
}

export const jsonLines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = "."] = process.argv.slice(2);
  const { texts, ...parts } = handwriting(await englishWords());
  for (const [name, rows] of Object.entries(parts))
    await writeFile(`${folder}/${name}.jsonl`, jsonLines(rows));
  await writeFile(`${folder}/texts.txt`, `${texts.join("\n")}\n`);
}
