import type { SequenceInput } from "../../data/steps.ts";
import { nearest } from "../../metrics/retrieval.ts";
import { SequenceEmbedder } from "../../models/embedder/model.ts";
import type { EmbedderPair } from "../../models/embedder/pairs.ts";
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
import { answersTo, noTexts, type PredictInputs, readingOptions } from "./predict-inputs.ts";
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
import { stepNames } from "./trace.ts";

/** Number of nearest lines that `predict --among` shows. */
const DEFAULT_TOP = 5;

export const embedder: TaskCommands<SequenceEmbedder, EmbedderEvaluation> = {
  task: embedderTask,
  file: 'text <TAB> matching text, one text per line, or JSON lines {"vectors": [[..], ..], "partner": [[..], ..]}',
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
  trace(model, input: SequenceInput) {
    if (model.spec.features && typeof input === "string") throw noTexts("inspect");
    return {
      symbols: { rnn: stepNames(typeof input === "string" ? model.tokens(input) : input) },
      run: () => model.encode([input]),
    };
  },
};

interface Among {
  among?: string;
  top?: number;
}

/**
 * Returns the vector of each text or sequence of vectors. If the file `among` is given, returns the examples of this file that are
 * nearest to each one instead. An example is near if the vector of its first sequence has a large cosine similarity.
 */
async function* predict(
  model: SequenceEmbedder,
  given: PredictInputs<SequenceInput>,
  { among, top = DEFAULT_TOP, ...flags }: PredictFlags & Among,
): AsyncGenerator<Prediction> {
  if (model.spec.features && !given.file) throw noTexts("predict");
  const predict = (inputs: readonly SequenceInput[]) => embedderTask.predict(model, inputs);
  const vectors = await answersTo(given, predict, embedderTask.blank);
  const lines = among === undefined ? undefined : await readLines(model, among, flags);
  const candidates = lines && (await withContext(among!, () => predict(lines.map(([one]) => one))));
  for (const [i, input] of given.inputs.entries()) {
    const name = typeof input === "string" ? { text: input } : { example: i + 1 };
    const shown = typeof input === "string" ? input : `example ${i + 1}`;
    if (!input.length) {
      yield { json: { ...name, ...(lines ? { nearest: [] } : { vector: [] }) }, text: "", answers: [{}] };
      continue;
    }
    const vector = vectors[i]!;
    if (!lines || !candidates) {
      const numbers = Array.from(vector);
      yield {
        json: { ...name, vector: numbers },
        text: `${JSON.stringify(numbers)}\t${onOneLine(shown)}`,
        answers: [{ vector: numbers }],
      };
      continue;
    }
    const found = nearest(vector, candidates, top).map(({ index, similarity }) => ({
      ...neighbour(lines[index]!, index),
      similarity,
    }));
    const rows = found.map(({ similarity, ...one }) =>
      [
        similarity.toFixed(3),
        ...("text" in one ? [one.text, one.partner ?? []].flat() : [`example ${one.example}`]),
      ].join("\t"),
    );
    yield {
      json: { ...name, nearest: found },
      text: [shown, ...rows].map(onOneLine).join("\n  "),
      answers: [{ nearest: found }],
    };
  }
}

/** Names an example: its text and its partner, or the number of a sequence of vectors. */
function neighbour(
  [sequence, partner]: EmbedderPair,
  index: number,
): { text: string; partner?: string } | { example: number } {
  if (typeof sequence !== "string") return { example: index + 1 };
  return { text: sequence, ...(sequence !== partner && { partner: partner as string }) };
}

function readLines(model: SequenceEmbedder, file: string, flags: PredictFlags) {
  const { format, header, textColumn, labelColumn, note } = readingOptions(embedderTask, {
    ...flags,
    data: [file],
  });
  return readCandidates(model, openText(file), { format, header, textColumn, labelColumn, note });
}
