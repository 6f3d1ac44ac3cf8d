import { nearest } from "../../metrics/retrieval.ts";
import { SequenceEmbedder } from "../../models/embedder/model.ts";
import type { EmbedderEvaluation } from "../../models/embedder/trainer.ts";
import { embedderTask, readCandidates } from "../../tasks/embedder.ts";
import { withContext } from "../../tasks/source.ts";
import { openData } from "../data-files.ts";
import { fieldOptions } from "../field-options.ts";
import { openText } from "../files.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { whole } from "../numbers.ts";
import { count, percent } from "../progress.ts";
import { onOneLine } from "../visible.ts";
import { answersTo, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import {
  DATA_HEADING,
  grouped,
  LABEL_HEADING,
  option,
  poolingOption,
  tableOptions,
  tokenOptions,
} from "./shared-options.ts";
import { TOKEN_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

/** Number of nearest lines that `predict --among` shows. */
const DEFAULT_TOP = 5;

export const embedder: TaskCommands<SequenceEmbedder, EmbedderEvaluation> = {
  task: embedderTask,
  file: "text <TAB> matching text, or one text per line",
  options: {
    train: () => [
      ...tokenOptions(),
      ...grouped(DATA_HEADING, ...tableOptions()),
      ...grouped(LABEL_HEADING, poolingOption()),
      ...grouped(
        "Embedder:",
        ...fieldOptions(
          SequenceEmbedder.schema().fields,
          { size: "<n> width of the vectors" },
          { shown: "text" },
        ),
      ),
    ],
    eval: tableOptions,
    predict: () => [
      ...tableOptions(),
      option("--among <file>", "embedder: show the nearest lines of this file instead of vectors"),
      option("--top <k>", `embedder: number of nearest lines (default: ${DEFAULT_TOP})`, whole(1)),
    ],
  },
  space: TOKEN_SPACE,
  changesLoss: ["level", "tokens", "minCount"],
  predicts: "an embedder gives vectors or finds neighbours",
  unit: "tokens",
  loss: "nats",
  target: "pair",
  scores: ({ accuracyAt1, meanReciprocalRank }) => ({
    accuracy_at_1: accuracyAt1,
    mean_reciprocal_rank: meanReciprocalRank,
  }),
  note: ({ accuracyAt1, meanReciprocalRank }) =>
    `accuracy at 1 ${percent(accuracyAt1)}, mean reciprocal rank ${meanReciprocalRank.toFixed(3)}`,
  async evaluate(model, flags: EvalFlags) {
    const { data, json } = flags;
    const format = readingOptions(embedderTask, flags);
    const result = await embedderTask.evaluate(model, await openData(data, json), format);
    if (!json) {
      console.log(`${count(result.pairs, "pair")}: ${this.note(result)}, ${result.loss.toFixed(4)} nats`);
    }
    return { ...this.scores(result), nats: result.loss, pairs: result.pairs };
  },
  predict,
  trace: (model, text: string) => ({
    symbols: { rnn: model.tokens(text) },
    run: () => model.encode([text]),
  }),
};

interface Among {
  among?: string;
  top?: number;
}

/**
 * Returns the vector of each text. If the file `among` is given, returns the lines of this file that are nearest to each text
 * instead. A line is near if the vector of its first column has a large cosine similarity to the vector of the text.
 */
async function* predict(
  model: SequenceEmbedder,
  given: PredictInputs<string>,
  { among, top = DEFAULT_TOP, ...flags }: PredictFlags & Among,
): AsyncGenerator<Prediction> {
  const predict = (texts: readonly string[]) => embedderTask.predict(model, texts);
  const vectors = await answersTo(given, predict, embedderTask.blank);
  const lines = among === undefined ? undefined : await readLines(model, among, flags);
  const candidates =
    lines &&
    (await withContext(among!, () =>
      embedderTask.predict(
        model,
        lines.map(([text]) => text),
      ),
    ));
  for (const [i, text] of given.inputs.entries()) {
    if (!text) {
      yield { json: { text, ...(lines ? { nearest: [] } : { vector: [] }) }, text: "", answers: [{}] };
      continue;
    }
    const vector = vectors[i]!;
    if (!lines || !candidates) {
      const numbers = Array.from(vector);
      yield {
        json: { text, vector: numbers },
        text: `${JSON.stringify(numbers)}\t${onOneLine(text)}`,
        answers: [{ vector: numbers }],
      };
      continue;
    }
    const found = nearest(vector, candidates, top).map(({ index, similarity }) => ({
      text: lines[index]![0],
      ...(lines[index]![0] !== lines[index]![1] && { partner: lines[index]![1] }),
      similarity,
    }));
    const rows = found.map(({ text, partner, similarity }) =>
      [similarity.toFixed(3), text, ...(partner === undefined ? [] : [partner])].join("\t"),
    );
    yield {
      json: { text, nearest: found },
      text: [text, ...rows].map(onOneLine).join("\n  "),
      answers: [{ nearest: found }],
    };
  }
}

function readLines(model: SequenceEmbedder, file: string, flags: PredictFlags) {
  const { format, header, textColumn, labelColumn, note } = readingOptions(embedderTask, {
    ...flags,
    data: [file],
  });
  return readCandidates(model, openText(file), { format, header, textColumn, labelColumn, note });
}
