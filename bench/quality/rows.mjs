// The rows of the comparison: each is a task and variant, with PyTorch's score for the same network, data and budget.

import { readFile } from "node:fs/promises";
import { transcribing } from "./transcribing.mjs";

/**
 * @typedef {object} Row
 * @property {string} name of the task and its data
 * @property {string} variant
 * @property {string} metric what `score` is
 * @property {1 | -1} better 1 if more is better
 * @property {number[]} seeds
 * @property {object} pytorch mean `score` and sample deviation `spread` of its runs; `task` and `variant` in reference_tasks.py, or
 *   a `script` of its own: (folder) => [file, ...arguments]. If `isTrained`, `--python` trains it with each seed and stores the scores,
 *   else it measures the time
 * @property {() => Promise<Record<string, string>>} [files] other files that it reads, written into the folder of the run
 * @property {(seed: number, folder: string) => string[]} train arguments of `unrolled train`
 * @property {(folder: string) => string[]} [use] arguments of `unrolled eval`, if the last validation does not report the
 *   score
 * @property {(line: object) => object} [also] other scores to keep in results.json
 * @property {"eval" | "score"} [command] "score" instead of `eval`
 * @property {(line: object, lines: object[]) => number} score from the last validation's line, or from the output of `use`
 */

const LAST = ["--early-stop", "0"];
const ADAM = ["--optimizer", "adam", "--schedule", "constant", "--lr", "0.002", "--clip-by", "norm"];
/** Turns off what PyTorch's models of labels do not have. */
const PLAIN = ["--average", "0", "--word-dropout", "0", "--embedding-start", "1", "--forget-bias", "0"];
const percent = (field) => (line) => 100 * line[field];
const SEEDS = [0, 1, 2];

/** @param {string} data folder of the data sets @param {string} reference folder with splits/ and gen/ @returns {Row[]} */
export function rowsOf(data, reference) {
  const files = (name, folder = "splits") => [
    ...["--data", `${reference}/${folder}/${name}.train.tsv`],
    ...["--validation", `${reference}/${folder}/${name}.dev.tsv`],
  ];
  // The reference clips the norm of a mean over all words at 5; a sentence has 16 of them.
  const tagger = (characters) => [
    ...["--task", "tagger", "--batch", "32", "--hidden", "128", "--embedding", "100", "--dropout", "0.3"],
    ...["--input-dropout", "0.3", "--characters", characters, "--clip", "80"],
    ...PLAIN,
    ...LAST,
    ...ADAM,
  ];
  const sentiment = (pooling) => [
    ...["--task", "classifier", "--label-first", "--batch", "32", "--hidden", "64", "--embedding", "64"],
    ...["--dropout", "0.5", "--input-dropout", "0.5", "--no-bidirectional", "--pooling", pooling],
    ...["--epochs", "10", ...files("uci"), ...PLAIN, ...LAST, ...ADAM, "--clip", "5"],
  ];
  // The reference clips the norm of a mean over 35 steps at 1.
  const words = (tied) => [
    ...["--level", "word", "--data", `${reference}/splits/moby.train.txt`],
    ...["--validation", `${reference}/splits/moby.dev.txt`, "--hidden", "256", "--embedding", "256"],
    ...["--dropout", "0", "--input-dropout", "0", tied, "--batch", "20", "--seq", "35", "--epochs", "2"],
    ...ADAM,
    ...["--clip", "35"],
  ];
  /** Makes sentences that end in their verb, and candidates, right and wrong in turn, of a depth outside the training data. */
  const agreement = async () => {
    const rows = async (part) =>
      (await readFile(`${reference}/gen/agree.${part}.tsv`, "utf8"))
        .trim()
        .split("\n")
        .map((line) => line.split("\t"));
    const [train, dev] = [await rows("train"), await rows("dev")];
    const text = (all, verbs) =>
      `${all.flatMap((row) => verbs.map((verb) => `${row[0]} ${row[verb]}`)).join("\n")}\n`;
    const deepest = dev.filter((row) => row[4] === "3");
    return {
      "train.txt": text(train, [1]),
      "dev.txt": text(dev, [1]),
      "candidates.txt": text(deepest, [1, 2]),
    };
  };
  const tunes = async () => {
    const text = await readFile(`${reference}/splits/nottingham.shuffled.txt`, "utf8");
    const at = (share) => Math.floor(text.length * share);
    return { "train.txt": text.slice(0, at(0.9)), "dev.txt": text.slice(at(0.9), at(0.95)) };
  };
  /** Cuts a series into `learn` rows, the next ones to validate on, and both together. */
  const series = (file, learn, validate) => async () => {
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    const header = /[a-z]/i.test(lines[0]) ? lines.splice(0, 1) : [];
    const rows = (from, to) => `${[...header, ...lines.slice(from, to)].join("\n")}\n`;
    return {
      "train.csv": rows(0, learn),
      "dev.csv": rows(learn, learn + validate),
      "both.csv": rows(0, learn + validate),
    };
  };
  const forecaster = (folder, seq, iterations) => [
    ...[
      "--task",
      "forecaster",
      "--data",
      `${folder}/train.csv`,
      "--validation",
      `${folder}/dev.csv`,
      "--no-changes",
    ],
    ...["--forget-bias", "0", "--seq", `${seq}`, "--clip", `${seq}`],
    ...["--iters", `${iterations}`, "--validate-every", `${iterations}`],
  ];
  const mackeyGlass = {
    name: "Mackey-Glass",
    better: -1,
    seeds: SEEDS,
    files: series(`${reference}/gen/mackey-glass.txt`, 3000, 1000),
    train: (_, folder) => forecaster(folder, 100, 2000),
  };
  const characters = ["--seq", "50", "--batch", "50", "--iters", "2005"];
  return [
    {
      name: "part of speech, ud-ewt",
      variant: "words and characters",
      metric: "accuracy",
      better: 1,
      seeds: SEEDS,
      pytorch: { task: "upos", variant: "word+char", score: 93.94 },
      train: () => [
        ...["--data", `${data}/ud-ewt/train.tsv`, "--validation", `${data}/ud-ewt/dev.tsv`, "--epochs", "5"],
        ...tagger("25"),
      ],
      score: percent("accuracy"),
    },
    {
      name: "entities, wnut17",
      variant: "words and characters",
      metric: "span F1",
      better: 1,
      seeds: SEEDS,
      pytorch: { task: "ner-wnut17", variant: "word+char", score: 28.04, spread: 1.03 },
      train: () => [
        ...[
          "--data",
          `${data}/wnut17/wnut17train.conll`,
          "--validation",
          `${data}/wnut17/emerging.dev.conll`,
        ],
        ...["--epochs", "10", ...tagger("25")],
      ],
      score: percent("span_f1"),
    },
    ...[
      { variant: "mean and max", pooling: "mean+max", score: 79.56, spread: 0.92 },
      { variant: "last state", pooling: "last", score: 79.33, spread: 0.83 },
    ].map(({ variant, pooling, ...pytorch }) => ({
      name: "sentiment, uci-sentences",
      variant,
      metric: "accuracy",
      better: 1,
      seeds: SEEDS,
      pytorch: { task: "sentiment-uci", variant: pooling, ...pytorch },
      train: () => sentiment(pooling),
      score: percent("accuracy"),
    })),
    {
      name: "language of a name",
      variant: "GRU",
      metric: "accuracy",
      better: 1,
      seeds: SEEDS,
      pytorch: { task: "names", variant: "gru", score: 83.16, spread: 0.08 },
      train: () => [
        ...["--task", "classifier", "--label-first", "--level", "char", "--cell", "gru", "--hidden", "64"],
        ...[
          "--embedding",
          "32",
          "--dropout",
          "0",
          "--input-dropout",
          "0",
          "--no-bidirectional",
          "--pooling",
          "last",
        ],
        ...[
          "--batch",
          "64",
          "--epochs",
          "10",
          "--min-count",
          "1",
          ...PLAIN.slice(0, -2),
          ...files("names"),
          ...LAST,
          ...ADAM,
          "--clip",
          "5",
        ],
      ],
      score: percent("accuracy"),
    },
    ...["dot", "additive"].map((attention, i) => ({
      name: "spelling to phonemes, cmudict",
      variant: `GRU, ${attention} attention, greedy`,
      metric: "phoneme error rate",
      better: -1,
      seeds: SEEDS,
      pytorch: { task: "g2p", variant: attention, score: [12.05, 12.15][i] },
      train: () => [
        ...["--task", "encoder-decoder", "--source-level", "char", "--target-level", "word", ...files("g2p")],
        ...[
          "--cell",
          "gru",
          "--hidden",
          "128",
          "--embedding",
          "64",
          "--dropout",
          "0.2",
          "--input-dropout",
          "0.2",
        ],
        ...["--attention", attention, "--batch", "64", "--epochs", "20", ...LAST, ...ADAM, "--clip", "36"],
      ],
      score: percent("token_error_rate"),
    })),
    ...["dot", "none"].map((attention) => ({
      name: "dates to ISO",
      variant: attention === "dot" ? "LSTM, dot attention" : "LSTM, no attention, rate falling to 0",
      metric: "exact",
      better: 1,
      seeds: SEEDS,
      pytorch:
        attention === "dot"
          ? { task: "dates", variant: "dot", score: 100, spread: 0 }
          : { task: "dates-decay", variant: "none", score: 99.5, spread: 0.17 },
      train: () => [
        ...["--task", "encoder-decoder", "--source-level", "char", "--target-level", "char"],
        ...[...files("dates", "gen"), "--cell", "lstm", "--hidden", "64", "--embedding", "32"],
        ...["--no-bidirectional", "--forget-bias", "0", "--dropout", "0", "--input-dropout", "0"],
        ...["--attention", attention, "--batch", "64", "--epochs", "20", ...LAST, ...ADAM, "--clip", "55"],
        ...(attention === "none" ? ["--schedule", "cosine"] : []),
      ],
      score: percent("exact"),
    })),
    ...[
      { variant: "tied output", flag: "--tied", pytorch: { variant: "tied", score: Math.log(154.5) } },
      {
        variant: "output of its own",
        flag: "--no-tied",
        pytorch: { variant: "untied", score: Math.log(150.5) },
      },
    ].map(({ variant, flag, pytorch }) => ({
      name: "words, moby-dick",
      variant,
      metric: "nats per word",
      better: -1,
      seeds: SEEDS,
      pytorch: { task: "wordlm", ...pytorch },
      train: () => words(flag),
      score: ({ validation_nats }) => validation_nats,
    })),
    {
      ...mackeyGlass,
      variant: "next step",
      metric: "NRMSE, 1 step",
      pytorch: { task: "mackey-glass", variant: "next", score: 0.0049, spread: 0.0009 },
      score: ({ nrmse }) => nrmse,
    },
    {
      ...mackeyGlass,
      variant: "next step, iterated",
      metric: "NRMSE, 84 steps",
      pytorch: { task: "mackey-glass", variant: "next", score: 0.2616, spread: 0.0481 },
      use: (folder) => ["--data", `${folder}/both.csv`, "--from", "3001", "--steps", "84"],
      score: ({ ahead }) => ahead[1].nrmse,
    },
    {
      ...mackeyGlass,
      variant: "direct",
      metric: "NRMSE, 84 steps",
      pytorch: { task: "mackey-glass", variant: "direct-84", score: 0.048, spread: 0.0022 },
      train: (...run) => [...mackeyGlass.train(...run), "--horizon", "84", "--strategy", "direct"],
      score: ({ nrmse }) => nrmse,
    },
    {
      name: "sunspots",
      variant: "LSTM",
      metric: "MAE",
      better: -1,
      seeds: SEEDS,
      pytorch: { task: "sunspots", variant: "lstm", score: 15.478, spread: 0.232 },
      files: series(`${data}/timeseries/monthly-sunspots.csv`, 2256, 282),
      train: (_, folder) => [...forecaster(folder, 60, 600), "--loss", "mae"],
      score: ({ mae }) => mae,
    },
    {
      name: "agreement of subject and verb",
      variant: "LSTM, depth 3",
      metric: "accuracy",
      better: 1,
      seeds: SEEDS,
      pytorch: { task: "agreement", variant: "lstm", score: 100 },
      files: agreement,
      train: (_, folder) => [
        ...["--level", "word", "--tokens", "spaces", "--lines", "--data", `${folder}/train.txt`],
        ...[
          "--validation",
          `${folder}/dev.txt`,
          "--min-count",
          "1",
          "--hidden",
          "64",
          "--embedding",
          "32",
          "--no-tied",
        ],
        ...[
          "--dropout",
          "0",
          "--input-dropout",
          "0",
          "--forget-bias",
          "0",
          "--batch",
          "32",
          "--epochs",
          "5",
          ...LAST,
        ],
        ...[...ADAM, "--clip", "10"],
      ],
      command: "score",
      use: (folder) => ["--data", `${folder}/candidates.txt`],
      // Sentences with the right and the wrong verb in turn; the verb is the last symbol before the end.
      score: (_, texts) => {
        const verbs = texts.map(({ conditionals }) => conditionals.at(-2).log_probability);
        const right = verbs.filter((p, i) => i % 2 === 0 && p > verbs[i + 1]);
        return (100 * right.length) / (verbs.length / 2);
      },
    },
    {
      name: "tunes, nottingham",
      variant: "LSTM 2 x 128, shuffled",
      metric: "bits per character",
      better: -1,
      seeds: [0],
      pytorch: { task: "music", variant: "shuffled", score: 1.366 },
      files: tunes,
      train: (_, folder) => [
        "--data",
        `${folder}/train.txt`,
        "--validation",
        `${folder}/dev.txt`,
        ...characters,
      ],
      use: (folder) => ["--data", `${folder}/dev.txt`, "--streams", "1"],
      score: ({ bits }) => bits,
    },
    {
      name: "characters, moby-dick",
      variant: "LSTM 2 x 128",
      metric: "nats per character",
      better: -1,
      seeds: SEEDS,
      pytorch: { task: "charlm", variant: "moby-lstm", score: 1.6167 },
      train: () => ["--data", `${data}/moby-dick/moby-dick.txt`, ...characters],
      score: ({ validation_nats }) => validation_nats,
    },
    ...transcribing(),
  ];
}
