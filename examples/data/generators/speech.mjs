// Speech of synthetic voices, by espeak-ng (Debian: apt-get install espeak-ng): features of sound and the text, as JSON lines
// {"vectors", "text", "voice"}. No voice of dev and test is among those of train.
// node examples/data/generators/speech.mjs FOLDER         writes train.jsonl, dev.jsonl and test.jsonl, and texts.txt for a language model
// node examples/data/generators/speech.mjs --digits FILE  writes digits in a row alone, with the part of each line, in few and wide steps

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { logMel } from "./log-mel.mjs";
import { pick, seeded, shuffled } from "./random.mjs";

/** Accents and variants: each voice differs in formants, pitch and intonation. */
export const VOICES = {
  train: [
    ...["en-us+m1", "en-us+f1", "en-us+m3", "en-us+f5", "en-gb+m2", "en-gb+f3", "en-gb+m6", "en-gb-x-rp+f1"],
    ...[
      "en-gb-x-rp+m8",
      "en-gb-scotland+m1",
      "en-gb-scotland+f3",
      "en-gb-x-gbclan+m4",
      "en-029+m2",
      "en-029+f5",
    ],
  ],
  dev: ["en-us+m7", "en-gb+f2"],
  test: ["en-gb+m5", "en-us+f4"],
};

const split = (text) => text.split(" ");
const DIGITS = split("zero one two three four five six seven eight nine");
const TEENS = split("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen");
const TENS = split("twenty thirty forty fifty sixty seventy eighty ninety");
const ORDINALS = split("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth");
const DAYS = split("monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday");
const MONTHS = split("january february march april may june july august september october november december");
const COLOURS = split("red green blue yellow white black brown grey orange purple pink golden silver");
const SIZES = split("small large big little long short old new heavy light cheap open round soft");
const THINGS = split(
  "apples books cars doors eggs flowers gardens houses islands jackets keys lamps mirrors needles oranges pictures " +
    "questions rivers stones tables umbrellas valleys windows boxes yards zebras birds chairs dogs engines forests glasses horses",
);
const PEOPLE = ["mary", "john", "peter", "anna", "the doctor", "the teacher", "my sister", "our neighbour"];
const VERBS = split("sees buys sells wants finds keeps brings counts draws paints likes needs");
const PLACES = [
  "at home",
  "in town",
  "by the sea",
  "on the hill",
  "near the station",
  "behind the church",
  "under the bridge",
];

function number(random) {
  const kind = random();
  if (kind < 0.4) return pick(DIGITS, random);
  if (kind < 0.6) return pick(TEENS, random);
  return `${pick(TENS, random)}${random() < 0.5 ? "" : ` ${pick(DIGITS.slice(1), random)}`}`;
}

/** The kinds of phrases. */
const PHRASES = [
  (r) => Array.from({ length: Math.floor(r(2, 5)) }, () => pick(DIGITS, r)).join(" "),
  (r) => `${pick(MONTHS, r)} the ${pick(ORDINALS, r)}`,
  (r) => `${pick(DAYS, r)} at ${pick([...DIGITS.slice(1), ...TEENS.slice(0, 3)], r)}`,
  (r) => `${pick(["half", "quarter"], r)} ${pick(["past", "to"], r)} ${pick(DIGITS.slice(1), r)}`,
  (r) => `${number(r)} ${pick(COLOURS, r)} ${pick(THINGS, r)}`,
  (r) => `${pick(SIZES, r)} ${pick(COLOURS, r)} ${pick(THINGS, r)}`,
  (r) => `${pick(PEOPLE, r)} ${pick(VERBS, r)} ${number(r)} ${pick(THINGS, r)}`,
  (r) => `${pick(THINGS, r)} ${pick(PLACES, r)}`,
];

const run = promisify(execFile);

/** Speaks a text. @returns samples from -1 to 1 and their rate @throws an error that says how to get espeak-ng if it is missing */
export async function say(text, voice, { speed = 160, pitch = 50 } = {}) {
  const args = ["-v", voice, "-s", `${Math.round(speed)}`, "-p", `${Math.round(pitch)}`, "--stdout", text];
  const { stdout } = await run("espeak-ng", args, { encoding: "buffer", maxBuffer: 1 << 26 }).catch(
    (cause) => {
      throw cause.code === "ENOENT"
        ? new Error(
            "espeak-ng is missing; get it with apt-get install espeak-ng (Debian) or brew install espeak-ng",
            { cause },
          )
        : cause;
    },
  );
  const start = stdout.indexOf("data") + 8;
  const samples = Float64Array.from(
    { length: (stdout.length - start) >> 1 },
    (_, i) => stdout.readInt16LE(start + 2 * i) / 32768,
  );
  return { samples, rate: stdout.readUInt32LE(24) };
}

/** Adds noise of a random strength, 15 to 35 dB below the voice. */
function withNoise(samples, random) {
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  const strength = Math.sqrt(power * 10 ** (-random(15, 35) / 10) * 3);
  return samples.map((x) => x + strength * random(-1, 1));
}

/** Speaks phrases with each voice of a part. Speed, pitch and noise differ from phrase to phrase. */
async function speak(voices, count, phrase, random, features) {
  const rows = voices.flatMap((voice) =>
    Array.from({ length: count }, () => {
      const how = { speed: random(135, 190), pitch: random(30, 70) };
      return { text: phrase(random), voice, how, noise: seeded(random(0, 2 ** 31)) };
    }),
  );
  const spoken = [];
  while (rows.length) {
    const some = rows.splice(0, 8).map(async ({ text, voice, how, noise }) => {
      const { samples, rate } = await say(text, voice, how);
      return { text, voice, vectors: logMel(withNoise(samples, noise), rate, features) };
    });
    spoken.push(...(await Promise.all(some)));
  }
  return shuffled(spoken, random);
}

/** Speaks short phrases of about 170 words: numbers, dates, times, things. */
export async function phrases({ seed = 1, counts = [90, 60, 90] } = {}) {
  const random = seeded(seed);
  const phrase = (r) => pick(PHRASES, r)(r);
  const parts = {};
  for (const [i, [part, voices]] of Object.entries(VOICES).entries()) {
    parts[part] = await speak(voices, counts[i], phrase, random, { bands: 24, hop: 15 });
  }
  return { ...parts, texts: Array.from({ length: 6000 }, () => phrase(random)) };
}

/** Speaks one to four digits in a row. */
async function digits() {
  const random = seeded(1);
  const phrase = (r) => Array.from({ length: Math.floor(r(1, 5)) }, () => pick(DIGITS, r)).join(" ");
  const counts = { train: 14, dev: 10, test: 30 };
  const rows = [];
  for (const [part, voices] of Object.entries(VOICES)) {
    const spoken = await speak(voices, counts[part], phrase, random, { bands: 12, hop: 30 });
    rows.push(...spoken.map((row) => ({ part, ...row })));
  }
  return rows;
}

const jsonLines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [place = ".", file] = process.argv.slice(2);
  if (place === "--digits") await writeFile(file, jsonLines(await digits()));
  else {
    const { texts, ...parts } = await phrases();
    for (const [name, rows] of Object.entries(parts))
      await writeFile(`${place}/${name}.jsonl`, jsonLines(rows));
    await writeFile(`${place}/texts.txt`, `${texts.join("\n")}\n`);
  }
}
