import { END_SYMBOL } from "../../data/vocabulary.ts";
import { sequenceTokens } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import type { ConditionalGenerator } from "../../models/generator/model.ts";
import { generatorTask } from "../../tasks/generator.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { openData } from "../data-files.ts";
import type { EvalFlags, SampleFlags } from "../flags.ts";
import { count } from "../progress.ts";
import { onOneLine } from "../visible.ts";
import { answersTo, type PredictInputs, readingOptions } from "./predict-inputs.ts";
import { DATA_HEADING, grouped, option, tableOptions, tokenOptions } from "./shared-options.ts";
import { TOKEN_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

export const generator: TaskCommands<ConditionalGenerator, Evaluation> = {
  task: generatorTask,
  file: "condition <TAB> sequence",
  options: {
    train: () => [...tokenOptions(), ...grouped(DATA_HEADING, ...tableOptions())],
    eval: tableOptions,
    predict: tableOptions,
    sample: () => [option("--condition <name>", "generator: condition to write from")],
  },
  space: TOKEN_SPACE,
  changesLoss: ["level", "tokens", "minCount"],
  predicts: "a generator writes from conditions",
  unit: "tokens",
  loss: "nats",
  target: "symbol",
  scores: ({ bits, perplexity }) => ({ bits, perplexity }),
  note: ({ perplexity }) => `perplexity ${perplexity.toPrecision(4)}`,
  sample(model, seed) {
    const names = model.tables.conditions?.symbols.slice(0, 5) ?? [];
    const texts = generatorTask.predict(model, names, { seed });
    return names.map((condition, i) => `${condition}: ${texts[i]}`).join("\n");
  },
  write(
    model,
    { condition, prompt, length, temperature, topK, topP, seed }: SampleFlags & { condition?: string },
  ) {
    if (condition === undefined) {
      throw new UnrolledError("ERR_VALUE", `sample: give a --condition to write from: ${known(model)}`);
    }
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
  trace(model, condition: string) {
    const tokens = sequenceTokens(generatorTask.predict(model, [condition])[0]!, model.spec);
    return {
      symbols: { rnn: [END_SYMBOL, ...tokens] },
      run: () => model.logProbabilities([{ condition, tokens }]),
    };
  },
};

/** Writes one sequence for each condition. If a file is given, each of its lines has a condition before the first tab. */
async function* predict(
  model: ConditionalGenerator,
  given: PredictInputs<string>,
): AsyncGenerator<Prediction> {
  const predict = (conditions: readonly string[]) => generatorTask.predict(model, conditions);
  const texts = await answersTo(given, predict, generatorTask.blank);
  for (const [i, condition] of given.inputs.entries()) {
    const text = texts[i];
    yield {
      json: { condition, text },
      text: condition && onOneLine(`${condition}\t${text}`),
      answers: [condition ? { text } : {}],
    };
  }
}

function known({ tables: { conditions } }: ConditionalGenerator): string {
  return conditions?.symbols.slice(0, 20).join(", ") ?? "";
}
