import { describe, expect, it } from "vitest";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL, trainOnce } from "./describe-task.ts";

const sentence = (i: number) =>
  `The ${["whale", "boat", "sea"][i % 3]} ${i % 2 ? "sleeps" : "sings"}, he said.`;
const RAW = Array.from({ length: 150 }, (_, i) => sentence(i)).join(" ");
const TOKENS = Array.from({ length: 60 }, (_, i) => `the <unk> ${["whale", "boat"][i % 2]} sings .\n`).join(
  "",
);
const FILES = {
  "raw.txt": RAW,
  "tokens.txt": TOKENS,
  "held.txt": TOKENS.slice(0, 200),
  "empty.txt": "",
  "blank.txt": " \n\n",
  "one.txt": "whale",
  "candidates.txt": "The whale sleeps, he said.\n\nsaid he , whale the\n",
  "blanks.txt": "The ____ (whale/boat) sings, he said.\n\nThe sea __ (sings / sleeps), he said.\n",
  "names.tsv": "good\t1\nbad\t0\n".repeat(20),
};
const SMALL = ["--hidden", "8", "--batch", "4", "--seq", "6", "--variant", "strict"];
const WORDS = ["train", "--level", "word", ...SMALL, "--lr", "0.02"];
const RAW_DATA = ["--data", "raw.txt"];
const TEXTS = ["said he whale the.", "The whale sleeps, he said."] as const;

describeTask("a language model of words", {
  files: FILES,
  train: WORDS,
  trains: [
    [...RAW_DATA, "--epochs", "4"],
    (run) => {
      expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), words_per_second: expect.any(Number) });
      expect(run.at(-1)).toMatchObject({ done: true, test_nats: expect.any(Number) });
    },
  ],
  prints: {
    "info: the spec and the vocabulary": [
      ["info", MODEL],
      ({ json }) =>
        expect(json[0]).toMatchObject({
          spec: { level: "word", tokens: "words", tied: true, embedding: 8, layers: 1 },
          vocabulary: { size: 12, unknown: 11 },
        }),
    ],
    "eval: the nats per token": [
      ["eval", MODEL, ...RAW_DATA],
      ({ json }) => {
        const [nats, perplexity] = Array(2).fill(expect.any(Number));
        const bits = json[0]!.bits as number;
        const tokens = 150 * 8 - 1;
        const bits_per_character = expect.closeTo((bits * tokens) / RAW.length, 9);
        expect(json).toEqual([{ nats, bits, perplexity, tokens, bits_per_character }]);
      },
    ],
    "eval: bits per character, as text": [
      ["eval", MODEL, ...RAW_DATA],
      ({ text }) => expect(text).toMatch(/^1,199 words: .* perplexity \S+, \d\.\d{4} bits per character\n/),
    ],
    "score: what fills a blank": [
      ["score", MODEL, "The ____ sings, he said.", "--alternatives", "whale", "boat"],
      ({ json, text }) => {
        expect(json.map((one) => Object.keys(one))).toEqual(
          Array(2).fill(["alternative", "text", "log_probability", "share"]),
        );
        const [whale, boat] = json as { alternative: string; text: string; share: number }[];
        expect([whale!.alternative, boat!.text]).toEqual(["whale", "The boat sings, he said."]);
        expect(whale!.share + boat!.share).toBeCloseTo(1, 9);
        expect(text).toMatch(
          /^ +log P +share {2}alternative\n( +-\d+\.\d{3} +0\.\d{4} {2}(whale|boat)\n){2}$/,
        );
      },
    ],
    "score: alternatives in the text, and words that the model never saw": [
      ["score", MODEL, "The ____ (whale/xyzzy) sings"],
      ({ json, notes }) => {
        expect(json.map(({ alternative }) => alternative)).toEqual(["whale", "xyzzy"]);
        expect(notes).toContain('"xyzzy"');
      },
    ],
    "score: each of several texts with a blank": [
      ["score", MODEL, "The ____ (whale/boat) sings", "he ____ (said/sea)"],
      ({ json, text }) => {
        expect(json.map(({ blank, alternative }) => [blank, alternative])).toEqual([
          ["The ____ sings", "whale"],
          ["The ____ sings", "boat"],
          ["he ____", "said"],
          ["he ____", "sea"],
        ]);
        const table = " +log P +share {2}alternative\n( +-\\d.* {2}\\w+\n){2}";
        expect(text).toMatch(new RegExp(`^The ____ sings\n${table}\nhe ____\n${table}$`));
      },
    ],
    "score: each text of a file with a blank": [
      ["score", MODEL, "--data", "blanks.txt"],
      ({ json, notes }) => {
        expect(json.map(({ text }) => text)).toEqual([
          "The whale sings, he said.",
          "The boat sings, he said.",
          "The sea sings, he said.",
          "The sea sleeps, he said.",
        ]);
        const shares = json.map(({ share }) => share as number);
        expect(shares[0]! + shares[1]!).toBeCloseTo(1, 9);
        expect(shares[2]! + shares[3]!).toBeCloseTo(1, 9);
        expect(notes).not.toContain("__");
      },
    ],
    "score: a blank without alternatives as it stands, with a note": [
      ["score", MODEL, "The ____ sings"],
      ({ json, notes }) => {
        expect(json).toMatchObject([{ text: "The ____ sings", rank: 1 }]);
        expect(notes).toContain('"The ____ sings" is scored as it stands; to fill the blank, add');
      },
    ],
    "score: underscores of code without a note": [
      ["score", MODEL, "def __init__(self)"],
      ({ notes }) => expect(notes).not.toContain("as it stands"),
    ],
    "score: texts by their probability": [
      ["score", MODEL, ...TEXTS],
      ({ json }) => {
        expect(json.map(({ text, rank, tokens }) => [text, rank, tokens])).toEqual([
          [TEXTS[0], 2, 6],
          [TEXTS[1], 1, 8],
        ]);
        for (const { log_probability, perplexity, tokens, conditionals } of json as never[]) {
          expect(perplexity).toBeCloseTo(Math.exp(-log_probability / tokens), 6);
          expect(conditionals).toHaveLength(tokens);
        }
      },
    ],
    "score --data: a table, the likeliest text first": [
      ["score", MODEL, "--data", "candidates.txt"],
      ({ text }) => expect(text).toMatch(/log P +perplexity +tokens +text\n.*The whale sleeps.*\n.*said he/),
    ],
    "score: the words that the model never saw": [
      ["score", MODEL, "the xyzzy"],
      ({ text, notes }) => {
        expect(text).toContain('"<UNK>"');
        expect(notes).toContain('words that the model never saw (1): "xyzzy"');
      },
    ],
    "suggest: the next word": [
      ["suggest", MODEL, "The ", "--top", "3"],
      ({ json }) => {
        const [{ suggestions }] = json as never as [{ suggestions: { text: string; probability: number }[] }];
        expect(json).toHaveLength(1);
        expect(Object.keys(json[0]!)).toEqual(["suggestions"]);
        expect(suggestions).toHaveLength(3);
        for (const one of suggestions) expect(Object.keys(one)).toEqual(["text", "probability"]);
        const [first, , third] = suggestions.map(({ probability }) => probability);
        expect(first).toBeGreaterThan(third!);
      },
    ],
    "suggest: the current word, as a table": [
      ["suggest", MODEL, "The WH"],
      ({ text, notes }) => {
        expect(text).toBe("1.0000  WHale\n");
        expect(notes).toBe("");
      },
    ],
    "suggest: the words before that the model never saw": [
      ["suggest", MODEL, "xyzzy the w"],
      ({ text, notes }) => {
        expect(text).toBe("1.0000  whale\n");
        expect(notes).toContain('words that the model never saw (1): "xyzzy"');
      },
    ],
    "suggest: nothing": [
      ["suggest", MODEL, "The xy"],
      ({ json, text }) => {
        expect(json).toEqual([{ suggestions: [] }]);
        expect(text).toBe("");
      },
    ],
    "sample: known words": [
      ["sample", MODEL, "--prompt", "The whale", "--length", "20"],
      ({ text }) => {
        expect(text).toMatch(/^The whale/);
        expect(text).not.toContain("UNK");
      },
    ],
    "sample: the words of a prompt that the model never saw": [
      ["sample", MODEL, "--prompt", "Xyzzy", "--length", "1"],
      ({ notes }) => expect(notes).toContain('"xyzzy"'),
    ],
  },
  // Reads text that is already tokenized.
  resumes: {
    data: ["--data", "tokens.txt", "--validation", "held.txt"],
    options: ["--schedule", "constant", "--validate-every", "5"],
    after: 10,
    iterations: 20,
    check: async ({ folder, run }) => {
      expect(run.at(-1)).toMatchObject({ test_nats: null });
      const [info] = await jsonLines(folder, "info", "a.safetensors");
      expect(info).toMatchObject({ spec: { tokens: "spaces" }, vocabulary: { size: 7 } });
      const on = ["--data", "tokens.txt", "--validation", "raw.txt", "--iters", "20"];
      const resume = ["train", ...on, "--resume", "b.checkpoint.safetensors", "--json"];
      await expectRefused(folder, resume, "not those of this run");
    },
  },
  refusesToTrain: [
    ["an empty text", ["--data", "empty.txt"], /empty.txt is empty/],
    ["white space", ["--data", "blank.txt"], /blank.txt: no word occurs 2 times/],
    ["one word", ["--data", "one.txt"], /one.txt: no word occurs 2 times/],
    ["one word, kept", ["--data", "one.txt", "--min-count", "1"], /one.txt: 2 symbols, expected at least 48/],
    ["no word to validate with", [...RAW_DATA, "--validation", "blank.txt"], /blank.txt has too little/],
    ["a tiny vocabulary", [...RAW_DATA, "--vocabulary", "2"], /from 3 on/],
    ["words and sizes that cannot be tied", [...RAW_DATA, "--embedding", "6"], /tied is true/],
  ],
});

it.concurrent("a language model of words takes a maximum vocabulary size", async () => {
  const folder = newFolder(FILES);
  await jsonLines(folder, ...WORDS, ...RAW_DATA, "--iters", "1", "--vocabulary", "5", "--no-tied");
  const [info] = await jsonLines(folder, "info", MODEL);
  expect(info).toMatchObject({ spec: { tied: false }, vocabulary: { size: 5 } });
});

it.concurrent.each<[string, string[], RegExp]>([
  [
    "for numbers",
    ["--task", "forecaster", "--data", "names.tsv", "--tokens", "words"],
    /--tokens goes with task language-model or .*, not with forecaster/,
  ],
  ["for characters", [...RAW_DATA, "--tokens", "spaces"], /tokens is spaces, .* level is char/],
])("--tokens is refused %s", async (_, options, message) =>
  expectRefused(newFolder(FILES), ["train", ...options], message),
);

const TINY = ["--hidden", "4", "--layers", "1", "--batch", "2", "--seq", "4", "--variant", "strict"];
const ofCharacters = trainOnce(FILES, ["train", ...RAW_DATA, ...TINY, "--iters", "1"]);

it.concurrent("score gives equally likely texts the same rank", async () => {
  const { folder } = await ofCharacters();
  const ranks = (await jsonLines(folder, "score", MODEL, "The", "zzzz", "The")).map(({ rank }) => rank);
  expect([1, 2]).toContain(ranks[0]); // before or after the other text
  expect(ranks).toEqual(ranks[0] === 1 ? [1, 3, 1] : [2, 1, 2]);
});

it.concurrent("score takes a model of characters too", async () => {
  const [score] = await jsonLines((await ofCharacters()).folder, "score", MODEL, "The");
  expect(score).toMatchObject({ text: "The", rank: 1, tokens: 3 });
});

it.concurrent.each<[string, string[], RegExp]>([
  ["no text", [MODEL], /give either texts or a file/],
  ["a text and a file", [MODEL, "a", "--data", "raw.txt"], /give either texts or a file/],
  ["an empty text", [MODEL, ""], /no symbols/],
  ["a blank file", [MODEL, "--data", "blank.txt"], /blank/],
  [
    "alternatives without a blank",
    [MODEL, "a", "--alternatives", "b", "c"],
    /"a" has 0 blanks, expected one/,
  ],
  ["one alternative", [MODEL, "a __", "--alternatives", "b"], /only "b", expected at least two/],
  ["alternatives of two texts", [MODEL, "a __", "b", "--alternatives", "b", "c"], /one text/],
  [
    "one alternative behind the blank",
    [MODEL, "a ____ (The) b"],
    /"a ____ \(The\) b" cannot be filled, expected/,
  ],
  ["two blanks with lists", [MODEL, "a __ (b/c) __ (d/e)"], /cannot be filled, expected one blank/],
  ["two blanks with one list", [MODEL, "a __ b __ (d/e)"], /has 2 blanks, expected one/],
  ["an empty alternative", [MODEL, "The ____ (whale/)"], /alternative 2 of "The ____" is empty/],
  [
    "alternatives twice",
    [MODEL, "The ____ (whale/boat)", "--alternatives", "sea", "boat"],
    /has alternatives twice, whale\/boat behind the blank and sea\/boat apart/,
  ],
  [
    "a text with a blank beside a whole text",
    [MODEL, "The sea", "The ____ (whale/boat)"],
    /"The ____ \(whale\/boat\)" has a blank with alternatives, but "The sea" has none/,
  ],
  ["a missing model", ["nothing.safetensors", "a"], /no such file/],
])("score refuses %s", async (_, args, message) =>
  expectRefused((await ofCharacters()).folder, ["score", ...args], message),
);

it.concurrent("suggest begins a text, and takes a model of characters and a text that begins with a dash", async () => {
  const { folder } = await ofCharacters();
  expect(await jsonLines(folder, "suggest", MODEL)).toEqual(await jsonLines(folder, "suggest", MODEL, ""));
  const { stdout } = await unrolled(folder, "suggest", MODEL, "--", "-The wh");
  expect(stdout).toMatch(/^(0\.\d{4} {2}wh\S*\n){5}$/);
});

it.concurrent.each<[string, string[], RegExp]>([
  ["two texts", [MODEL, "a", "b"], /too many arguments/],
  ["no suggestion", [MODEL, "a", "--top", "0"], /from 1 on/],
  [
    "an option for a text",
    [MODEL, "-5 degrees"],
    /put -- before the texts: .*suggest model.safetensors -- '-5 degrees'/,
  ],
])("suggest refuses %s", async (_, args, message) =>
  expectRefused((await ofCharacters()).folder, ["suggest", ...args], message),
);

it.concurrent.each(["score", "suggest"])("%s refuses a model of another task", async (command) => {
  const folder = newFolder(FILES);
  await jsonLines(folder, "train", "--task", "classifier", "--data", "names.tsv", "--iters", "1");
  await expectRefused(folder, [command, MODEL, "a"], /model.safetensors: .*classifier/);
});

describe("a model of words with an adaptive softmax", () => {
  const flags = [
    ...WORDS,
    ...RAW_DATA,
    "--softmax",
    "adaptive",
    "--cutoffs",
    "4,7",
    "--schedule",
    "constant",
  ];

  it.concurrent("is trained, continued, and used by every command", async () => {
    const folder = newFolder(FILES);
    await jsonLines(folder, ...flags, "--iters", "40", "--out", "whole.safetensors");
    await jsonLines(folder, ...flags, "--iters", "20");
    await jsonLines(
      folder,
      "train",
      ...RAW_DATA,
      "--resume",
      "model.checkpoint.safetensors",
      "--iters",
      "40",
    );
    const [whole, resumed] = await Promise.all(
      ["whole.safetensors", MODEL].map((model) => jsonLines(folder, "score", model, TEXTS[1])),
    );
    expect(resumed).toEqual(whole);
    const [info] = await jsonLines(folder, "info", MODEL);
    expect(info).toMatchObject({ spec: { softmax: "adaptive", cutoffs: [4, 7] } });
    const [evaluated] = await jsonLines(folder, "eval", MODEL, ...RAW_DATA);
    expect(evaluated!.perplexity).toBeLessThan(11);
    for (const command of [
      ["suggest", MODEL, "the wh"],
      ["sample", MODEL],
      ["inspect", MODEL, TEXTS[1]],
    ]) {
      expect((await unrolled(folder, ...command)).code).toBe(0);
    }
  });

  it.concurrent("is trained by two threads as by one, apart from rounding", async () => {
    const folder = newFolder(FILES);
    const [one, two] = await Promise.all(
      ["1", "2"].map(async (workers) => {
        const out = [
          "--iters",
          "10",
          "--dropout",
          "0",
          "--input-dropout",
          "0",
          "--workers",
          workers,
          "--out",
          `${workers}.safetensors`,
        ];
        return (await jsonLines(folder, ...flags, ...out)).at(-1)!.validation_nats as number;
      }),
    );
    expect(two!).toBeCloseTo(one!, 3);
  });

  it.concurrent.each<[string, string[], RegExp]>([
    [
      "of characters",
      ["train", ...RAW_DATA, "--softmax", "adaptive"],
      /softmax is "adaptive", which needs level word/,
    ],
    [
      "with cutoffs that fall",
      [...WORDS, ...RAW_DATA, "--softmax", "adaptive", "--cutoffs", "7,4"],
      /cutoffs are \[7,4\]/,
    ],
    [
      "with cutoffs but a full softmax",
      [...WORDS, ...RAW_DATA, "--softmax", "full", "--cutoffs", "4"],
      /cutoffs is \[4\], which needs softmax adaptive/,
    ],
  ])("is refused %s", async (_, args, message) => expectRefused(newFolder(FILES), args, message));
});
