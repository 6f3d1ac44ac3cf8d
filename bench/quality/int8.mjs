// The models of some rows, quantised: float32 against int8 of the same weights.

import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Nats as perplexity. */
const perplexity = (nats, count) => Math.exp(nats / count);

/** Reads a text symbol by symbol with a stream. @returns its perplexity */
async function streamed(file, text) {
  const { createRuntime, LanguageModel, loadModel } = await import("../../dist/index.js");
  const runtime = await createRuntime();
  const model = loadModel(runtime, new Uint8Array(await readFile(file)), [LanguageModel]);
  const stream = model.pack().stream();
  const ids = model.encode(text).subarray(0, MOST_SYMBOLS);
  stream.feed(ids[0]);
  let nats = 0;
  for (const id of ids.subarray(1)) {
    nats -= stream.logProbability(id);
    stream.feed(id);
  }
  runtime.dispose();
  return perplexity(nats, ids.length - 1);
}

/** Symbols of a text that are read. */
const MOST_SYMBOLS = 100_000;

/**
 * @typedef {object} Int8Row
 * @property {string} of name and variant of the row whose network is trained, with its first seed
 * @property {string} metric
 * @property {string} runs what calculates with 8 bits
 * @property {(file: string, folder: string, evaluate: (...args: string[]) => Promise<object>) => Promise<number>} measure returns
 *   the score of a model file
 */

/** @param {string} data folder of the data sets @param {string} reference folder with splits/ and gen/ @returns {Int8Row[]} */
export function int8Rows(data, reference) {
  const WEIGHTS = "weights only";
  const dev = (name) => `${reference}/splits/${name}.dev.tsv`;
  return [
    {
      of: "characters, moby-dick; LSTM 2 x 128",
      metric: "perplexity",
      runs: "stream",
      measure: async (file) => {
        const text = await readFile(`${data}/moby-dick/moby-dick.txt`, "utf8");
        return streamed(file, text.slice(-MOST_SYMBOLS));
      },
    },
    {
      of: "words, moby-dick; tied output",
      metric: "perplexity",
      runs: "stream",
      measure: async (file) => streamed(file, await readFile(`${reference}/splits/moby.dev.txt`, "utf8")),
    },
    {
      of: "sunspots; LSTM",
      metric: "MAE",
      runs: "stream",
      measure: async (file, folder, evaluate) =>
        (await evaluate(file, "--data", `${folder}/both.csv`, "--from", "2257")).mae,
    },
    {
      of: "spelling to phonemes, cmudict; GRU, dot attention, greedy",
      metric: "phoneme error rate",
      runs: "decoder",
      measure: async (file, _, evaluate) =>
        100 * (await evaluate(file, "--data", dev("g2p"))).token_error_rate,
    },
    {
      of: "part of speech, ud-ewt; words and characters",
      metric: "accuracy",
      runs: WEIGHTS,
      measure: async (file, _, evaluate) =>
        100 * (await evaluate(file, "--data", `${data}/ud-ewt/dev.tsv`)).accuracy,
    },
    {
      of: "sentiment, uci-sentences; mean and max",
      metric: "accuracy",
      runs: WEIGHTS,
      measure: async (file, _, evaluate) => 100 * (await evaluate(file, "--data", dev("uci"))).accuracy,
    },
  ];
}

/**
 * Quantises a model file and measures both.
 *
 * @param {Int8Row} row
 * @param {string} cli file of the command line
 */
export async function measureInt8(row, cli, file, folder) {
  const last = async (...args) => {
    const { stdout } = await run(process.execPath, [cli, ...args, "--json"], { maxBuffer: 1 << 28 });
    return JSON.parse(stdout.trim().split("\n").at(-1));
  };
  const small = file.replace(".safetensors", ".int8.safetensors");
  const { largest_row_error } = await last("quantize", file, "--out", small);
  const evaluate = (...args) => last("eval", ...args);
  const [f32, int8] = [await row.measure(file, folder, evaluate), await row.measure(small, folder, evaluate)];
  const [bytes, bytesInt8] = await Promise.all([file, small].map(async (one) => (await stat(one)).size));
  return { f32, int8, bytes, bytesInt8, largestRowError: largest_row_error };
}
