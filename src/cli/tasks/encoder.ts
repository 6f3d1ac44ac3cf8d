import { holdOut, type Parts } from "../../data/hold-out.ts";
import { readTextPairs, type TextPair } from "../../data/text-pairs.ts";
import { nearest } from "../../metrics/retrieval.ts";
import { defaultEncoderSpec, type EncoderSpec } from "../../models/encoder-spec.ts";
import { encoderVocabulary, SequenceEncoder } from "../../models/sequence-encoder.ts";
import {
  ENCODER_RECIPE,
  type EncoderEvaluation,
  EncoderTrainer,
  evaluateEncoder,
} from "../../train/encoder-trainer.ts";
import { about, openText, readAll } from "../files.ts";
import type { EvalFlags, PredictFlags, TrainFlags } from "../flags.ts";
import { percent, thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import { DEFAULT_MIN_COUNT } from "./label-flags.ts";
import type { Prediction, TaskCommands, TaskData } from "./task-commands.ts";

/** Nearest lines that `predict --among` shows. */
const DEFAULT_TOP = 5;

export const encoder: TaskCommands<SequenceEncoder, EncoderEvaluation> = {
  kind: SequenceEncoder,
  unit: "tokens",
  loss: "nats",
  target: "pair",
  length: { epochs: 30 },
  recipe: (flags, command) => recipeFrom(ENCODER_RECIPE, flags, command),
  newData(flags, command, seed) {
    const { level = "word" } = flags;
    const spec = SequenceEncoder.checkSpec({
      ...specFrom(defaultEncoderSpec(level), flags, command),
      level,
    });
    return data(flags, spec, seed);
  },
  sameData: data,
  scores: ({ accuracyAt1, meanReciprocalRank }) => ({
    accuracy_at_1: accuracyAt1,
    mean_reciprocal_rank: meanReciprocalRank,
  }),
  note: ({ accuracyAt1, meanReciprocalRank }) =>
    `partner first ${percent(accuracyAt1)}, mean reciprocal rank ${meanReciprocalRank.toFixed(3)}`,
  async evaluate(model, { data, json }: EvalFlags) {
    const { pairs } = await readPairs(data);
    const result = await about(data, () => evaluateEncoder(model, pairs));
    if (!json) {
      console.log(`${thousands(result.pairs)} pairs: ${this.note(result)}, ${result.loss.toFixed(4)} nats`);
    }
    return { ...this.scores(result), nats: result.loss, pairs: result.pairs };
  },
  predict,
};

async function data(
  { data, validation, minCount = DEFAULT_MIN_COUNT }: TrainFlags,
  spec: EncoderSpec,
  seed: number,
): Promise<TaskData<SequenceEncoder, EncoderEvaluation>> {
  const { pairs, hash } = await readPairs(data);
  const held = validation === undefined ? undefined : await readPairs(validation);
  const parts: Parts<TextPair> = held ? { train: pairs, validation: held.pairs } : holdOut(pairs, seed, 2);
  return {
    hash: [hash, held?.hash].join(" "),
    model: (runtime) => {
      const vocabulary = encoderVocabulary(parts.train, spec.level, { minCount });
      return new SequenceEncoder(runtime, spec, { vocabulary });
    },
    trainer: (model, recipe) => new EncoderTrainer(model, parts, recipe),
  };
}

async function readPairs(file: string) {
  const { chunks, hash } = openText(file);
  const pairs = await readAll(file, readTextPairs(chunks, file));
  return { pairs, hash: hash() };
}

/** The vectors of texts, or the lines of another file that are nearest to them: those whose first column has the largest cosine. */
async function* predict(
  model: SequenceEncoder,
  given: readonly string[],
  { data, among, top = DEFAULT_TOP }: PredictFlags,
): AsyncGenerator<Prediction> {
  const texts = data === undefined ? given : (await readPairs(data)).pairs.map(([text]) => text);
  const vectors = await about(data ?? "predict", () => model.encode(texts));
  const lines = among === undefined ? undefined : (await readPairs(among)).pairs;
  const candidates = lines && (await about(among!, () => model.encode(lines.map(([text]) => text))));
  for (const [i, text] of texts.entries()) {
    const vector = vectors[i]!;
    if (!lines || !candidates) {
      const numbers = Array.from(vector);
      yield { json: { text, vector: numbers }, text: `${JSON.stringify(numbers)}\t${text}` };
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
    yield { json: { text, nearest: found }, text: [text, ...rows].join("\n  ") };
  }
}
