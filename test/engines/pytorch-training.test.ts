import {
  AdaptiveLanguageModel,
  defaultLanguageModelSpec,
  LanguageModelTrainer,
  languageModelRecipe,
  type Recipe,
  textVocabulary,
} from "../../src/index.ts";
import { folderOf } from "./folders.ts";
import { dataFile, describeTraining, ITERATIONS } from "./training-cases.ts";

// train.py of a language model has the losses of our trainer, on one process.

const CHARS = Array.from(
  { length: 60 },
  (_, i) => `line ${i}: ${"the cat eats fish ".slice(0, 4 + ((i * 5) % 14))}`,
).join("\n");
const PROSE = Array.from(
  { length: 120 },
  (_, i) =>
    `“It's ${["café", "naïve", "far"][i % 3]},” he said — isn't it? N°${i % 7}: 3,5 m… Yes! ${i % 4 ? "" : "\n\n"}`,
).join("");
const SPLIT = Array.from(
  { length: 150 },
  (_, i) => `the <unk> ${["cat", "dog"][i % 2]} eats n${i % 9} .\n`,
).join("");
const UNSPACED = Array.from({ length: 60 }, (_, i) => `我有${i % 5}只猫。你好吗？Yes, 𠀀 ok!`).join("");

interface Case {
  readonly name: string;
  readonly text: string;
  readonly spec: object;
  readonly recipe?: Partial<Recipe>;
}

const small = { hidden: 8, layers: 1, dropout: 0, inputDropout: 0 } as const;
const words = { ...small, level: "word", embedding: 8, tied: true } as const;
const streams = { batch: 4, seq: 6 } as const;

const CASES: Case[] = [
  { name: "characters", text: CHARS, spec: { ...small, layers: 2 } },
  {
    name: "an own cell",
    text: CHARS,
    spec: { ...small, cell: "gru", resetAfter: false, norm: "layer", layers: 2 },
  },
  {
    name: "batch normalisation",
    text: CHARS,
    spec: { ...small, layers: 2, norm: "batch", gateNorm: "batch" },
    recipe: { optimizer: "sgd", lr: 0.05 }, // Adam would divide by gradients that are nearly 0: rounding would decide the step
  },
  { name: "lines", text: CHARS, spec: { ...small, lines: true } },
  {
    name: "lines from zero",
    text: CHARS,
    spec: { ...small, lines: true, zeroStart: true, connections: "residual", layers: 2 },
  },
  { name: "words", text: PROSE, spec: words },
  { name: "words of the Latin script", text: PROSE, spec: { ...words, segmentation: "latin" } },
  { name: "sentences", text: PROSE, spec: { ...words, lines: true } },
  { name: "words at spaces", text: SPLIT, spec: { ...words, tokens: "spaces" } },
  { name: "a script without spaces", text: UNSPACED, spec: { ...words, segmenter: "characters" } },
  {
    name: "adaptive softmax",
    text: SPLIT,
    spec: { ...words, tokens: "spaces", tied: false, softmax: "adaptive", cutoffs: [4, 8] },
  },
  {
    name: "adaptive and tied",
    text: SPLIT,
    spec: { ...words, tokens: "spaces", softmax: "adaptive", cutoffs: [4, 8] },
  },
  ...(["sgd", "adagrad", "adadelta", "adam", "adamw"] as const).map((optimizer) => ({
    name: optimizer,
    text: CHARS,
    spec: small,
    recipe: { optimizer },
  })),
  {
    name: "clipping by norm",
    text: CHARS,
    spec: small,
    recipe: { clipBy: "norm", clip: 0.5, optimizer: "sgd", lr: 0.5 },
  },
  { name: "no clipping", text: CHARS, spec: small, recipe: { clip: 0 } },
  {
    name: "warm-up and cosine",
    text: CHARS,
    spec: small,
    recipe: { warmUp: 5, schedule: "cosine", lrDecayOver: ITERATIONS },
  },
  { name: "linear", text: CHARS, spec: small, recipe: { schedule: "linear", lrDecayOver: ITERATIONS } },
  {
    name: "steps",
    text: CHARS,
    spec: small,
    recipe: { ...streams, batch: 12, schedule: "step", lrDecay: 0.5, lrDecayAfter: 1, lr: 0.02 },
  },
  {
    name: "exponential",
    text: CHARS,
    spec: small,
    recipe: { ...streams, batch: 12, lrDecayAfter: 2, lrDecay: 0.5, lr: 0.02 },
  },
];

describeTraining("train.py of a language model", CASES, (rt, { text, spec: own, recipe: given }) => {
  const level = (own as { level?: "word" }).level ?? "char";
  const spec = { ...defaultLanguageModelSpec(level), ...own };
  const model = new AdaptiveLanguageModel(rt, spec, textVocabulary(text, spec));
  const recipe = { ...languageModelRecipe(level), ...streams, schedule: "constant" as const, ...given };
  return {
    folder: folderOf(model, recipe),
    data: dataFile(text),
    trainer: new LanguageModelTrainer(model, model.encode(text), recipe),
  };
});
