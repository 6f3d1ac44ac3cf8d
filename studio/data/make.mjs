// Makes the data of the studio from the files of examples/data: `node studio/data/make.mjs`. Files that the studio uses as they are
// stay in examples/data.

import { readFileSync, writeFileSync } from "node:fs";

const read = (name) =>
  readFileSync(new URL(`../../examples/data/${name}`, import.meta.url), "utf8").trimEnd();
const rows = (name) =>
  read(name)
    .split("\n")
    .map((line) => line.split("\t"));
const write = (name, lines) => writeFileSync(new URL(name, import.meta.url), `${lines.join("\n")}\n`);
const writeRows = (name, table) =>
  write(
    name,
    table.map((row) => row.join("\t")),
  );

let state = 1;
/** Returns a whole number below n. The numbers are the same in every run. */
function random(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}

/** Most of a play: the first 110,000 characters, up to the end of a line. */
function playOf(text) {
  const play = text.slice(text.indexOf("SAMPSON:"));
  return play.slice(0, play.lastIndexOf("\n", 110_000));
}

/** Counts the words of texts of the 17th to the 21st century. */
function countWords() {
  const texts = [
    read("shakespeare.txt"),
    ...["authors.tsv", "reviews.tsv"].flatMap(rows).map(([text]) => text),
  ];
  const counts = new Map();
  for (const [word] of texts
    .join("\n")
    .toLowerCase()
    .matchAll(/[a-z]+/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Makes a typing error: a letter is missing, doubled, wrong, or changes places with the next one. */
function mistype(word) {
  const i = random(word.length - 1);
  const [a, b] = [word[i], word[i + 1]];
  const typed = ["", a + a, "aeinorstlu"[random(10)], b + a][random(4)];
  return word.slice(0, i) + typed + word.slice(typed === b + a ? i + 2 : i + 1);
}

/** Returns misspelt and right words: 14 misspellings of each of the 250 most frequent words of 5 to 10 letters. */
function misspellings(counts) {
  const words = [...counts]
    .filter(([word]) => word.length >= 5 && word.length <= 10)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 250)
    .map(([word]) => word);
  const pairs = words.flatMap((word) => Array.from({ length: 14 }, () => [mistype(word), word]));
  return [
    ...new Map(pairs.filter(([typed, word]) => typed !== word).map((pair) => [pair.join(), pair])).values(),
  ];
}

const ENDINGS = "s ed ing er ly ness ful less est able en ment".split(" ");
const BEFORE_VOWEL = ENDINGS.filter((ending) => /^[aei]/.test(ending));

/** Returns pairs of a word and a word made from it, such as wonder and wonderful, if at least two of the latter occur. */
function families(counts) {
  const pairs = [];
  for (const [word, count] of counts) {
    if (word.length < 4 || count < 4) continue;
    const made = ENDINGS.map((ending) => word + ending);
    if (word.endsWith("e")) made.push(...BEFORE_VOWEL.map((ending) => word.slice(0, -1) + ending));
    if (word.endsWith("y")) made.push(...ENDINGS.map((ending) => `${word.slice(0, -1)}i${ending}`));
    const found = made.filter((form) => counts.has(form));
    if (found.length >= 2) pairs.push(...found.map((form) => [word, form]));
  }
  return pairs;
}

const KITCHEN = {
  AMOUNT: "1 2 3 4 6 8 10 50 75 200 250 375 500 1/2 1/4 1.5 half two three",
  UNIT: "g kg ml cup cups tbsp tsp teaspoons tablespoon pinch cloves slices handful tin",
  FOOD: "flour sugar butter milk onion onions garlic carrots tomatoes celery cheese rice basil parsley salt apples almonds walnuts",
  PREPARED: "chopped sliced diced grated melted peeled minced toasted drained beaten shredded",
  MANNER: "finely roughly freshly coarsely lightly",
};
const KITCHEN_LINES = [
  "AMOUNT UNIT of PREPARED FOOD",
  "AMOUNT UNIT FOOD , MANNER PREPARED",
  "AMOUNT FOOD , PREPARED and PREPARED",
  "AMOUNT FOOD",
  "a UNIT of MANNER PREPARED FOOD",
];

/** Returns a line of a recipe as words and their tags, and an empty row. */
function kitchenLine() {
  const pick = (list) => list[random(list.length)];
  const words = pick(KITCHEN_LINES).split(" ");
  return [...words.map((word) => (KITCHEN[word] ? [pick(KITCHEN[word].split(" ")), word] : [word, "O"])), []];
}

const DIGITS = "zero one two three four five six seven eight nine".split(" ");
const mean = (numbers) => Math.round(numbers.reduce((sum, x) => sum + x) / numbers.length);

/** Returns a recording with a third of its numbers: 6 bands instead of 12, every 60 ms instead of 30, and its text as figures. */
function smallRecording(line) {
  const { text, vectors } = JSON.parse(line);
  const frames = Array.from({ length: Math.floor(vectors.length / 2) }, (_, t) =>
    Array.from({ length: 6 }, (_, band) =>
      mean(vectors.slice(2 * t, 2 * t + 2).flatMap((frame) => frame.slice(2 * band, 2 * band + 2))),
    ),
  );
  const figures = text.split(" ").map((word) => DIGITS.indexOf(word));
  return JSON.stringify({ vectors: frames, text: figures.join("") });
}

/** Returns a word and its sounds as a record with quotes and brackets. */
function record([word, sounds]) {
  const list = sounds.split(" ").map((sound) => `"${sound}"`);
  return `{ "word": "${word}", "sounds": [${list.join(", ")}] }`;
}

/** Returns the licences of the files that are used here, and what the others are. */
function licences() {
  const used = /^(names|spellings|reviews|agreement)\.tsv/;
  const [, ...parts] = read("LICENSES.txt").split(/^=+\n/m);
  const sections = parts.flatMap((heading, i) =>
    i % 2 === 0 && used.test(heading) ? [[heading, parts[i + 1]]] : [],
  );
  const line = "=".repeat(80);
  return [
    "Licences of the data of the studio. Its files are samples and excerpts of those that are named here.",
    ...sections.map(([heading, text]) => `\n${line}\n${heading}${line}\n\n${text.trim()}`),
    `\n${line}\nEverything else\n${line}\n`,
    "shakespeare.txt, authors.tsv: old books, in the public domain.",
    "passengers.csv, temperatures.csv: measurements, which are facts. Box and Jenkins, Time Series Analysis (1976); Australian Bureau of",
    "Meteorology; both in the Time Series Data Library.",
    "All other data were made for this project, under its licence (MIT).",
  ];
}

const words = countWords();
write("romeo.txt", [playOf(read("shakespeare.txt"))]);
writeRows(
  "sentences.txt",
  rows("agreement.tsv")
    .slice(1, 501)
    .map(([right]) => [`${right} .`]),
);
writeRows(
  "moods.tsv",
  rows("reviews.tsv")
    .filter(([text]) => text.length <= 90)
    .slice(0, 1800),
);
write("people.tsv", read("people.tsv").split("\n\n").slice(0, 400).join("\n\n").split("\n"));
writeRows("kitchen.tsv", Array.from({ length: 250 }, kitchenLine).flat());
writeRows(
  "dates.tsv",
  rows("dates.tsv").filter((_, i) => i % 2 === 0),
);
writeRows("sounds.tsv", rows("spellings.tsv").slice(0, 3000));
write("records.txt", rows("spellings.tsv").slice(3000, 3500).map(record));
writeRows("typos.tsv", misspellings(words));
writeRows("families.tsv", families(words));
const [header, ...days] = read("temperatures.csv").split("\n");
write("temperatures.csv", [header, ...days.filter((day) => day >= "1986")]);
// The first recording is the example that the studio shows, so the network must not learn from it.
write("digits.jsonl", read("spoken-digits.jsonl").split("\n").slice(1).map(smallRecording));
write("LICENSES.txt", licences());
