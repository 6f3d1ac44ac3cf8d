// The data sets of the studio, each with a network and a recipe that learn something to see within a minute.

import type { Recipe } from "unrolled";
import type { DataOptionsOf, InputsOf, RunLength, SpecOf, TaskName } from "unrolled/tasks";

/** Where data come from, and what allows their use. */
export interface Origin {
  readonly name: string;
  readonly url: string;
  readonly licence: string;
  readonly by?: string;
}

/** Data for task K, and a run for beginners. */
export interface DatasetOf<K extends TaskName> {
  readonly id: string;
  readonly task: K;
  readonly title: string;
  /** What the network learns, in a sentence. */
  readonly about: string;
  /** What to try after training, in a sentence. */
  readonly tryThis: string;
  /** The address of the file. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly origin: Origin;
  /** Options of `start` that say how the file is read. */
  readonly options?: DataOptionsOf<K>;
  readonly spec: Partial<SpecOf<K>>;
  readonly recipe: Partial<Recipe>;
  readonly length: RunLength;
  readonly validateEvery?: number;
  /** Inputs of `predict`. For language models, prompts of `generate`. */
  readonly examples: K extends "language-model" ? readonly string[] : InputsOf<K>;
}

/** Data for any task. */
export type Dataset = { [K in TaskName]: DatasetOf<K> }[TaskName];

/** The address of the licences of all data. */
export const LICENCES = new URL("../../data/LICENSES.txt", import.meta.url).href;

const NAMES = {
  file: new URL("../../../examples/data/names.tsv", import.meta.url).href,
  bytes: 38_056,
  origin: {
    name: "Surnames of practical-pytorch",
    url: "https://github.com/spro/practical-pytorch",
    licence: "MIT",
    by: "Sean Robertson",
  },
};

const SOUNDS = {
  file: new URL("../../data/sounds.tsv", import.meta.url).href,
  bytes: 57_039,
  origin: {
    name: "CMU Pronouncing Dictionary",
    url: "https://github.com/cmusphinx/cmudict",
    licence: "BSD-2-Clause",
    by: "Carnegie Mellon University",
  },
};

const TYPOS = {
  file: new URL("../../data/typos.tsv", import.meta.url).href,
  bytes: 37_037,
};

/** The origin of data that programs of this project made. */
const made = (name: string): Origin => ({
  name,
  url: "https://www.npmjs.com/package/unrolled",
  licence: "MIT",
});

/** "four three six seven" by a voice that the network does not read: the loudness of six bands, low to high, every 60 ms. */
const RECORDING = [
  [49, 43, 47, 47, 50, 51],
  [56, 52, 50, 51, 53, 55],
  [77, 72, 49, 52, 50, 50],
  [77, 71, 48, 50, 50, 50],
  [71, 64, 46, 48, 49, 50],
  [44, 45, 45, 47, 49, 54],
  [47, 49, 48, 49, 52, 58],
  [80, 52, 49, 48, 48, 50],
  [80, 44, 45, 61, 51, 49],
  [74, 43, 43, 55, 50, 50],
  [46, 46, 49, 50, 55, 61],
  [49, 47, 50, 52, 62, 72],
  [81, 53, 49, 59, 49, 51],
  [76, 50, 47, 58, 50, 49],
  [45, 46, 47, 50, 49, 50],
  [49, 47, 46, 51, 54, 59],
  [47, 49, 50, 52, 60, 71],
  [46, 45, 49, 51, 57, 67],
  [48, 49, 51, 53, 63, 72],
  [73, 62, 50, 55, 50, 49],
  [71, 62, 50, 56, 49, 50],
  [62, 48, 47, 49, 49, 50],
  [66, 48, 45, 47, 49, 50],
  [70, 56, 52, 50, 48, 50],
  [74, 57, 56, 50, 49, 49],
  [70, 46, 45, 47, 49, 50],
  [64, 46, 46, 47, 48, 49],
  [41, 44, 47, 47, 49, 50],
  [41, 41, 46, 48, 48, 50],
  [42, 43, 45, 47, 49, 51],
  [41, 45, 47, 46, 48, 50],
  [44, 44, 46, 47, 49, 49],
  [41, 43, 45, 45, 49, 50],
  [39, 44, 45, 45, 48, 50],
];

/** The recipe for texts that are read letter by letter. */
const LETTERS = { optimizer: "adam", batch: 16, lr: 0.01, schedule: "linear", warmUp: 20, seed: 1 } as const;

export const DATASETS: readonly Dataset[] = [
  {
    id: "romeo",
    task: "language-model",
    title: "Romeo and Juliet",
    about:
      "The network reads the play letter by letter and learns which letter comes next, until it can write scenes of its own.",
    tryThis: "Let it write at temperature 0.5, then at 1.2, and start a line with the name of a person.",
    file: new URL("../../data/romeo.txt", import.meta.url).href,
    bytes: 109_998,
    origin: {
      name: "Romeo and Juliet, from the plays of char-rnn",
      url: "https://github.com/karpathy/char-rnn",
      licence: "public domain",
      by: "William Shakespeare",
    },
    options: { level: "char" },
    spec: { cell: "gru", hidden: 128, layers: 1 },
    recipe: { ...LETTERS, lrDecayOver: 1000 },
    length: { iterations: 1000 },
    validateEvery: 50,
    examples: ["ROMEO:\n", "JULIET:\nO ", "NURSE:\n"],
  },
  {
    id: "records",
    task: "language-model",
    title: "Quotes and brackets",
    about:
      "The network reads records of words and their sounds letter by letter. It has to remember which quotes and brackets are open.",
    tryThis: "Look inside for the units that follow the quotes and the depth of the brackets.",
    file: new URL("../../data/records.txt", import.meta.url).href,
    bytes: 30_193,
    origin: SOUNDS.origin,
    options: { level: "char" },
    spec: { cell: "lstm", hidden: 64, layers: 1 },
    recipe: { ...LETTERS, lrDecayOver: 600 },
    length: { iterations: 600 },
    validateEvery: 50,
    examples: ['{ "word": "', '{ "word": "house", ', '{ "word": "carpet", "sounds": ["K", '],
  },
  {
    id: "sentences",
    task: "language-model",
    title: "One laughs, two laugh",
    about:
      "The network reads simple sentences word by word and learns that one farmer smiles and is tall, but two farmers smile and are tall.",
    tryThis: "Ask what comes after 'the farmer smiles and', then after 'the farmers smile and'.",
    file: new URL("../../data/sentences.txt", import.meta.url).href,
    bytes: 23_999,
    origin: {
      name: "LM_syneval",
      url: "https://github.com/BeckyMarvin/LM_syneval",
      licence: "MIT",
      by: "Rebecca Marvin and Tal Linzen",
    },
    options: { level: "word" },
    spec: { lines: true, hidden: 64, embedding: 64, dropout: 0.1, inputDropout: 0 },
    recipe: { batch: 16, lr: 0.01, seed: 1 },
    length: { epochs: 20 },
    validateEvery: 10,
    examples: [
      "the farmer smiles and",
      "the farmers smile and",
      "the teachers know many different foreign languages and",
    ],
  },
  {
    id: "surnames",
    task: "classifier",
    title: "Where does a surname come from?",
    about: "The network reads a surname letter by letter and learns which of nine languages it comes from.",
    tryThis: "Type your own name, then change its last letters.",
    ...NAMES,
    options: { level: "char" },
    spec: { hidden: 48 },
    recipe: { lr: 0.01, average: 0.99, batch: 32, earlyStop: 0, seed: 1 },
    length: { epochs: 15 },
    validateEvery: 35,
    examples: ["Kurosawa", "Dostoevsky", "Hoffmeister", "Botticelli", "Fairweather", "Rodriguez"],
  },
  {
    id: "moods",
    task: "classifier",
    title: "Praise or complaint?",
    about: "The network reads a sentence of a review word by word and learns whether its writer was pleased.",
    tryThis: 'Put a "not" before "good", and see which words decide.',
    file: new URL("../../data/moods.tsv", import.meta.url).href,
    bytes: 100_950,
    origin: {
      name: "Sentiment Labelled Sentences, UCI",
      url: "https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences",
      licence: "CC BY 4.0",
      by: "D. Kotzias and others",
    },
    options: { level: "word" },
    spec: { hidden: 32, embedding: 32 },
    recipe: { lr: 0.01, average: 0.98, seed: 1 },
    length: { epochs: 5 },
    validateEvery: 17,
    examples: [
      "The food was not good.",
      "Great sound, and the battery lasts!",
      "What a waste of money.",
      "I love this place",
    ],
  },
  {
    id: "people",
    task: "tagger",
    title: "Who and where",
    about: "The network learns which words of a sentence are names of persons and which are places.",
    tryThis: "Write a sentence with people and places that it cannot know.",
    file: new URL("../../data/people.tsv", import.meta.url).href,
    bytes: 24_974,
    origin: { ...NAMES.origin, name: "Sentences made for this project, with surnames of practical-pytorch" },
    spec: { hidden: 24, embedding: 24, characters: 12, characterHidden: 12 },
    recipe: { lr: 0.005, average: 0.95, batch: 16, seed: 1 },
    length: { epochs: 8 },
    validateEvery: 10,
    examples: ["Mrs Thatcher flew from Lisbon to New Zealand.", "In Santa Barbara Okonkwo met Rossini."],
  },
  {
    id: "kitchen",
    task: "tagger",
    title: "Read a recipe",
    about:
      "The network learns which words of a recipe are the amount, the unit, the food and how to prepare it.",
    tryThis: "Write a line of a recipe with a food that does not exist.",
    file: new URL("../../data/kitchen.tsv", import.meta.url).href,
    bytes: 13_325,
    origin: made("Lines made for this project"),
    spec: { hidden: 24, embedding: 24, wordDropout: 0.2, characters: 12, characterHidden: 12 },
    recipe: { lr: 0.005, average: 0.95, batch: 16, seed: 1 },
    length: { epochs: 12 },
    validateEvery: 10,
    examples: [
      "350 g courgettes, coarsely chopped",
      "7 tablespoons of crushed hazelnuts",
      "2 kohlrabi, thinly sliced and fried",
    ],
  },
  {
    id: "dates",
    task: "encoder-decoder",
    title: "Any date to 2026-07-14",
    about: "The network reads a date as people write it and learns to write it as computers do.",
    tryThis: "Look at the attention: which letters does it read while it writes the month?",
    file: new URL("../../data/dates.tsv", import.meta.url).href,
    bytes: 25_132,
    origin: made("Dates made for this project"),
    spec: { hidden: 48, embedding: 16 },
    recipe: { batch: 32, lr: 0.008, seed: 1 },
    length: { epochs: 12 },
    validateEvery: 14,
    examples: ["14 July 1989", "December 9, 2006", "3 Mar 1999"],
  },
  {
    id: "sounds",
    task: "encoder-decoder",
    title: "How is it pronounced?",
    about: "The network reads the letters of an English word and learns to write its sounds.",
    tryThis: "Ask for a word that you have just invented.",
    ...SOUNDS,
    spec: { hidden: 64, embedding: 32, dropout: 0.1, inputDropout: 0 },
    recipe: { lr: 0.01, batch: 32, seed: 1 },
    length: { epochs: 12 },
    validateEvery: 42,
    examples: ["chandler", "blogging", "carpenter", "photograph"],
  },
  {
    id: "typos",
    task: "encoder-decoder",
    title: "Correct typing errors",
    about: "The network reads a word with a typing error and learns to write the word that was meant.",
    tryThis: "Type one of its words badly, then a word that it has never read.",
    ...TYPOS,
    origin: made("Errors made for this project, in frequent words of old books and reviews"),
    spec: { hidden: 96, embedding: 32, dropout: 0.1, inputDropout: 0.1 },
    recipe: { lr: 0.01, batch: 32, seed: 1 },
    length: { epochs: 15 },
    validateEvery: 37,
    examples: ["befroe", "littel", "throuhg", "grreat", "anothe"],
  },
  {
    id: "names-in-a-vector",
    task: "autoencoder",
    title: "A surname in 128 numbers",
    about:
      "The network packs a surname into a list of numbers and learns to write the name again from these alone.",
    tryThis: "See which names have similar numbers, and what lies halfway between two of them.",
    ...NAMES,
    options: { level: "char", textColumn: 1 },
    spec: { hidden: 128, embedding: 32, inputDropout: 0.1 },
    recipe: { lr: 0.008, batch: 32, seed: 1 },
    length: { epochs: 18 },
    validateEvery: 35,
    examples: ["Rossini", "Petrov", "Suzuki", "Martinez"],
  },
  {
    id: "words-in-a-vector",
    task: "autoencoder",
    title: "A word in 128 numbers",
    about:
      "The network packs an English word into a list of numbers and learns to spell it again from these alone.",
    tryThis: "Find the longest word that comes back without a mistake.",
    ...SOUNDS,
    options: { level: "char", textColumn: 1 },
    spec: { hidden: 128, embedding: 32 },
    recipe: { lr: 0.008, batch: 32, seed: 1 },
    length: { epochs: 14 },
    validateEvery: 42,
    examples: ["welcome", "finger", "silver", "chapter"],
  },
  {
    id: "new-surnames",
    task: "generator",
    title: "Invent surnames",
    about: "The network is told a language and learns to write surnames that sound like it.",
    tryThis: "Draw several names of each language, at low and at high temperature.",
    ...NAMES,
    options: { level: "char", textColumn: 1, labelColumn: 2 },
    spec: { hidden: 96, dropout: 0.3 },
    recipe: { lr: 0.01, average: 0.98, seed: 1 },
    length: { epochs: 18 },
    validateEvery: 35,
    examples: ["Italian", "Japanese", "Russian", "German"],
  },
  {
    id: "families",
    task: "embedder",
    title: "Families of words",
    about:
      "The network gives each word a place in space and learns to put words of one family, such as wonder and wonderful, side by side.",
    tryThis: "Place words of a family that it has never read, such as click, clicked and clicking.",
    file: new URL("../../data/families.tsv", import.meta.url).href,
    bytes: 19_813,
    origin: made("Word pairs found for this project in old books and reviews"),
    options: { level: "char" },
    spec: { hidden: 48, size: 32 },
    recipe: { lr: 0.001, average: 0.9, seed: 1 },
    length: { epochs: 8 },
    validateEvery: 4,
    examples: ["click", "clicked", "clicking", "wonder", "wonderful", "thunder", "thundering"],
  },
  {
    id: "fuzzy-search",
    task: "embedder",
    title: "Search despite typing errors",
    about:
      "The network gives each word a place in space and learns to put a mistyped word beside the right one.",
    tryThis: "Search for a word with two errors at once.",
    ...TYPOS,
    origin: made("Errors made for this project, in frequent words of old books and reviews"),
    options: { level: "char" },
    spec: { hidden: 48, size: 48 },
    recipe: { average: 0.98, seed: 1 },
    length: { epochs: 4 },
    validateEvery: 10,
    examples: ["befroe", "before", "throuhg", "through", "littel", "little"],
  },
  {
    id: "passengers",
    task: "forecaster",
    title: "Passengers of the next year",
    about:
      "The network reads how many people flew each month from 1949 on and learns the growth and the seasons.",
    tryThis: "See how the error grows from the first to the twelfth month ahead.",
    file: new URL("../../../examples/data/passengers.csv", import.meta.url).href,
    bytes: 1745,
    origin: {
      name: "Airline passengers, Time Series Data Library",
      url: "https://pkg.yangzhuoranyang.com/tsdl/",
      licence: "facts, public",
      by: "G. Box and G. Jenkins",
    },
    options: { column: ["passengers"], target: ["passengers"] },
    spec: { cell: "gru", horizon: 12, strategy: "iterated" },
    recipe: { lr: 0.01, lrDecayOver: 200, seed: 1 },
    length: { iterations: 200 },
    validateEvery: 10,
    examples: [
      [360],
      [342],
      [406],
      [396],
      [420],
      [472],
      [548],
      [559],
      [463],
      [407],
      [362],
      [405],
      [417],
      [391],
      [419],
      [461],
      [472],
      [535],
      [622],
      [606],
      [508],
      [461],
      [390],
      [432],
    ],
  },
  {
    id: "temperatures",
    task: "forecaster",
    title: "Temperatures of the next week",
    about:
      "The network reads the coldest hour of each day in Melbourne and learns how warm the next seven nights will be.",
    tryThis: "Compare its forecast with the rule that tomorrow will be as today.",
    file: new URL("../../data/temperatures.csv", import.meta.url).href,
    bytes: 28_516,
    origin: {
      name: "Melbourne, 1986 to 1990, Time Series Data Library",
      url: "https://pkg.yangzhuoranyang.com/tsdl/",
      licence: "facts, public",
      by: "Australian Bureau of Meteorology",
    },
    options: { column: ["temp"], target: ["temp"] },
    spec: { horizon: 7 },
    recipe: { lrDecayOver: 300, seed: 1 },
    length: { iterations: 300 },
    validateEvery: 15,
    examples: [
      [11.1],
      [14],
      [11.4],
      [12.5],
      [13.4],
      [13.6],
      [13.9],
      [17.2],
      [14.7],
      [15.4],
      [13.1],
      [13.2],
      [13.9],
      [10],
      [12.9],
      [14.6],
      [14],
      [13.6],
      [13.5],
      [15.7],
      [13],
    ],
  },
  {
    id: "digits",
    task: "transcriber",
    title: "Listen to numbers",
    about:
      "The network hears up to four digits in a row and learns to write them down, though nobody tells it where one ends.",
    tryThis: "Watch when it stops writing nothing: then it finds nearly all digits at once.",
    file: new URL("../../data/digits.jsonl", import.meta.url).href,
    bytes: 118_053,
    origin: made("Synthetic voices (espeak-ng), as the loudness of six bands"),
    options: { format: "jsonl" },
    spec: { hidden: 64, layers: 1, dropout: 0.1 },
    recipe: { lr: 0.015, seed: 1 },
    length: { epochs: 30 },
    validateEvery: 16,
    examples: [RECORDING],
  },
];
