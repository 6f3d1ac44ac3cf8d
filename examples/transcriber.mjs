// A transcriber: the text of pen strokes, without knowing which step belongs to which letter (CTC). Each step has how far the pen
// moves, and whether it is on the paper. The writers differ in slant, size, speed and steadiness; their strokes are made up.

import {
  createRuntime,
  defaultTranscriberSpec,
  Transcriber,
  TranscriberTrainer,
  transcriberTables,
} from "unrolled";

/** The strokes of each letter as directions of a clock: 12 is up, 3 is right. */
const LETTERS = {
  ...{
    a: [7, 1, 5, 3],
    d: [9, 6, 3, 12, 6],
    e: [3, 10, 8, 5, 3],
    i: [6, 3],
    l: [12, 7, 5],
    m: [12, 6, 12, 6, 3],
  },
  ...{ n: [12, 6, 1, 5], o: [8, 5, 2, 11], r: [12, 2, 4], s: [9, 4, 8], t: [12, 6, 4], u: [6, 3, 12, 6] },
};

let seed = 1;
function random(low = 0, high = 1) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same strokes in every run
  return low + ((high - low) * seed) / 2 ** 32;
}

const newWriter = () => ({
  slant: random(-0.3, 0.3),
  size: random(0.7, 1.5),
  steps: random(1, 2.4),
  shake: random(0, 0.2),
});

/** Writes a text. @returns a vector for each step: right, up, pen down */
function write(text, { slant, size, steps, shake }) {
  const move = (angle, down) =>
    Array.from({ length: Math.max(1, Math.round(steps + random(-0.5, 0.5))) }, () => {
      const [x, y] = [Math.sin(angle), Math.cos(angle)].map((way) => size * way + random(-shake, shake));
      return [x + slant * y, y, down];
    });
  return [...text].flatMap((letter) => [
    ...(LETTERS[letter] ?? []).flatMap((hour) => move((hour * Math.PI) / 6, 1)),
    ...move(Math.PI / 2, 0), // to the place of the next letter
  ]);
}

const letters = Object.keys(LETTERS);
const word = () =>
  Array.from(
    { length: 2 + Math.floor(random(0, 3)) },
    () => letters[Math.floor(random(0, letters.length))],
  ).join("");
const examples = (count) =>
  Array.from({ length: count }, () => {
    const text = random() < 0.5 ? word() : `${word()} ${word()}`; // letters in any order, so that no word can be guessed
    return { text, vectors: write(text, newWriter()) };
  });

const runtime = await createRuntime({ seed: 1 });
const parts = { train: examples(600), validation: examples(60) };
const spec = { ...defaultTranscriberSpec(3), cell: "gru", hidden: 40, layers: 1, dropout: 0 };
const model = new Transcriber(runtime, spec, transcriberTables(parts.train, spec));
const trainer = new TranscriberTrainer(model, parts, { lr: 0.01, lrDecayOver: 500 });
for (let i = 1; i <= 500; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { cer, wer } = trainer.validate();
const percent = (share) => `${Math.round(100 * share)}%`;
console.log(`60 other writers: ${percent(cer)} of the letters are wrong, ${percent(wer)} of the words`);

for (const text of ["mind", "our ideas", "lost time"]) {
  const vectors = write(text, newWriter());
  const [{ text: read, logProbability }] = model.predict([vectors], { beam: 10 });
  console.log(
    `${text}, written in ${vectors.length} steps, reads ${read} (${percent(Math.exp(logProbability))})`,
  );
}
runtime.dispose();
