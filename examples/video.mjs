// Video to sentence: an encoder-decoder reads frames as vectors, and writes what moves and where to. The frames have 8 x 8 pixels and
// noise; they are made up.

import {
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  SequenceTrainer,
  sequencePair,
} from "unrolled";

const SIZE = 8;
const SHAPES = { ball: ["##", "##"], bar: ["###"], cross: [".#.", "###", ".#."] };
const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

let seed = 1;
function random(low = 0, high = 1) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same videos in every run
  return low + ((high - low) * seed) / 2 ** 32;
}
const choose = (list) => list[Math.floor(random(0, list.length))];

/** Draws a shape at a place. @returns 64 pixels: 1 is white, and noise */
function frame(shape, x, y) {
  const pixels = Array.from({ length: SIZE * SIZE }, () => random(0, 0.3));
  shape.forEach((row, dy) => {
    [...row].forEach((pixel, dx) => {
      const [column, line] = [Math.round(x) + dx, Math.round(y) + dy];
      const inside = Math.min(column, line) >= 0 && Math.max(column, line) < SIZE;
      if (pixel === "#" && inside) pixels[line * SIZE + column] += 1;
    });
  });
  return pixels;
}

/** Makes a video of 6 to 10 frames. */
function video(name = choose(Object.keys(SHAPES)), way = choose(Object.keys(WAYS))) {
  const [dx, dy] = WAYS[way];
  const fast = random() < 0.5;
  const speed = fast ? 0.8 : 0.3;
  const frames = Math.floor(random(6, 11));
  const middle = [random(1, 5), random(1, 5)];
  const vectors = Array.from({ length: frames }, (_, t) => {
    const way = speed * (t - frames / 2);
    return frame(SHAPES[name], middle[0] + dx * way, middle[1] + dy * way);
  });
  return { vectors, text: `a ${name} moves ${way}${fast ? " fast" : ""}` };
}

const spec = {
  ...defaultEncoderDecoderSpec("word", "word", SIZE * SIZE),
  ...{ hidden: 48, embedding: 16, dropout: 0.2 },
};
const pairs = (count) =>
  Array.from({ length: count }, () => video()).map(({ vectors, text }) => ({
    source: vectors,
    target: sequencePair("", text, spec).target,
  }));
const runtime = await createRuntime({ seed: 1 });
const parts = { train: pairs(1500), validation: pairs(100) };
const model = new EncoderDecoder(runtime, spec, EncoderDecoder.tablesOf(parts.train, spec));
const trainer = new SequenceTrainer(model, parts, { batch: 32, lr: 0.01, lrDecayOver: 400 });
for (let i = 1; i <= 400; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(3)}`);
}
console.log(`100 other videos: ${Math.round(100 * trainer.validate().exact)}% of the sentences are right`);

for (const { vectors, text } of [video("ball", "left"), video("cross", "down"), video("bar", "up")]) {
  const [written] = model.predict([vectors], { beam: 3 });
  console.log(`${text}: ${written.text} (${Math.round(100 * Math.exp(written.logProbability))}%)`);
}
runtime.dispose();
