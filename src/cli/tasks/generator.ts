import { type Conditioned, readConditioned } from "../../data/conditioned.ts";
import { holdOut, type Parts } from "../../data/hold-out.ts";
import { type Level, sequenceTokens } from "../../data/labelled.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { Generator, generatorVocabulary } from "../../models/generator.ts";
import { defaultGeneratorSpec, type GeneratorSpec } from "../../models/generator-spec.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { evaluateGenerator, GENERATOR_RECIPE, GeneratorTrainer } from "../../train/generator-trainer.ts";
import { about, openText, readAll } from "../files.ts";
import type { EvalFlags, PredictFlags, TrainFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import type { Prediction, TaskCommands, TaskData } from "./task-commands.ts";

/** Words that occur less often in the training part are unknown: so the unknown symbol is learnt. */
const WORD_MIN_COUNT = 2;

interface Lines {
  readonly hash: string;
  as(level: Level): readonly Conditioned[];
}

export const generator: TaskCommands<Generator, Evaluation> = {
  kind: Generator,
  unit: "tokens",
  loss: "nats",
  target: "symbol",
  length: { epochs: 30 },
  recipe: (flags, command) => recipeFrom(GENERATOR_RECIPE, flags, command),
  newData(flags, command, seed) {
    const { level = "char" } = flags;
    const spec = Generator.checkSpec({ ...specFrom(defaultGeneratorSpec(level), flags, command), level });
    return data(flags, spec, seed);
  },
  sameData: data,
  scores: ({ bits, perplexity }) => ({ bits, perplexity }),
  note: ({ perplexity }) => `perplexity ${perplexity.toPrecision(4)}`,
  sample(model, seed) {
    const names = model.tables.conditions?.symbols.slice(0, 5) ?? [];
    return writeAll(model, names, seed)
      .map(({ condition, text }) => `${condition}: ${text}`)
      .join("\n");
  },
  write(model, { condition, prompt, length, temperature, topK, topP, seed }) {
    if (condition === undefined) {
      throw new UnrolledError("ERR_VALUE", `sample: say by --condition what to write from: ${known(model)}`);
    }
    return model.pack().generate({ condition, prompt, length, temperature, topK, topP, seed });
  },
  async evaluate(model, { data, json }: EvalFlags) {
    const examples = (await readLines(data)).as(model.spec.level);
    const { loss: _, ...result } = await about(data, () => evaluateGenerator(model, examples));
    if (!json) {
      console.log(
        `${thousands(result.tokens)} symbols: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, perplexity ${result.perplexity.toFixed(3)}`,
      );
    }
    return result;
  },
  predict,
};

async function data(
  { data, validation, minCount }: TrainFlags,
  spec: GeneratorSpec,
  seed: number,
): Promise<TaskData<Generator, Evaluation>> {
  const lines = await readLines(data);
  const held = validation === undefined ? undefined : await readLines(validation);
  const all = lines.as(spec.level);
  const parts: Parts<Conditioned> = held
    ? { train: all, validation: held.as(spec.level) }
    : holdOut(all, seed);
  return {
    hash: [lines.hash, held?.hash].join(" "),
    model: (runtime) =>
      new Generator(runtime, spec, {
        vocabulary: generatorVocabulary(parts.train, {
          minCount: minCount ?? (spec.level === "word" ? WORD_MIN_COUNT : 1),
        }),
        conditions: Vocabulary.fromTokens(
          all.map(({ condition }) => String(condition)),
          { unknown: false },
        ),
      }),
    trainer: (model, recipe) => new GeneratorTrainer(model, parts, recipe),
  };
}

async function readLines(file: string): Promise<Lines> {
  const { chunks, hash } = openText(file);
  const lines = await readAll(file, readConditioned(chunks, file));
  return {
    hash: hash(),
    as: (level) => lines.map(({ condition, text }) => ({ condition, tokens: sequenceTokens(text, level) })),
  };
}

/** One sequence for each condition that is given, or stands before the first tab of each line of a file. */
async function* predict(
  model: Generator,
  conditions: readonly string[],
  { data }: PredictFlags,
): AsyncGenerator<Prediction> {
  const lines =
    data === undefined ? undefined : await readAll(data, readConditioned(openText(data).chunks, data));
  const given = lines?.map(({ condition }) => condition) ?? conditions;
  for (const json of await about(data ?? "predict", () => writeAll(model, given))) {
    yield { json, text: `${json.condition}\t${json.text}` };
  }
}

/** Condition number i writes with seed i, so that the same one twice does not write the same. */
function writeAll(model: Generator, conditions: readonly string[], seed = 1) {
  const packed = model.pack();
  try {
    return conditions.map((condition, i) => ({
      condition,
      text: [...packed.generate({ condition, seed: seed + i })].join(""),
    }));
  } finally {
    packed.dispose();
  }
}

function known({ tables: { conditions } }: Generator): string {
  return conditions?.symbols.slice(0, 20).join(", ") ?? "";
}
