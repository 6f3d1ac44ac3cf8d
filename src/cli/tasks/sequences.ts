import { END_SYMBOL } from "../../data/vocabulary.ts";
import { Autoencoder } from "../../models/sequence-to-sequence/autoencoder.ts";
import { PairBatches } from "../../models/sequence-to-sequence/batches.ts";
import { EncoderDecoder, type Translation } from "../../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions } from "../../models/sequence-to-sequence/model.ts";
import type { EncoderDecoderSpec, HalvesSpec } from "../../models/sequence-to-sequence/spec.ts";
import type { SequenceEvaluation } from "../../models/sequence-to-sequence/trainer.ts";
import {
  autoencoderTask,
  encoderDecoderTask,
  type SequenceModel,
  type SequenceTask,
  searchOptions,
} from "../../tasks/sequences.ts";
import { type Recipe, recipeSchema } from "../../train/recipe.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { from, whole } from "../numbers.ts";
import { count, percent } from "../progress.ts";
import { onOneLine } from "../visible.ts";
import { answersTo, type PredictInputs, readingOptions } from "./predict-inputs.ts";
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
import type { Trace } from "./trace.ts";

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
  ...fieldOptions(Autoencoder.schema().fields, ENCODER_HELP),
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
interface Own<M extends SequenceModel>
  extends Pick<TaskCommands<M, SequenceEvaluation>, "file" | "changesLoss" | "predicts"> {
  readonly task: SequenceTask<M>;
  readonly train: TaskOptions;
  write(model: M, texts: readonly string[], flags: PredictFlags & SearchFlags): Translation[];
  /** Returns additional fields of a prediction in JSON. */
  fields?(model: M, text: string): object;
}

export const encoderDecoder = sequenceCommands<EncoderDecoder>({
  task: encoderDecoderTask,
  file: "source <TAB> target",
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
  write: (model, texts, flags) =>
    encoderDecoderTask.predict(model, texts, { ...searchOptions(flags), attention: flags.json ?? false }),
});

export const autoencoder = sequenceCommands<Autoencoder>({
  task: autoencoderTask,
  file: "one sequence per line",
  train: () => [...tokenOptions(), ...grouped(HEADING, ...halvesOptions(), ...teacherForcingOptions())],
  changesLoss: ["level", "tokens", "minCount"],
  predicts: "an autoencoder reconstructs texts (with --json also their vectors)",
  write: (model, texts, flags) => autoencoderTask.predict(model, texts, searchOptions(flags)),
  fields: (model, text) => ({ vector: [...model.encode([text])[0]!] }),
});

function sequenceCommands<M extends SequenceModel>(own: Own<M>): TaskCommands<M, SequenceEvaluation> {
  const { task, file, train, changesLoss, predicts } = own;
  return {
    ...{ task, file, changesLoss, predicts },
    options: {
      train: () => [...train(), ...grouped(DATA_HEADING, ...tableOptions())],
      eval: () => [...searchOptionsOf(), ...tableOptions()],
      predict: () => [...searchOptionsOf(), ...tableOptions()],
    },
    space: TOKEN_SPACE,
    measures:
      "For an encoder-decoder or autoencoder: share of exact targets, token error rate (WER, CER or PER, depending on what " +
      "a token is) and BLEU.",
    unit: "tokens",
    loss: "nats",
    target: "token",
    network(model) {
      const [encoder, decoder] = [model.encoder, model.decoder].map(
        ({ rnn }) => `${rnn.constructor.name} ${rnn.numLayers} x ${rnn.directions * rnn.hiddenSize}`,
      );
      return encoder === decoder ? undefined : `encoder ${encoder}, decoder ${decoder}`;
    },
    scores: ({ exact, tokenErrorRate, bleu }) => ({ exact, token_error_rate: tokenErrorRate, bleu }),
    note: ({ exact, tokenErrorRate, bleu }) =>
      `${percent(exact)} exact, token error rate ${percent(tokenErrorRate)}, BLEU ${percent(bleu)}`,
    async evaluate(model, flags: EvalFlags & SearchFlags) {
      const options = { ...searchOptions(flags), ...readingOptions(task, flags) };
      const result = await task.evaluate(model, await openData(flags.data, flags.json), options);
      if (!flags.json) {
        const sequences = count(result.sequences, "sequence");
        console.log(`${sequences}: ${this.note(result)}, ${result.nats.toFixed(4)} nats per token`);
      }
      return { ...this.scores(result), nats: result.nats, sequences: result.sequences };
    },
    predict: (model, given, flags) => predictions(own, model, given, flags),
    trace,
  };
}

/** The decoder reads the target that the model writes, as it does in training. */
function trace(model: SequenceModel, text: string): Trace {
  const source = model.tokens(text);
  const { tokens: target } = model.write([source])[0]!;
  const batch = new PairBatches(model.encodePairs([{ source, target }]), { batch: 1 }).at(0);
  return {
    symbols: { "encoder.rnn": source, "decoder.rnn": [END_SYMBOL, ...target] },
    run: () => model.loss(batch),
  };
}

async function* predictions<M extends SequenceModel>(
  own: Own<M>,
  model: M,
  given: PredictInputs<string>,
  flags: PredictFlags & SearchFlags,
): AsyncGenerator<Prediction> {
  const write = (texts: readonly string[]) => own.write(model, texts, flags);
  const written = await answersTo(given, write, own.task.blank);
  for (const [i, { text: output, tokens, logProbability, attention }] of written.entries()) {
    const text = given.inputs[i]!;
    yield {
      get json() {
        const weights = attention && { attention: attention.map((row) => [...row]) };
        const more = text ? own.fields?.(model, text) : {};
        return { text, output, tokens, log_probability: logProbability, ...weights, ...more };
      },
      text: onOneLine(output),
      answers: [text ? { output } : {}],
    };
  }
}
