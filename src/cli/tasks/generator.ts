import type { SequenceInput } from "../../data/steps.ts";
import { END_SYMBOL } from "../../data/vocabulary.ts";
import { sequenceTokens, tokenize } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import { ConditionalGenerator } from "../../models/generator/model.ts";
import type { GeneratorSpec } from "../../models/generator/spec.ts";
import { generatorTask } from "../../tasks/generator.ts";
import { unknownNote } from "../../tasks/texts.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import type { EvalFlags, PredictFlags, SampleFlags } from "../flags.ts";
import { count } from "../progress.ts";
import { onOneLine } from "../visible.ts";
import { answersTo, noTexts, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import { DATA_HEADING, grouped, option, tableOptions, tokenOptions } from "./shared-options.ts";
import { TOKEN_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";
import { stepNames } from "./trace.ts";

const HELP = {
  condition:
    "<kind> what a condition is: single (a name), or a sequence of words, such as a summary or chords, that recurrent layers read",
} satisfies Partial<Record<keyof GeneratorSpec, Help>>;

export const generator: TaskCommands<ConditionalGenerator, Evaluation> = {
  task: generatorTask,
  file: 'condition <TAB> sequence, or JSON lines {"condition": [[..], ..], "text": ".."}',
  options: {
    train: () => [
      ...tokenOptions(),
      ...grouped(DATA_HEADING, ...tableOptions()),
      ...grouped(
        "Generator:",
        ...fieldOptions(ConditionalGenerator.schema().fields, HELP, { shown: "text" }),
      ),
    ],
    eval: tableOptions,
    predict: tableOptions,
    sample: () => [
      option(
        "--condition <name>",
        "generator: condition to write from; the words of it if the model reads sequences",
      ),
    ],
  },
  space: TOKEN_SPACE,
  changesLoss: ["level", "tokens", "minCount", "condition"],
  predicts: "a generator writes from conditions",
  unit: "tokens",
  loss: "nats",
  target: "symbol",
  scores: ({ bits, perplexity }) => ({ bits, perplexity }),
  note: ({ perplexity }) => `perplexity ${perplexity.toPrecision(4)}`,
  sample(model, seed) {
    const names = (!model.condition && model.tables.conditions?.symbols.slice(0, 5)) || [];
    const texts = generatorTask.predict(model, names, { seed });
    return names.map((condition, i) => `${condition}: ${texts[i]}`).join("\n");
  },
  write(
    model,
    { condition, prompt, length, temperature, topK, topP, seed, json }: SampleFlags & { condition?: string },
  ) {
    if (condition === undefined || model.spec.features) {
      throw new UnrolledError("ERR_VALUE", `sample: ${advice(model)}`);
    }
    if (!json) noteConditions(model, [condition]);
    return generatorTask.write(model, { condition, prompt, length, temperature, topK, topP, seed });
  },
  async evaluate(model, flags: EvalFlags) {
    const { data, json } = flags;
    const format = readingOptions(generatorTask, flags);
    const { loss: _, ...result } = await generatorTask.evaluate(model, await openData(data, json), format);
    if (!json) {
      console.log(
        `${count(result.tokens, "symbol")}: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, perplexity ${result.perplexity.toFixed(3)}`,
      );
    }
    return result;
  },
  predict,
  trace(model, condition: SequenceInput) {
    if (model.spec.features && typeof condition === "string") throw noTexts("inspect");
    const tokens = sequenceTokens(generatorTask.predict(model, [condition])[0]!, model.spec);
    const words = { ...model.spec, level: "word" } as const;
    const steps = typeof condition === "string" ? tokenize(condition, words) : condition;
    return {
      symbols: {
        ...(model.condition && { "condition.rnn": stepNames(steps) }),
        rnn: [END_SYMBOL, ...tokens],
      },
      run: () => model.logProbabilities([{ condition, tokens }]),
    };
  },
};

/** Writes one sequence for each condition. If a file is given, each of its lines has a condition before the first tab. */
async function* predict(
  model: ConditionalGenerator,
  given: PredictInputs<SequenceInput>,
  { json }: PredictFlags,
): AsyncGenerator<Prediction> {
  if (model.spec.features && !given.file) throw noTexts("predict");
  if (!given.file && !json) noteConditions(model, given.inputs);
  const predict = (conditions: readonly SequenceInput[]) => generatorTask.predict(model, conditions);
  const texts = await answersTo(given, predict, generatorTask.blank);
  for (const [i, condition] of given.inputs.entries()) {
    const text = texts[i];
    const isText = typeof condition === "string";
    const filled = condition.length > 0;
    yield {
      json: { ...(isText ? { condition } : { example: i + 1 }), text },
      text: filled ? onOneLine(`${isText ? condition : `example ${i + 1}`}\t${text}`) : "",
      answers: [filled ? { text } : {}],
    };
  }
}

/** Prints a note if a generator does not know most words of conditions that are arguments. */
function noteConditions(
  { condition, spec, tables: { conditions } }: ConditionalGenerator,
  given: readonly SequenceInput[],
): void {
  if (!condition || !conditions) return;
  const tokens = (text: string) => tokenize(text, { ...spec, level: "word" });
  const note = unknownNote({ source: conditions, tokens }, given as readonly string[]);
  if (note) console.error(note);
}

/** Says how a condition is given. */
function advice({ spec, condition, tables: { conditions } }: ConditionalGenerator): string {
  if (spec.features) return "the conditions of the model are vectors; give them to predict with --data";
  if (condition) return "give a --condition to write from: the words of it";
  return `give a --condition to write from: ${conditions?.symbols.slice(0, 20).join(", ") ?? ""}`;
}
