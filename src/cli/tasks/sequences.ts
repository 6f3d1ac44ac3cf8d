import { numberedLines, type TextChunks } from "../../data/lines.ts";
import type { Autoencoder } from "../../models/sequence-to-sequence/autoencoder.ts";
import type { EncoderDecoder, Translation } from "../../models/sequence-to-sequence/encoder-decoder.ts";
import type { SequenceToSequence } from "../../models/sequence-to-sequence/model.ts";
import type { SequenceEvaluation } from "../../models/sequence-to-sequence/trainer.ts";
import { autoencoderTask, encoderDecoderTask, searchOptions } from "../../tasks/sequences.ts";
import { readAll, withContext } from "../../tasks/source.ts";
import type { Task } from "../../tasks/task.ts";
import { openText } from "../files.ts";
import type { PredictFlags } from "../flags.ts";
import { percent, thousands } from "../progress.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

/** How encoder-decoders and autoencoders speak in their own way. */
interface Own<M extends SequenceToSequence> {
  readonly task: Task<M, SequenceEvaluation>;
  write(model: M, texts: readonly string[], flags: PredictFlags): Translation[];
  /** Fields of a prediction for programs, besides those of the search. */
  fields?(model: M, text: string): object;
}

export const encoderDecoder = sequenceCommands<EncoderDecoder>({
  task: encoderDecoderTask,
  write: (model, texts, flags) =>
    encoderDecoderTask.predict(model, texts, { ...searchOptions(flags), attention: flags.json ?? false }),
});

export const autoencoder = sequenceCommands<Autoencoder>({
  task: autoencoderTask,
  write: (model, texts, flags) => autoencoderTask.predict(model, texts, searchOptions(flags)),
  fields: (model, text) => ({ vector: [...model.encode([text])[0]!] }),
});

function sequenceCommands<M extends SequenceToSequence>(own: Own<M>): TaskCommands<M, SequenceEvaluation> {
  const { task } = own;
  return {
    task,
    unit: "tokens",
    loss: "nats",
    target: "token",
    scores: ({ exact, tokenErrorRate, bleu }) => ({ exact, token_error_rate: tokenErrorRate, bleu }),
    note: ({ exact, tokenErrorRate, bleu }) =>
      `${percent(exact)} exact, token error rate ${percent(tokenErrorRate)}, BLEU ${percent(bleu)}`,
    async evaluate(model, flags) {
      const result = await task.evaluate(model, openText(flags.data), searchOptions(flags));
      if (!flags.json) {
        const count = thousands(result.sequences);
        console.log(`${count} sequences: ${this.note(result)}, ${result.nats.toFixed(4)} nats a token`);
      }
      return { ...this.scores(result), nats: result.nats, sequences: result.sequences };
    },
    predict: (model, texts, flags) => predictions(own, model, texts, flags),
  };
}

async function* predictions<M extends SequenceToSequence>(
  own: Own<M>,
  model: M,
  texts: readonly string[],
  flags: PredictFlags,
): AsyncGenerator<Prediction> {
  const { data } = flags;
  const inputs = data === undefined ? texts : await readAll(openText(data), sourcesOf);
  const written = await withContext(data ?? "predict", () => own.write(model, inputs, flags));
  for (const [i, { text: output, tokens, logProbability, attention }] of written.entries()) {
    const text = inputs[i]!;
    yield {
      get json() {
        const weights = attention && { attention: attention.map((row) => [...row]) };
        const more = own.fields?.(model, text);
        return { text, output, tokens, log_probability: logProbability, ...weights, ...more };
      },
      text: output,
    };
  }
}

/** The sources of a file's lines, without the targets that may stand beside them. */
async function* sourcesOf(chunks: TextChunks): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(chunks)) {
    if (line.trim()) yield line.split("\t", 1)[0]!.trim();
  }
}
