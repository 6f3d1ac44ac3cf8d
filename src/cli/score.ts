import type { Command } from "commander";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { UnrolledError } from "../errors.ts";
import { AdaptiveLanguageModel } from "../models/language-model/adaptive.ts";
import { cloze } from "../models/language-model/cloze.ts";
import type { LanguageModel } from "../models/language-model/model.ts";
import type { Score } from "../models/language-model/score.ts";
import { readAll, withContext } from "../tasks/source.ts";
import { blankNote, type Cloze, clozesOf } from "./clozes.ts";
import { adviseDashes } from "./dashed-texts.ts";
import { openData, repeated } from "./data-files.ts";
import { withModel } from "./open-model.ts";
import { noteUnknown } from "./tasks/language-model.ts";
import { noteSegmenter } from "./text-notes.ts";

interface ScoreFlags {
  data?: readonly string[];
  alternatives?: readonly string[];
  json?: boolean;
}

export function addScore(program: Command): void {
  adviseDashes(program.command("score"))
    .summary("compare how likely texts are")
    .description(
      "Shows how likely texts are to a language model: the natural logarithm of P(text), the product of the conditional " +
        "probabilities of its symbols. Several texts are ranked. A model of words reads one or more sentences: each starts as if " +
        "another one had just ended, and its own end counts as a symbol. Symbols that the model never saw count as its unknown symbol. " +
        'A text with a blank ____ is filled with each of --alternatives, or with those behind it, as in "____ (is/are)". Several texts with blanks ' +
        "are filled one by one.",
    )
    .argument("<model>", "model file")
    .argument("[text...]", "texts to compare; put -- before texts that begin with a dash")
    .option(
      "--data <file>",
      "texts, one per line, instead of arguments: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option(
      "--alternatives <text...>",
      "what fills the blank ____ of the text; shows the log probability of the whole text with each, and its share of their probabilities",
    )
    .option(
      "--json",
      "print one JSON object per text, in input order: rank, log probability, perplexity, tokens and the conditional probabilities; " +
        "for a blank, one per alternative: log probability and share",
    )
    .action(score);
}

async function score(file: string, given: string[], { data, alternatives, json }: ScoreFlags): Promise<void> {
  if (alternatives && (data || given.length !== 1)) {
    throw new UnrolledError(
      "ERR_VALUE",
      "score: --alternatives fill the blank ____ of one text; give it before them",
    );
  }
  if (given.length > 0 === (data !== undefined)) {
    throw new UnrolledError("ERR_VALUE", "score: give either texts or a file with --data");
  }
  const source = data && (await openData(data, json));
  const texts = source ? await readAll(source, lines) : given;
  const show = async (model: LanguageModel) => {
    noteSegmenter(model, json);
    const clozes = clozesOf(texts, alternatives);
    if (clozes) return fill(model, clozes, { json, named: source !== undefined || texts.length > 1 });
    const note = json ? undefined : blankNote(texts);
    if (note) console.error(note);
    if (!json) noteUnknown(model, texts.join("\n"));
    const ranked = await withContext(source?.name ?? "score", () => model.pack().rank(texts));
    const byText = new Map(withRanks(ranked).map((one) => [one.text, one]));
    if (json) for (const text of texts) console.log(JSON.stringify(fields(byText.get(text)!)));
    else for (const line of table(ranked)) console.log(line);
  };
  await withModel(file, show, [AdaptiveLanguageModel]);
}

interface FillOptions {
  readonly json: boolean | undefined;
  /** Whether the answers name their text with the blank. */
  readonly named: boolean;
}

/** Shows the probabilities of each text with each alternative in its blank. */
async function fill(
  model: LanguageModel,
  clozes: readonly Cloze[],
  { json, named }: FillOptions,
): Promise<void> {
  const packed = model.pack();
  const all = await withContext("score", () =>
    clozes.map(({ text, alternatives }) => ({ blank: text, answers: cloze(packed, text, alternatives) })),
  );
  if (!json) noteUnknown(model, all.flatMap(({ answers }) => answers.map(({ text }) => text)).join("\n"));
  for (const [i, { blank, answers }] of all.entries()) {
    if (json) {
      for (const { alternative, text, logProbability, share } of answers) {
        const own = { alternative, text, log_probability: logProbability, share };
        console.log(JSON.stringify(named ? { blank, ...own } : own));
      }
      continue;
    }
    if (named) console.log(i ? `\n${blank}` : blank);
    console.log(`${row("log P", "share")}alternative`);
    for (const { alternative, logProbability, share } of answers.toSorted((a, b) => b.share - a.share))
      console.log(row(logProbability.toFixed(3), share.toFixed(4)) + alternative);
  }
}

async function* lines(chunks: TextChunks): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(chunks)) if (line.trim()) yield line;
}

interface Ranked extends Score {
  readonly rank: number;
}

/** Adds the ranks to scores in order. Equally likely texts have the same rank. */
function withRanks(ranked: readonly Score[]): Ranked[] {
  let rank = 0;
  return ranked.map((score, i) => {
    if (score.logProbability !== ranked[i - 1]?.logProbability) rank = i + 1;
    return { ...score, rank };
  });
}

function fields({ text, rank, logProbability, perplexity, tokens, conditionals }: Ranked): object {
  return {
    text,
    rank,
    log_probability: logProbability,
    perplexity,
    tokens,
    conditionals: conditionals.map((one) => ({ symbol: one.symbol, log_probability: one.logProbability })),
  };
}

const row = (...cells: string[]) => `${cells.map((cell) => cell.padStart(12)).join("")}  `;

/** Makes a table of texts in the order of their ranks. If there is only one text, also lists the text's symbols. */
function table(ranked: readonly Score[]): string[] {
  const lines = ranked.map(
    ({ text, logProbability, perplexity, tokens }) =>
      row(logProbability.toFixed(3), perplexity.toFixed(2), String(tokens)) + text,
  );
  const [only] = ranked.length === 1 ? ranked : [];
  const symbols = only?.conditionals.map(
    ({ symbol, logProbability }) =>
      row(logProbability.toFixed(3), Math.exp(logProbability).toPrecision(3)) + JSON.stringify(symbol),
  );
  return [
    ...(symbols ? [`${row("log P", "P")}symbol, given those before it`, ...symbols] : []),
    `${row("log P", "perplexity", "tokens")}text`,
    ...lines,
  ];
}
