import { expect, it } from "vitest";
import { WORDS } from "../models/sequence-to-sequence/pairs.ts";
import { contents, expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL, type Printed } from "./describe-task.ts";

const turned = (word: string) => [...word].reverse().join(" ");
const FILES = {
  "pairs.tsv": WORDS.map((word) => `${word}\t${turned(word)}\n`).join(""),
  "held.tsv": WORDS.slice(0, 20)
    .map((word) => `${word}\t${turned(word)}\n`)
    .join(""),
  "short.tsv": WORDS.filter(({ length }) => length === 3)
    .map((word) => `${word}\t${turned(word)}\n`)
    .join(""),
  "words.txt": WORDS.map((word) => `${word}\n`).join(""),
  "ragged.tsv": "a\tb\nc\n",
  "blank.tsv": "\n\n",
  "empty.tsv": "",
  "one.tsv": "a\tb\n",
};
const SMALL = [
  ...["--variant", "strict", "--hidden", "24", "--embedding", "8", "--batch", "16"],
  ...["--lr", "0.02", "--dropout", "0", "--input-dropout", "0"],
];
const ENCODER_DECODER = ["train", "--task", "encoder-decoder", ...SMALL];
const PAIRS = ["--data", "pairs.tsv"];
const HELD = ["--data", "held.tsv"];
const WORD = WORDS.find(({ length }) => length === 3)!;

const scores = ({ json: [score] }: Printed) => {
  expect(Object.keys(score!)).toEqual(["exact", "token_error_rate", "bleu", "nats", "sequences"]);
  expect(score).toMatchObject({ exact: expect.any(Number), sequences: 20 });
  expect(score!.exact).toBeGreaterThan(0.9);
};

describeTask("an encoder-decoder", {
  files: FILES,
  train: ENCODER_DECODER,
  trains: [
    [...PAIRS, "--validation", "held.tsv", "--epochs", "60"],
    (run) => {
      expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), tokens_per_second: expect.any(Number) });
      const end = { done: true, validation_nats: expect.any(Number), test_nats: null };
      expect(run.at(-1)).toMatchObject(end);
      expect(run.at(-1)!.exact).toBeGreaterThan(0.9);
    },
  ],
  prints: {
    "info: characters as a text, words as a list": [
      ["info", MODEL],
      ({ text }) => {
        expect(text).toMatch(/^source +\d+: "[a-z]+<UNK>"$/m);
        expect(text).toMatch(/^target +\d+:( [a-z])+ <UNK> <EOS>$/m);
      },
    ],
    "eval --json: the scores": [["eval", MODEL, ...HELD], scores],
    "eval --beam: the scores of a beam search": [
      ["eval", MODEL, ...HELD, "--beam", "3", "--length-penalty", "1"],
      scores,
    ],
    "eval: a line of scores": [
      ["eval", MODEL, ...HELD],
      ({ text }) => expect(text).toMatch(/20 sequences: [\d.]+% exact, token error rate [\d.]+%, BLEU/),
    ],
    "eval: no BLEU of outputs with fewer than 4 tokens": [
      ["eval", MODEL, "--data", "short.tsv", "--max-length", "3"],
      ({ text, json }) => {
        expect(text).toMatch(/, BLEU - \(no output has 4 tokens\), /);
        expect(json[0]!.exact).toBeGreaterThan(0.9);
        expect(json[0]!.bleu).toBe(0);
      },
    ],
    "predict: the output for a text, and the attention of each token": [
      ["predict", MODEL, WORD, "a?", "--beam", "50"],
      ({ json }) => {
        expect(json.map(({ text }) => text)).toEqual([WORD, "a?"]);
        expect(json[0]).toMatchObject({ output: turned(WORD), tokens: turned(WORD).split(" ") });
        expect(json[0]!.log_probability).toBeLessThan(0);
        expect(json[0]!.attention).toHaveLength(4);
      },
    ],
    "predict --data --max-length: a short line for each": [
      ["predict", MODEL, ...PAIRS, "--max-length", "2"],
      ({ text }) => {
        const lines = text.trimEnd().split("\n");
        expect(lines).toHaveLength(WORDS.length);
        expect(lines.every((line) => line.split(" ").length <= 2)).toBe(true);
      },
    ],
    "info: the spec and the target tokens": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { task: "encoder-decoder", sourceLevel: "char", targetLevel: "word", attention: "dot" },
          target: expect.arrayContaining(["a", "<EOS>"]),
        }),
    ],
  },
  resumes: { data: PAIRS, options: ["--schedule", "constant"], after: 12, iterations: 20 },
  refuses: [
    ["expected a whole number from 1", ["predict", MODEL, "abc", "--beam", "0"]],
    ["--streams goes with task language-model", ["eval", MODEL, ...PAIRS, "--streams", "3"]],
    ["ragged.tsv, line 2", ["eval", MODEL, "--data", "ragged.tsv"]],
    [
      "model.safetensors: the model's task is encoder-decoder, expected language-model or generator; use predict or eval",
      ["sample", MODEL],
    ],
  ],
  refusesToTrain: [
    ["a line without tab", ["--data", "ragged.tsv"], "ragged.tsv, line 2: no tab"],
    ["nothing but blank lines", ["--data", "blank.tsv"], "no examples"],
    ["an empty file", ["--data", "empty.tsv"], "empty.tsv is empty"],
    ["a single example", ["--data", "one.tsv"], "one.tsv: 1 example, expected at least 2"],
    ["a missing file", ["--data", "missing.tsv"], "cannot read missing.tsv"],
    ["lines", [...PAIRS, "--lines"], "--lines goes with task language-model"],
    ["teacher forcing above 1", [...PAIRS, "--teacher-forcing", "2"], "expected a number from 0 to 1"],
    ["an odd number of units", [...PAIRS, "--hidden", "7"], "even number"],
    ["a wide encoder with dot products", [...PAIRS, "--encoder-hidden", "32"], "use additive or none"],
    [
      "three numbers of layers",
      [...PAIRS, "--encoder-layers", "2", "--decoder-layers", "3", "--layers", "4"],
      "--layers has no effect beside --encoder-layers and --decoder-layers; leave one of the three out",
    ],
    ["no layers in the decoder", [...PAIRS, "--decoder-layers", "0"], "expected a whole number from 1"],
    ["no layers in the encoder", [...PAIRS, "--encoder-layers", "0"], "expected a whole number from 1"],
    ["no units in the encoder", [...PAIRS, "--encoder-hidden", "0"], "expected a whole number from 1"],
    ["a cell that is none", [...PAIRS, "--encoder-cell", "cnn"], "Allowed choices are rnn, gru, lstm, same"],
  ],
});

it.concurrent("an encoder-decoder that samples its inputs gives the same file for the same seed", async () => {
  const folder = newFolder(FILES);
  const train = [...ENCODER_DECODER, ...PAIRS, "--iters", "20"];
  const sampled = ["--teacher-forcing", "0.5", "--attention", "additive"];
  await jsonLines(folder, ...train, ...sampled, "--out", "a.safetensors");
  await jsonLines(folder, ...train, ...sampled, "--out", "b.safetensors");
  await jsonLines(folder, ...train, "--schedule", "constant", "--out", "other.safetensors");
  const files = contents(folder);
  expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
  expect(files["a.safetensors"]).not.toBe(files["other.safetensors"]);
});

it.concurrent("an encoder-decoder detects what a token is", async () => {
  const folder = newFolder({
    "phrases.tsv": "go on\tva donc\nstop now\tarrête là\nyes\toui\ngo now\tva là\n",
    "dates.tsv": "1 May 2001\t2001-05-01\n2 May 2002\t2002-05-02\n3 July 1999\t1999-07-03\n",
  });
  const levels = async (data: string, ...args: string[]) => {
    await jsonLines(folder, ...ENCODER_DECODER, "--data", data, "--iters", "1", "--force", ...args);
    const [info] = await jsonLines(folder, "info", MODEL);
    const { sourceLevel, targetLevel } = info!.spec as Record<string, string>;
    return [sourceLevel, targetLevel];
  };
  expect(await levels("phrases.tsv", "--min-count", "1")).toEqual(["word", "word"]);
  expect(await levels("dates.tsv")).toEqual(["char", "char"]);
  expect(await levels("phrases.tsv", "--source-level", "char", "--min-count", "1")).toEqual(["char", "word"]);
});

const WIDE = ["--encoder-hidden", "32", "--encoder-cell", "lstm", "--attention", "additive"];

describeTask("an encoder-decoder of 2 and 4 layers", {
  files: FILES,
  train: [...ENCODER_DECODER, "--encoder-layers", "2", "--decoder-layers", "4", ...WIDE],
  trains: [
    [...PAIRS, "--validation", "held.tsv", "--epochs", "60"],
    (run) => expect(run.at(-1)!.exact).toBeGreaterThan(0.8),
  ],
  prints: {
    "eval: the same scores in a beam": [
      ["eval", MODEL, ...HELD, "--beam", "3"],
      ({ json }) => expect(json[0]!.exact).toBeGreaterThan(0.8),
    ],
    "info: the fields of the encoder, and the bridge": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { cell: "gru", layers: 4, encoderLayers: 2, encoderHidden: 32, encoderCell: "lstm" },
          shapes: { "decoder.bridge.weight": [4 * 24, 2 * 2 * 32] },
        }),
    ],
  },
  resumes: { data: PAIRS, options: ["--schedule", "constant"], after: 12, iterations: 20 },
});

it.concurrent.each([
  [["--layers", "3"], [3, 0], ", GRU 3 x 24,"],
  [["--decoder-layers", "2"], [2, 1], ", encoder GRU 1 x 24, decoder GRU 2 x 24,"],
  [["--layers", "3", "--decoder-layers", "2"], [2, 3], ", encoder GRU 3 x 24, decoder GRU 2 x 24,"],
  [["--layers", "3", "--encoder-layers", "1"], [3, 1], ", encoder GRU 1 x 24, decoder GRU 3 x 24,"],
  [["--encoder-layers", "3", "--decoder-layers", "2"], [2, 3], ", encoder GRU 3 x 24, decoder GRU 2 x 24,"],
] as const)("layers of encoder and decoder: %j", async (options, [layers, encoderLayers], note) => {
  const folder = newFolder(FILES);
  const train = [...ENCODER_DECODER, ...PAIRS, "--iters", "1", ...options];
  const { stderr } = await unrolled(folder, ...train);
  expect(`, ${stderr}`).toContain(note);
  const [info] = await jsonLines(folder, "info", MODEL);
  expect(info!.spec).toMatchObject({ layers, ...(encoderLayers && { encoderLayers }) });
});

it.concurrent("a search may vary the layers of encoder and decoder", async () => {
  const space = { encoderLayers: [1, 2], decoderLayers: [1, 3] };
  const folder = newFolder({ ...FILES, "space.json": JSON.stringify(space) });
  const search = ["search", ...ENCODER_DECODER.slice(1), ...PAIRS, "--space", "space.json"];
  await jsonLines(folder, ...search, "--trials", "2", "--iters", "2");
  const { layers, encoderLayers } = (await jsonLines(folder, "info", "best.safetensors"))[0]!.spec as Record<
    string,
    number
  >;
  expect([1, 3]).toContain(layers);
  expect([1, 2]).toContain(encoderLayers);
});

it.concurrent("a search does not vary layers that have no effect", async () => {
  const halves = ["--encoder-layers", "1", "--decoder-layers", "2"];
  const folder = newFolder({ ...FILES, "space.json": '{"layers":[1,2]}' });
  const search = ["search", "--task", "encoder-decoder", "--variant", "strict", ...PAIRS, ...halves];
  const tried = await jsonLines(folder, ...search, "--trials", "1", "--iters", "1");
  expect(tried[0]!.candidate).not.toHaveProperty("layers");
  const message = "--layers has no effect beside --encoder-layers and --decoder-layers";
  await expectRefused(folder, [...search, "--space", "space.json", "--force"], message);
});

describeTask("an autoencoder", {
  files: FILES,
  train: ["train", "--task", "autoencoder", ...SMALL],
  trains: [
    ["--data", "words.txt", "--epochs", "60"],
    (run) => expect(run.at(-1)).toMatchObject({ done: true, exact: expect.any(Number) }),
  ],
  prints: {
    "eval: how many texts are reconstructed": [
      ["eval", MODEL, "--data", "words.txt"],
      ({ json }) => expect(json[0]!.exact).toBeGreaterThan(0.8),
    ],
    "predict: the reconstructed text and its vector": [
      ["predict", MODEL, WORDS[0]!],
      ({ json }) => {
        expect(json[0]).toMatchObject({ text: WORDS[0], output: WORDS[0] });
        expect(json[0]!.vector).toHaveLength(24);
      },
    ],
    "predict --data: a line for each": [
      ["predict", MODEL, "--data", "words.txt"],
      ({ text }) => expect(text.split("\n")[0]).toBe(WORDS[0]),
    ],
  },
  refusesToTrain: [
    [
      "attention",
      ["--data", "words.txt", "--attention", "dot"],
      "--attention goes with task encoder-decoder",
    ],
  ],
});
