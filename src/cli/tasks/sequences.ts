import type { Vector } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import type { SequenceInput } from "../../data/steps.ts";
import { END_SYMBOL } from "../../data/vocabulary.ts";
import { Autoencoder, type Reconstruction } from "../../models/sequence-to-sequence/autoencoder.ts";
import { PairBatches } from "../../models/sequence-to-sequence/batches.ts";
import { EncoderDecoder, type Translation } from "../../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions } from "../../models/sequence-to-sequence/model.ts";
import type { ReconstructionEvaluation } from "../../models/sequence-to-sequence/reconstruction.ts";
import type { EncoderDecoderSpec, HalvesSpec } from "../../models/sequence-to-sequence/spec.ts";
import type { SequenceEvaluation } from "../../models/sequence-to-sequence/trainer.ts";
import {
  type AutoencoderEvaluation,
  autoencoderTask,
  encoderDecoderTask,
  type SequenceModel,
  type SequenceTask,
  searchOptions,
} from "../../tasks/sequences.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import { type Recipe, recipeSchema } from "../../train/recipe.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { from, whole } from "../numbers.ts";
import { count, percent } from "../progress.ts";
import { onOneLine } from "../visible.ts";
import { answersTo, noTexts, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import {
  beamOption,
  DATA_HEADING,
  grouped,
  minCountOption,
  option,
  tableOptions,
  tokenOptions,
  tokensOption,
  vectorsOptions,
} from "./shared-options.ts";
import { TOKEN_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands, TaskOptions } from "./task-commands.ts";
import { stepNames, type Trace } from "./trace.ts";

/** Options of the beam search. */
type SearchFlags = Pick<DecodeOptions, "beam" | "maxLength" | "lengthPenalty">;

const HEADING = "Encoder-decoder and autoencoder:";
const HELP = {
  sourceLevel:
    "<level> what a token of a source is: a character or a word (default: word; char if most texts are one word or numbers, or have no spaces between words)",
  targetLevel: "<level> what a token of a target is (default: as for sources)",
  lowerCase: "convert sources to lower case",
  attention: "<kind> attention of the decoder to the source",
} satisfies Partial<Record<keyof EncoderDecoderSpec, Help>>;

const ENCODER_HELP = {
  encoderLayers: "<n> layers of the encoder (default: as --layers)",
  encoderHidden:
    "<units> hidden units per layer of the encoder, both directions together (default: as --hidden)",
  encoderCell: "<cell> recurrent cell of the encoder; same: as --cell (default: same)",
} satisfies Partial<Record<keyof HalvesSpec, Help>>;

/** Makes the options of the shapes of encoder and decoder. */
const halvesOptions = () => [
  ...fieldOptions(Autoencoder.schema().fields, ENCODER_HELP, {
    parsers: { encoderLayers: whole(1), encoderHidden: whole(1) },
  }),
  option(
    "--decoder-layers <n>",
    "layers of the decoder; --layers are then the encoder's (default: as --layers)",
    whole(1),
  ),
];

const RECIPE_HELP = {
  teacherForcing:
    "<share> share of correct tokens in the decoder's inputs at the end of the run, the rest are its own outputs; falls evenly from 1",
} satisfies Partial<Record<keyof Recipe, Help>>;

const teacherForcingOptions = () => fieldOptions(recipeSchema.fields, RECIPE_HELP, { shown: "text" });

const searchOptionsOf: TaskOptions = () => [
  beamOption(),
  option("--max-length <n>", "maximum number of output tokens (default: 2 x source length + 10)", whole(1)),
  option("--length-penalty <p>", "rank hypotheses by log-probability / tokens^p (default: 0)", from(0)),
];

/** What differs between the commands of encoder-decoders and those of autoencoders. */
interface Own<M extends SequenceModel, E extends Evaluated, P>
  extends Pick<TaskCommands<M, E>, "file" | "changesLoss" | "predicts" | "scores" | "note"> {
  readonly task: SequenceTask<M, E, P>;
  readonly train: TaskOptions;
  write(model: M, inputs: readonly SequenceInput[], flags: PredictFlags & SearchFlags): P[];
  /** Returns additional fields of a prediction in JSON. */
  fields?(model: M, text: string): object;
}

const isReconstruction = (found: object): found is ReconstructionEvaluation => "mse" in found;
const textScores = ({ exact, tokenErrorRate, bleu }: SequenceEvaluation) => ({
  exact,
  token_error_rate: tokenErrorRate,
  bleu,
});
const textNote = ({ exact, tokenErrorRate, bleu }: SequenceEvaluation) =>
  `${percent(exact)} exact, token error rate ${percent(tokenErrorRate)}, BLEU ${bleuNote(bleu, tokenErrorRate)}`;

/** BLEU is also 0 if tokens match, but no output has n-grams of 4 tokens. Below a token error rate of 1, some tokens match. */
const bleuNote = (bleu: number, tokenErrorRate: number) =>
  bleu === 0 && tokenErrorRate < 1 ? "- (no output has 4 tokens)" : percent(bleu);

export const encoderDecoder = sequenceCommands<EncoderDecoder, SequenceEvaluation, Translation>({
  task: encoderDecoderTask,
  file: 'source <TAB> target, or JSON lines {"vectors": [[..], ..], "target": ".."}',
  train: () => [
    tokensOption(),
    minCountOption(),
    ...vectorsOptions(),
    ...grouped(
      HEADING,
      ...fieldOptions(EncoderDecoder.schema().fields, HELP, { shown: "text" }),
      ...halvesOptions(),
      ...teacherForcingOptions(),
    ),
  ],
  changesLoss: ["tokens", "minCount", "sourceLevel", "targetLevel", "lowerCase"],
  predicts: "an encoder-decoder writes targets",
  scores: textScores,
  note: textNote,
  write: (model, inputs, flags) =>
    encoderDecoderTask.predict(model, inputs, { ...searchOptions(flags), attention: flags.json ?? false }),
});

const texts = sequenceCommands<Autoencoder, AutoencoderEvaluation, Translation | Reconstruction>({
  task: autoencoderTask,
  file: 'one sequence per line, or JSON lines {"vectors": [[..], ..]}',
  train: () => [...tokenOptions(), ...grouped(HEADING, ...halvesOptions(), ...teacherForcingOptions())],
  changesLoss: ["level", "tokens", "minCount"],
  predicts: "an autoencoder reconstructs texts (with --json also their vectors)",
  scores: (found) => (isReconstruction(found) ? { mse: found.mse } : textScores(found)),
  note: (found) =>
    isReconstruction(found) ? `mean squared error ${found.mse.toPrecision(4)}` : textNote(found),
  write: (model, inputs, flags) => autoencoderTask.predict(model, inputs, searchOptions(flags)),
  fields: (model, text) => ({ vector: [...model.encode([text])[0]!] }),
});

export const autoencoder: TaskCommands<Autoencoder, AutoencoderEvaluation> = {
  ...texts,
  vectors: { ...texts, unit: "steps", loss: "loss", target: "number" },
};

function sequenceCommands<
  M extends SequenceModel,
  E extends SequenceEvaluation | ReconstructionEvaluation,
  P extends Translation | Reconstruction,
>(own: Own<M, E, P>): TaskCommands<M, E> {
  const { task, file, train, changesLoss, predicts, scores, note } = own;
  return {
    ...{ task, file, changesLoss, predicts, scores, note },
    options: {
      train: () => [...train(), ...grouped(DATA_HEADING, ...tableOptions())],
      eval: () => [...searchOptionsOf(), ...tableOptions()],
      predict: () => [...searchOptionsOf(), ...tableOptions()],
    },
    space: TOKEN_SPACE,
    measures:
      "For an encoder-decoder or autoencoder: share of exact targets, token error rate (WER, CER or PER, depending on what " +
      "a token is) and BLEU; for an autoencoder of vectors the mean squared error.",
    unit: "tokens",
    loss: "nats",
    target: "token",
    network(model) {
      const [encoder, decoder] = [model.encoder, model.decoder].map(
        ({ rnn }) => `${rnn.constructor.name} ${rnn.numLayers} x ${rnn.directions * rnn.hiddenSize}`,
      );
      return encoder === decoder ? undefined : `encoder ${encoder}, decoder ${decoder}`;
    },
    async evaluate(model, flags: EvalFlags & SearchFlags) {
      const options = { ...searchOptions(flags), ...readingOptions(task, flags) };
      const result = await task.evaluate(model, await openData(flags.data, flags.json), options);
      const { sequences, loss } = result;
      if (!flags.json) {
        const much = isReconstruction(result) ? "" : `, ${loss.toFixed(4)} nats per token`;
        console.log(`${count(sequences, "sequence")}: ${note(result)}${much}`);
      }
      return { ...scores(result), ...(isReconstruction(result) ? { loss } : { nats: loss }), sequences };
    },
    predict: (model, given, flags) => predictions(own, model, given, flags),
    trace,
  };
}

/** The decoder reads the target that the model writes, as it does in training. If it gives vectors, it reads none. */
function trace(model: SequenceModel, input: SequenceInput): Trace {
  if (model.scaling && typeof input === "string") throw noTexts("inspect");
  const source: readonly Step[] = typeof input === "string" ? model.tokens(input) : input;
  const names = stepNames(source);
  if (!model.target) {
    const sequences = [source as readonly Vector[]];
    return {
      symbols: { "encoder.rnn": names, "decoder.rnn": names },
      run: () => (model as Autoencoder).predict(sequences),
    };
  }
  const { tokens: target } = model.write([source])[0]!;
  const batch = new PairBatches(model.encodePairs([{ source, target }]), { batch: 1 }).at(0);
  return {
    symbols: { "encoder.rnn": names, "decoder.rnn": [END_SYMBOL, ...target] },
    run: () => model.loss(batch),
  };
}

async function* predictions<
  M extends SequenceModel,
  E extends Evaluated,
  P extends Translation | Reconstruction,
>(
  own: Own<M, E, P>,
  model: M,
  given: PredictInputs<SequenceInput>,
  flags: PredictFlags & SearchFlags,
): AsyncGenerator<Prediction> {
  if (model.spec.features && !given.file) throw noTexts("predict");
  const write = (inputs: readonly SequenceInput[]) => own.write(model, inputs, flags);
  const written = await answersTo(given, write, own.task.blank);
  for (const [i, prediction] of written.entries()) {
    const input = given.inputs[i]!;
    const filled = input.length > 0;
    if (model.spec.features && "vector" in prediction) {
      yield reconstructed(i, prediction, filled);
      continue;
    }
    const { text: output, tokens, logProbability, attention } = prediction as Translation;
    const name = typeof input === "string" ? { text: input } : { example: i + 1 };
    yield {
      get json() {
        const weights = attention && { attention: attention.map((row) => [...row]) };
        const more = typeof input === "string" && filled ? own.fields?.(model, input) : {};
        return { ...name, output, tokens, log_probability: logProbability, ...weights, ...more };
      },
      text: onOneLine(output),
      answers: [filled ? { output } : {}],
    };
  }
}

/** Shows the error of a sequence of vectors; as JSON also its vector and what the decoder makes of it. */
function reconstructed(i: number, { vector, output, error }: Reconstruction, filled: boolean): Prediction {
  return {
    get json() {
      return { example: i + 1, error, vector: [...vector], output: output.map((step) => [...step]) };
    },
    text: filled ? `${error.toPrecision(4)}\texample ${i + 1}` : "",
    answers: [filled ? { error, vector: [...vector] } : {}],
  };
}
