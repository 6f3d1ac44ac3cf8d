import { expect, it } from "vitest";
import { STROKES } from "../models/sequence-to-sequence/strokes.ts";
import { contents, expectRefused, finish, jsonLines, type Line, newFolder, start, unrolled } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

// Encoder-decoders and autoencoders that read vectors.

const json = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const objects = STROKES.map(({ vectors, text }) => ({ vectors, target: text }));
const FILES = {
  "strokes.jsonl": json(objects),
  "strokes.json": JSON.stringify(objects.map(({ vectors, target }) => ({ id: 1, input: vectors, target }))),
  "new.jsonl": `${json([{ vectors: STROKES[4]!.vectors }])}\n${json([{ vectors: STROKES[9]!.vectors }])}`,
  "named.jsonl": json(objects.map(({ vectors, target }) => ({ pen: vectors, said: target }))),
  "texts.tsv": "a b\tb a\nb c\tc b\n".repeat(6),
  "texts.jsonl": json([{ source: "a b", target: "b a" }]),
  "wide.jsonl": json([{ vectors: [[1, 2]], target: "up" }]),
  "ragged.jsonl": `${json([objects[0]!])}{"vectors": [[1, 2, 3], [1]], "target": "up"}\n`,
  "mixed.jsonl": `${json([objects[0]!])}{"vectors": ["up", [1, 2, 3]], "target": "up"}\n`,
  "text-later.jsonl": `${json([objects[0]!])}{"vectors": "up", "target": "up"}\n`,
  "nan.jsonl": `${json([objects[0]!])}{"vectors": [[1, 2, NaN]], "target": "up"}\n`,
  "huge.jsonl": `${json([objects[0]!])}{"vectors": [[1, 2, 1e999]], "target": "up"}\n`,
  "hollow.jsonl": `${json([objects[0]!])}{"vectors": [], "target": "up"}\n`,
  "null.jsonl": `${json([objects[0]!])}{"vectors": null, "target": "up"}\n`,
  "partner.jsonl": json([{ vectors: [[1, 2, 3]], partner: [[1, 2]] }]),
  "untold.jsonl": `${json([objects[0]!])}{"vectors": [[1, 2, 3]]}\n`,
};
const SMALL = ["--variant", "strict", "--hidden", "16", "--dropout", "0", "--lr", "0.02", "--batch", "16"];
const DATA = ["--data", "strokes.jsonl"];
const INSPECT = ["inspect", MODEL, "--data", "new.jsonl", "--row", "3"];
const NO_TEXTS = "inspect: the model reads vectors, not texts; give a file with --data";

/** The steps of the third line of new.jsonl. */
const NUMBERS = STROKES[9]!.vectors.map((_, t) => String(t + 1));

/** Returns the names of the steps of each part whose gates are shown, and checks that each step has values. */
function partsOf({ layers }: Line): Record<string, readonly string[]> {
  const all = layers as { part: string; symbols: string[]; gates: Record<string, number[][]> }[];
  for (const { symbols, gates } of all) {
    expect(Object.keys(gates)).toContain("h");
    for (const rows of Object.values(gates)) expect(rows).toHaveLength(symbols.length);
  }
  return Object.fromEntries(all.map(({ part, symbols }) => [part, symbols]));
}
const TOKENS = "sequences consist of tokens, but the model reads vectors of 3 numbers";
const WRONG = [
  ["vectors of other widths", ["--data", "ragged.jsonl"], "ragged.jsonl, line 2: step 2 has 1 number"],
  [
    "tokens among vectors",
    ["--data", "mixed.jsonl"],
    "mixed.jsonl, line 2: token 2 is [1,2,3], expected a text",
  ],
  ["a text among vectors", ["--data", "text-later.jsonl"], "text-later.jsonl, line 2: "],
  ["NaN", ["--data", "nan.jsonl"], "nan.jsonl, line 2: not JSON (which has no NaN)"],
  ["a number that is too large", ["--data", "huge.jsonl"], "number 3 of step 1 is Infinity"],
  ["an empty sequence", ["--data", "hollow.jsonl"], "hollow.jsonl, line 2: "],
  ["no sequence", ["--data", "null.jsonl"], "null.jsonl, line 2: "],
  [
    "others to validate",
    [...DATA, "--validation", "wide.jsonl"],
    "wide.jsonl, line 1: sequences consist of vectors of 2",
  ],
  ["texts to validate", [...DATA, "--validation", "texts.tsv"], "texts.tsv: sequences consist of tokens"],
] as const;

describeTask("an encoder-decoder of vectors", {
  files: FILES,
  train: ["train", "--task", "encoder-decoder", ...SMALL, "--embedding", "8"],
  trains: [
    [...DATA, "--iters", "150"],
    (run) => expect(run.at(-1)).toMatchObject({ done: true, validation_nats: expect.any(Number) }),
  ],
  prints: {
    "eval: the scores": [
      ["eval", MODEL, ...DATA],
      ({ json: [score], text }) => {
        expect(Object.keys(score!)).toEqual(["exact", "token_error_rate", "bleu", "nats", "sequences"]);
        expect(score).toMatchObject({ sequences: STROKES.length });
        expect(score!.exact).toBeGreaterThan(0.8);
        expect(text).toMatch(/^48 sequences: [\d.]+% exact, .* nats per token/);
      },
    ],
    "predict: a text for each line, also a blank one": [
      ["predict", MODEL, "--data", "new.jsonl", "--beam", "3"],
      ({ json, text }) => {
        expect(json.map(({ example, output }) => [example, output])).toEqual([
          [1, STROKES[4]!.text],
          [2, ""],
          [3, expect.stringMatching(/^\w+( \w+)?$/)],
        ]);
        const [first] = json;
        expect((first!.attention as number[][])[0]).toHaveLength(STROKES[4]!.vectors.length);
        expect(text).toBe(`${STROKES[4]!.text}\n\n${json[2]!.output}\n`);
      },
    ],
    "inspect: the gates of both halves": [
      INSPECT,
      ({ json: [row], text }) => {
        expect(row!.row).toBe(3);
        const { "encoder.rnn": source, "decoder.rnn": target } = partsOf(row!);
        expect(source).toEqual(NUMBERS);
        expect(target![0]).toBe("<EOS>");
        expect(text).toMatch(/^row 3 of new\.jsonl/);
      },
    ],
    "info: the size of the vectors and their scaling": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { features: 3, sourceLevel: "word", targetLevel: "word" },
          scaling: { mean: expect.any(Array), deviation: expect.any(Array) },
        }),
    ],
  },
  resumes: { data: DATA, options: ["--schedule", "constant"], after: 6, iterations: 10 },
  refuses: [
    [`texts.tsv: ${TOKENS}`, ["eval", MODEL, "--data", "texts.tsv"]],
    [`texts.tsv: ${TOKENS}`, ["predict", MODEL, "--data", "texts.tsv"]],
    [`texts.jsonl: ${TOKENS}`, ["predict", MODEL, "--data", "texts.jsonl"]],
    ["wide.jsonl, line 1: sequences consist of vectors of 2", ["eval", MODEL, "--data", "wide.jsonl"]],
    ["wide.jsonl, line 1: sequences consist of vectors of 2", ["predict", MODEL, "--data", "wide.jsonl"]],
    ["predict: the model reads vectors, not texts; give a file with --data", ["predict", MODEL, "a text"]],
    [NO_TEXTS, ["inspect", MODEL, "a text"]],
  ],
  refusesToTrain: [
    ...WRONG,
    ["a vector without a target", ["--data", "untold.jsonl"], "untold.jsonl, line 2: "],
    ["another size", [...DATA, "--lower-case"], "lowerCase is true, but features is 3"],
    ["tokens of sources", [...DATA, "--source-level", "char"], "sourceLevel is char, but features is 3"],
    ["word vectors", [...DATA, "--vectors", "texts.tsv"], "texts.tsv"],
  ],
});

describeTask("an autoencoder of vectors", {
  files: FILES,
  train: ["train", "--task", "autoencoder", ...SMALL],
  trains: [
    [...DATA, "--iters", "150"],
    (run) => {
      expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), steps_per_second: expect.any(Number) });
      expect(run.at(-1)).toMatchObject({ done: true, validation_loss: expect.any(Number) });
      expect(run.at(-1)!.mse).toBe(run.at(-1)!.validation_loss);
    },
  ],
  prints: {
    "eval: the mean squared error": [
      ["eval", MODEL, ...DATA],
      ({ json: [score], text }) => {
        expect(score).toEqual({ mse: expect.any(Number), loss: score!.mse, sequences: STROKES.length });
        expect(score!.mse).toBeLessThan(0.5);
        expect(text).toMatch(/^48 sequences: mean squared error 0\.\d+$/m);
      },
    ],
    "inspect: the gates of both halves": [
      INSPECT,
      ({ json: [row] }) => expect(partsOf(row!)).toEqual({ "encoder.rnn": NUMBERS, "decoder.rnn": NUMBERS }),
    ],
    "predict: the error of each sequence, its vector and reconstruction": [
      ["predict", MODEL, "--data", "new.jsonl"],
      ({ json, text }) => {
        const [first, blank] = json as unknown as { vector: number[]; output: number[][]; error: number }[];
        expect(first!.vector).toHaveLength(16);
        expect(first!.output).toHaveLength(STROKES[4]!.vectors.length);
        expect(first!.error).toBeGreaterThan(0);
        expect(blank).toEqual({ example: 2, error: 0, vector: [], output: [] });
        expect(text).toMatch(/^[\d.e-]+\texample 1\n\n[\d.e-]+\texample 3\n$/);
      },
    ],
  },
  resumes: { data: DATA, options: ["--schedule", "constant"], after: 6, iterations: 10 },
  refuses: [
    [`texts.tsv: ${TOKENS}`, ["eval", MODEL, "--data", "texts.tsv"]],
    [`texts.tsv: ${TOKENS}`, ["predict", MODEL, "--data", "texts.tsv"]],
    ["predict: the model reads vectors, not texts", ["predict", MODEL, "a text"]],
    [NO_TEXTS, ["inspect", MODEL, "a text"]],
    ...["predict", "eval"].flatMap((command) =>
      [
        ["--beam", "2"],
        ["--max-length", "5"],
        ["--length-penalty", "1"],
      ].map((option): [string, string[]] => [
        `${option[0]} is for writing tokens, but this autoencoder reads and writes vectors; leave`,
        [command, MODEL, ...DATA, ...option],
      ]),
    ),
  ],
  refusesToTrain: [
    ...WRONG,
    ["an embedding", [...DATA, "--embedding", "4"], "embedding is 4, but features is 3"],
    ["a level", [...DATA, "--level", "word"], "level is word, but features is 3: vectors have no tokens"],
    ["a rule for tokens", [...DATA, "--tokens", "spaces"], "tokens is spaces, but features is 3"],
    ["a count of tokens", [...DATA, "--min-count", "3"], "minCount is 3, but features is 3"],
    ["teacher forcing", [...DATA, "--teacher-forcing", "0.5"], "teacherForcing is 0.5, but the decoder"],
  ],
});

const lineup = STROKES.slice(0, 16).map(({ vectors }) => ({
  vectors,
  partner: vectors.map((step) => [step[0]! + 0.1, step[1]! - 0.1, 3]),
}));

describeTask("an embedder of vectors", {
  files: {
    ...FILES,
    "pairs.jsonl": json(lineup),
    "alone.jsonl": json(objects.map(({ vectors }) => ({ vectors }))),
  },
  train: ["train", "--task", "embedder", ...SMALL, "--size", "8"],
  trains: [
    ["--data", "pairs.jsonl", "--validation", "pairs.jsonl", "--iters", "60"],
    (run) => expect(run.at(-1)).toMatchObject({ done: true, accuracy_at_1: expect.any(Number) }),
  ],
  prints: {
    "inspect: the gates": [INSPECT, ({ json: [row] }) => expect(partsOf(row!)).toEqual({ rnn: NUMBERS })],
    "predict: vectors": [
      ["predict", MODEL, "--data", "new.jsonl"],
      ({ json, text }) => {
        expect(json.map(({ example, vector }) => [example, (vector as number[]).length])).toEqual([
          [1, 8],
          [2, 0],
          [3, 8],
        ]);
        expect(text).toMatch(/^\[.*\]\texample 1\n\n\[.*\]\texample 3\n$/);
      },
    ],
    "predict --among: the nearest examples": [
      ["predict", MODEL, "--data", "new.jsonl", "--among", "pairs.jsonl", "--top", "2"],
      ({ json: [first], text }) => {
        const nearest = first!.nearest as { example: number; similarity: number }[];
        expect(nearest).toHaveLength(2);
        expect(nearest[0]).toEqual({ example: 5, similarity: expect.closeTo(1, 5) });
        expect(text).toMatch(/^example 1\n {2}1\.000\texample 5\n/);
      },
    ],
  },
  resumes: { data: ["--data", "alone.jsonl"], options: ["--schedule", "constant"], after: 3, iterations: 5 },
  refuses: [
    [`texts.tsv: ${TOKENS}`, ["eval", MODEL, "--data", "texts.tsv"]],
    [`texts.tsv: ${TOKENS}`, ["predict", MODEL, "--data", "texts.tsv"]],
    [`texts.tsv: ${TOKENS}`, ["predict", MODEL, "--data", "new.jsonl", "--among", "texts.tsv"]],
    ["predict: the model reads vectors, not texts", ["predict", MODEL, "a text"]],
    [NO_TEXTS, ["inspect", MODEL, "a text"]],
  ],
  refusesToTrain: [
    ...WRONG.slice(0, -1),
    ["a level", ["--data", "pairs.jsonl", "--level", "char"], "level is char, but features is 3"],
    [
      "a partner of another width",
      ["--data", "partner.jsonl"],
      "partner.jsonl, line 1: partner: step 1 has 2",
    ],
  ],
});

it.concurrent("a generator writes from sequences of words and of vectors", async () => {
  const folder = newFolder({
    ...FILES,
    "said.tsv": STROKES.map(({ text }) => `${text} now\t${text[0]}\n`).join(""),
    "unsaid.txt": "zz yy\n",
    "unsaid.tsv": `zz yy\t${STROKES[0]!.text[0]}\n`,
    "drawn.jsonl": json(STROKES.map(({ vectors, text }) => ({ condition: vectors, text }))),
    "drawn-new.jsonl": json([{ condition: STROKES[0]!.vectors }]),
  });
  const train = ["train", "--task", "generator", ...SMALL, "--embedding", "8", "--iters", "30"];
  await jsonLines(folder, ...train, "--condition", "sequence", "--data", "said.tsv");
  const [score] = await jsonLines(folder, "eval", MODEL, "--data", "said.tsv");
  const [gates] = await jsonLines(folder, "inspect", MODEL, "up left now");
  expect(partsOf(gates!)).toEqual({ "condition.rnn": ["up", "left", "now"], rnn: expect.any(Array) });
  expect(score).toMatchObject({ perplexity: expect.any(Number), tokens: expect.any(Number) });
  const written = await jsonLines(folder, "predict", MODEL, "up left now", "now");
  expect(written.map(({ condition }) => condition)).toEqual(["up left now", "now"]);
  expect((await unrolled(folder, "sample", MODEL, "--condition", "up now", "--length", "3")).code).toBe(0);
  const note = "the model does not know 100% of the tokens";
  for (const args of [
    ["sample", MODEL, "--length", "3", "--condition"],
    ["predict", MODEL],
  ]) {
    expect((await unrolled(folder, ...args, "up now")).stderr).toBe("");
    expect((await unrolled(folder, ...args, "zz yy")).stderr).toContain(note);
    expect((await unrolled(folder, ...args, "zz yy", "--json")).stderr).toBe("");
  }
  expect((await unrolled(folder, "predict", MODEL, "--data", "unsaid.txt")).stderr).toContain(note);
  expect((await unrolled(folder, "eval", MODEL, "--data", "unsaid.tsv")).stderr).toContain(note);
  await expectRefused(folder, ["sample", MODEL], "give a --condition to write from: the words of it");
  await expectRefused(folder, ["eval", MODEL, "--data", "drawn.jsonl"], "sequences consist of vectors of 3");
  await jsonLines(folder, ...train, "--data", "drawn.jsonl", "--out", "drawn.safetensors");
  const [info] = await jsonLines(folder, "info", "drawn.safetensors");
  expect(info).toMatchObject({ spec: { condition: "sequence", features: 3 } });
  const [first] = await jsonLines(folder, "predict", "drawn.safetensors", "--data", "drawn-new.jsonl");
  expect(first).toEqual({ example: 1, text: expect.any(String) });
  const inspect = ["inspect", "drawn.safetensors"];
  const [drawn] = await jsonLines(folder, ...inspect, "--data", "drawn-new.jsonl", "--row", "1");
  const steps = STROKES[0]!.vectors.map((_, t) => String(t + 1));
  expect(partsOf(drawn!)).toEqual({ "condition.rnn": steps, rnn: expect.any(Array) });
  await expectRefused(folder, [...inspect, "up"], NO_TEXTS);
  const refused = ["predict", "drawn.safetensors", "--data", "said.tsv"];
  await expectRefused(folder, refused, `said.tsv: ${TOKENS}`);
  const sample = ["sample", "drawn.safetensors", "--condition", "up"];
  await expectRefused(folder, sample, "the conditions of the model are vectors");
});

it.concurrent("models of texts refuse vectors", async () => {
  const folder = newFolder(FILES);
  const train = ["train", "--task", "encoder-decoder", ...SMALL, "--data", "texts.tsv", "--iters", "2"];
  await jsonLines(folder, ...train, "--embedding", "4");
  const message = "sequences consist of vectors";
  await expectRefused(folder, ["eval", MODEL, ...DATA], `strokes.jsonl, line 1: ${message}`);
  await expectRefused(folder, ["predict", MODEL, ...DATA], `strokes.jsonl: ${message}`);
});

it.concurrent("an array of JSON, other names of fields and standard input are read too", async () => {
  const folder = newFolder(FILES);
  const train = ["train", "--task", "encoder-decoder", ...SMALL, "--iters", "3"];
  for (const [i, data] of [
    ["--data", "strokes.json"],
    ["--data", "named.jsonl", "--text-column", "pen", "--label-column", "said"],
  ].entries()) {
    const out = ["--out", `${i}.safetensors`];
    await jsonLines(folder, ...train, ...data, ...out);
    const [score] = await jsonLines(folder, "eval", `${i}.safetensors`, ...data.slice(0, 2));
    expect(score).toMatchObject({ sequences: STROKES.length });
  }
  const child = start(folder, ...train, "--json", "--data", "-", "--out", "piped.safetensors");
  child.stdin.end(FILES["strokes.jsonl"]);
  expect(await finish(child)).toMatchObject({ code: 0 });
  expect(Object.keys(contents(folder))).toContain("piped.safetensors");
});
