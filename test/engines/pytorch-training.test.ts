import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  AdaptiveLanguageModel,
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModelTrainer,
  languageModelRecipe,
  type Recipe,
  type Runtime,
  textVocabulary,
} from "../../src/index.ts";
import { folderOf, newFolder } from "./folders.ts";
import { describeEngine, runPython } from "./python.ts";

// train.py of a language model has the losses of our trainer, on one process.

const ITERATIONS = 20;

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

describeEngine("train.py", { modules: ["torch"] }, () => {
  let rt: Runtime;
  let expected: { losses: number[]; validation: number }[] = [];
  let found: { lines: Record<string, number>[]; problem: string | null }[] = [];

  beforeAll(async () => {
    rt = await createRuntime();
    const runs = CASES.map(({ text, spec: own, recipe: given }) => {
      const level = (own as { level?: "word" }).level ?? "char";
      const spec = { ...defaultLanguageModelSpec(level), ...own };
      const model = new AdaptiveLanguageModel(rt, spec, textVocabulary(text, spec));
      const recipe = { ...languageModelRecipe(level), ...streams, schedule: "constant" as const, ...given };
      const folder = folderOf(model, recipe);
      const file = join(newFolder(), "data.txt");
      writeFileSync(file, text);
      const trainer = new LanguageModelTrainer(model, model.encode(text), recipe);
      const losses = Array.from({ length: ITERATIONS }, () => trainer.step());
      const { loss: validation } = trainer.validate();
      return { losses, validation, folder, arguments: ["--data", file, "--iters", String(ITERATIONS)] };
    });
    expected = runs;
    const file = join(newFolder(), "cases.json");
    writeFileSync(file, JSON.stringify(runs));
    const { code, stdout, stderr } = await runPython([
      new URL("train_all.py", import.meta.url).pathname,
      file,
    ]);
    if (code !== 0) throw new Error(stderr);
    found = JSON.parse(stdout);
  }, 600_000);
  afterAll(() => rt?.dispose());

  it.each(CASES.map(({ name }, i) => [name, i] as const))("has our losses: %s", (_, i) => {
    const { lines, problem } = found[i]!;
    expect(problem).toBe(null);
    const losses = lines.filter(({ loss }) => loss !== undefined).map(({ loss }) => loss!);
    expect(losses.length).toBe(ITERATIONS);
    const own = expected[i]!;
    const worst = losses.map((loss, at) => Math.abs(loss - own.losses[at]!));
    expect(Math.max(...worst)).toBeLessThan(1e-4);
    const { validation_loss } = lines.find(
      (line) => line.validation_loss !== undefined && line.iter === ITERATIONS,
    )!;
    expect(Math.abs(validation_loss! - own.validation)).toBeLessThan(1e-4);
  });
});
