import { numberedLines, type TextChunks } from "../../data/lines.ts";
import { UnrolledError } from "../../errors.ts";
import { trainerGradientFlow } from "../../models/language-model/gradient-flow.ts";
import type { LanguageModel } from "../../models/language-model/model.ts";
import { unknownSymbols } from "../../models/language-model/text.ts";
import type { LanguageModelTrainer } from "../../models/language-model/trainer.ts";
import { languageModelTask } from "../../tasks/language-model.ts";
import { LongText } from "../../tasks/long-text.ts";
import { readAll, type TextSource } from "../../tasks/source.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { openData } from "../data-files.ts";
import { noteOf } from "../files.ts";
import type { EvalFlags } from "../flags.ts";
import { sizes, whole } from "../numbers.ts";
import { count } from "../progress.ts";
import { visible } from "../visible.ts";
import {
  choice,
  cutOption,
  levelOption,
  minCountOption,
  option,
  tokensOption,
  vectorsOptions,
} from "./shared-options.ts";
import { COMMON_SPACE, DROPOUT } from "./spaces.ts";
import type { TaskCommands } from "./task-commands.ts";
import type { Trace } from "./trace.ts";

const characters: TaskCommands<LanguageModel, Evaluation> = {
  task: languageModelTask,
  file: "text, read as characters, or as words with --level word",
  options: {
    train: () => [
      levelOption(),
      tokensOption(),
      option(
        "--vocabulary <n>",
        "maximum vocabulary size of words, including <EOS> and <UNK> (default: 10000)",
        whole(3),
      ),
      minCountOption(),
      choice(
        "--softmax <kind>",
        "how the probabilities of words are computed: over all words (full), or over frequent words and clusters of rare ones (adaptive)",
        ["full", "adaptive"],
      ),
      option(
        "--cutoffs <ids>",
        "adaptive: first word of each cluster of rare words, such as 2000,10000 (default: by the size of the vocabulary)",
        sizes,
      ),
      ...vectorsOptions(),
      cutOption(),
      option("--lines", "treat each line as a separate sequence, read whole from a zero state").conflicts(
        "seq",
      ),
      option(
        "--zero-start",
        "begin each line with a vector of zeros instead of a newline, so that its first symbol is learnt (implies --lines)",
      ).conflicts("seq"),
      "seq",
    ],
    eval: () => [
      cutOption(),
      option(
        "--streams <n>",
        "language model: number of parallel streams that the text is split into, each read from a zero state (default: 50, for words 1)",
        whole(1),
      ),
    ],
    predict: () => [cutOption()],
  },
  // The option `batch` is not searched. It is the number of streams, and the validation part of the text depends on this number.
  space: { ...COMMON_SPACE, embedding: [0, 32, 64], dropout: DROPOUT, clip: [1, 5, 50] },
  changesLoss: ["level", "tokens", "vocabulary", "minCount"],
  measures:
    "Measures how well a language model predicts a text: mean cross-entropy per character or word in nats and bits, " +
    "and perplexity, and bits per character of the text; symbols that it never saw count as its unknown symbol.",
  unit: "chars",
  loss: "nats",
  target: "character",
  scores: () => ({}),
  note: ({ perplexity }) =>
    `perplexity ${perplexity < 1e6 ? perplexity.toFixed(2) : perplexity.toPrecision(2)}`,
  gradientFlow: (trainer) => trainerGradientFlow(trainer as LanguageModelTrainer),
  traceInputs: async (model, texts, { data, json }) => {
    const read = data ? await linesOf(await openData(data, json)) : texts;
    if (!data && !json) noteUnknown(model, texts.join("\n"));
    return read;
  },
  trace,
  sample(model, seed) {
    const length = model.spec.level === "word" ? 30 : 160;
    return [...languageModelTask.write(model, { length, temperature: 0.8, seed })].join("");
  },
  write(model, { json, prompt, length, temperature, topK, topP, seed }) {
    if (!json && model.spec.level === "word") noteUnknown(model, prompt);
    const symbols = languageModelTask.write(model, { prompt, length, temperature, topK, topP, seed });
    return model.spec.lines && length === undefined ? firstLine(symbols) : symbols;
  },
  evaluate,
};

export const languageModel: TaskCommands<LanguageModel, Evaluation> = {
  ...characters,
  words: {
    ...characters,
    unit: "words",
    target: "word",
    // No embedding size is searched: the embedding is tied to the output layer, so its size is the hidden size.
    space: {
      ...COMMON_SPACE,
      hidden: [128, 256, 384],
      dropout: DROPOUT,
      inputDropout: DROPOUT,
      clip: [1, 5, 50],
    },
  },
};

async function evaluate(
  model: LanguageModel,
  { data, json, streams, cut }: EvalFlags & { streams?: number; cut?: number },
): Promise<object> {
  const text = await LongText.read(await openData(data, json));
  if (!json) noteUnknown(model, text);
  const {
    loss: _,
    bitsPerCharacter,
    ...result
  } = await languageModelTask.evaluate(model, text, {
    streams,
    cut,
    note: noteOf(data, json),
  });
  if (!json) {
    const apart = model.spec.level === "word" && bitsPerCharacter !== undefined;
    const byCharacter = apart ? `, ${bitsPerCharacter.toFixed(4)} bits per character` : "";
    console.log(
      `${count(result.tokens, symbolOf(model))}: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, ` +
        `perplexity ${result.perplexity.toFixed(3)}${byCharacter}`,
    );
  }
  return { ...result, ...(bitsPerCharacter !== undefined && { bits_per_character: bitsPerCharacter }) };
}

/** Returns the lines of a text, also those that are blank. */
function linesOf(source: TextSource): Promise<string[]> {
  return readAll(source, async function* (chunks: TextChunks) {
    for await (const [, line] of numberedLines(chunks)) yield line;
  });
}

/** A text is read as `score` reads it: after the symbol that ends lines or sentences, if the model begins with it. */
function trace(model: LanguageModel, text: string): Trace {
  const { runtime: rt, vocabulary, spec } = model;
  const { endId, symbols } = vocabulary;
  const own = model.encode(text);
  if (own.length === 0)
    throw new UnrolledError("ERR_DATA", "the text is empty, expected at least one symbol");
  const begins = endId !== null && (spec.lines || spec.level === "word");
  const ids = begins ? [endId, ...own] : [...own];
  return {
    symbols: { rnn: ids.map((id) => symbols[id]!) },
    run: () => model.forward(rt.tensor(Int32Array.from(ids), [ids.length, 1])),
  };
}

/** Yields the symbols before the first newline. */
function* firstLine(symbols: Iterable<string>): Generator<string> {
  for (const symbol of symbols) {
    if (symbol === "\n") return;
    yield symbol;
  }
}

const symbolOf = ({ spec }: LanguageModel) => (spec.level === "word" ? "word" : "character");

/** Prints which characters or words of a text are unknown to the model. If there are none, prints nothing. */
export function noteUnknown(model: LanguageModel, text: string | LongText, file = "the model"): void {
  const pieces = typeof text === "string" ? [text] : text.pieces("anywhere");
  const all = new Set<string>();
  for (const piece of pieces) {
    for (const symbol of unknownSymbols(piece, model.spec, model.vocabulary)) all.add(symbol);
  }
  const unknown = [...all];
  if (!unknown.length) return;
  const shown = unknown
    .slice(0, 20)
    .map((c) => visible(JSON.stringify(c)))
    .join(" ");
  console.error(`${symbolOf(model)}s that ${file} never saw (${unknown.length}): ${shown}`);
}
