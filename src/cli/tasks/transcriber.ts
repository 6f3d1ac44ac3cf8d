import type { Vector } from "../../data/feature-scaling.ts";
import { UnrolledError } from "../../errors.ts";
import { AdaptiveLanguageModel } from "../../models/language-model/adaptive.ts";
import type { WritingModel } from "../../models/transcriber/language-scorer.ts";
import { type TranscribeOptions, Transcriber } from "../../models/transcriber/model.ts";
import type { TranscriberSpec } from "../../models/transcriber/spec.ts";
import type { TranscriberEvaluation } from "../../models/transcriber/trainer.ts";
import { loadModel } from "../../network/model-file.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { withContext } from "../../tasks/source.ts";
import { transcribeOptions, transcriberTask } from "../../tasks/transcriber.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import { readBytes } from "../files.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { from } from "../numbers.ts";
import { count, percent } from "../progress.ts";
import { answersTo, noTexts, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import { beamOption, columnOptions, DATA_HEADING, formatOption, grouped, option } from "./shared-options.ts";
import { COMMON_SPACE, DROPOUT } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

const HELP = {
  stack: "<n> join n neighbouring vectors to one step of the network, which is then n times as fast",
} satisfies Partial<Record<keyof TranscriberSpec, Help>>;

const dataOptions = () => [formatOption(), ...columnOptions()];

/** Makes the options of a command that writes texts. */
const writingOptions = () => [
  beamOption(),
  ...dataOptions(),
  option("--lm <model>", "transcriber: language model of characters that helps to choose among texts"),
  option(
    "--lm-weight <a>",
    "transcriber: exponent of the language model's probability (default: 0.5)",
    from(0),
  ),
  option("--length-bonus <b>", "transcriber: exponent of the number of symbols (default: 1)", from(0)),
];

/** How a model writes. */
interface WritingFlags extends Pick<TranscribeOptions, "beam" | "lengthBonus"> {
  lm?: string;
  lmWeight?: number;
}

export const transcriber: TaskCommands<Transcriber, TranscriberEvaluation> = {
  task: transcriberTask,
  file: 'JSON lines {"vectors": [[..], ..], "text": ".."}',
  options: {
    train: () => [
      ...grouped(DATA_HEADING, ...dataOptions()),
      ...grouped("Transcriber:", ...fieldOptions(Transcriber.schema().fields, HELP, { shown: "text" })),
    ],
    eval: writingOptions,
    predict: writingOptions,
  },
  space: {
    ...COMMON_SPACE,
    dropout: DROPOUT,
    batch: [8, 16, 32],
    clip: [5, 50],
  },
  changesLoss: ["stack"],
  measures: "For a transcriber: character error rate (CER) and word error rate (WER).",
  predicts: "a transcriber writes the text of vectors",
  unit: "steps",
  loss: "nats",
  target: "symbol",
  scores: ({ cer, wer, exact }) => ({ cer, wer, exact }),
  note: ({ cer, wer, exact }) => `CER ${percent(cer)}, WER ${percent(wer)}, ${percent(exact)} exact`,
  async evaluate(model, flags: EvalFlags & WritingFlags) {
    const { data, json } = flags;
    const options = { ...readingOptions(transcriberTask, flags), ...(await writing(model, flags)) };
    const result = await transcriberTask.evaluate(model, await openData(data, json), options);
    if (!json) {
      const sequences = count(result.sequences, "sequence");
      console.log(`${sequences}: ${this.note(result)}, ${result.loss.toFixed(4)} nats per symbol`);
    }
    const { loss, sequences, tooShort } = result;
    return { ...this.scores(result), nats: loss, loss, sequences, too_short: tooShort };
  },
  predict,
  trace(model, vectors: readonly Vector[] | string) {
    if (typeof vectors === "string") throw noTexts("inspect");
    const steps = Math.ceil(vectors.length / model.spec.stack);
    return {
      symbols: { rnn: Array.from({ length: steps }, (_, i) => String(i + 1)) },
      run: () => model.logits([vectors]),
    };
  },
};

async function* predict(
  model: Transcriber,
  given: PredictInputs<readonly Vector[]>,
  flags: PredictFlags & WritingFlags,
): AsyncGenerator<Prediction> {
  if (!given.file) throw noTexts("predict");
  const options = await writing(model, flags);
  const written = await answersTo(
    given,
    (sequences) => transcriberTask.predict(model, sequences, options),
    transcriberTask.blank,
  );
  for (const [i, { text, logProbability }] of written.entries()) {
    const filled = given.inputs[i]!.length > 0;
    yield {
      json: { example: i + 1, text, log_probability: logProbability },
      text,
      answers: [filled ? { transcript: text } : {}],
    };
  }
}

/**
 * Reads the options that say how a model writes.
 *
 * @throws ERR_FILE or ERR_FORMAT, naming the file of the language model; ERR_VALUE or ERR_DATA, naming it too, if the model
 *   cannot use it; ERR_VALUE if an option needs one
 */
async function writing(
  model: Transcriber,
  { beam, lm, lmWeight, lengthBonus }: WritingFlags,
): Promise<TranscribeOptions> {
  if (lm === undefined && (lmWeight !== undefined || lengthBonus !== undefined)) {
    const option = lmWeight === undefined ? "--length-bonus" : "--lm-weight";
    throw new UnrolledError("ERR_VALUE", `${option} needs a language model; give one with --lm MODEL`);
  }
  const languageModel = lm === undefined ? undefined : await openLanguageModel(model.runtime, lm);
  const options = transcribeOptions({ beam, languageModel, languageWeight: lmWeight, lengthBonus });
  if (lm !== undefined) await withContext(lm, () => transcriberTask.predict(model, [], options));
  return options;
}

async function openLanguageModel(runtime: Runtime, file: string): Promise<WritingModel> {
  const bytes = await readBytes(file);
  return withContext(file, () => loadModel(runtime, bytes, [AdaptiveLanguageModel]).pack());
}
