import { type Command, Option } from "commander";
import { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import { LanguageModel } from "../models/language-model.ts";
import { checkSpec, DEFAULT_SPEC, type LanguageModelSpec } from "../models/spec.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { hashText, parseCheckpoint } from "../train/checkpoint.ts";
import { DEFAULT_RECIPE, OPTIMIZER_NAMES, type Recipe } from "../train/recipe.ts";
import { train } from "../train/train.ts";
import { Trainer } from "../train/trainer.ts";
import { about, readBytes, readText, writeWhole } from "./files.ts";
import { fraction, from, positive, whole } from "./numbers.ts";
import { progressView, thousands } from "./progress.ts";

interface TrainFlags extends Recipe {
  data: string;
  cell: LanguageModelSpec["cell"];
  hidden: number;
  layers: number;
  embedding: number;
  dropout: number;
  iters?: number;
  epochs?: number;
  validateEvery?: number;
  variant: "auto" | "strict" | "relaxed";
  out: string;
  resume?: string;
  json?: boolean;
}

/** Options that a resumed run may be given; all others are in its checkpoint. */
const RESUMABLE = new Set(["data", "resume", "iters", "epochs", "validateEvery", "out", "json"]);

const DEFAULT_ITERATIONS = 2000;

export function addTrain(program: Command): void {
  const recipe = DEFAULT_RECIPE;
  const spec = DEFAULT_SPEC;
  program
    .command("train")
    .summary("train a character language model on a text")
    .description(
      "Trains a character language model on a text file in UTF-8. The last tenth of every stream of text is held out. The " +
        "model with the smallest validation loss goes to --out, the state of the run to a checkpoint beside it. Ctrl-C " +
        "saves and stops; --resume goes on. Defaults are the recipe of char-rnn.",
    )
    .requiredOption("--data <file>", "text to learn")
    .addOption(
      new Option("--cell <cell>", "kind of recurrent layer")
        .choices(["rnn", "gru", "lstm"])
        .default(spec.cell),
    )
    .option("--hidden <units>", "units in each layer", whole(1), spec.hidden)
    .option("--layers <n>", "recurrent layers", whole(1), spec.layers)
    .option(
      "--embedding <size>",
      "length of the vectors that stand for characters; 0: one-hot",
      whole(0),
      spec.embedding,
    )
    .option("--batch <n>", "streams of text side by side", whole(1), recipe.batch)
    .option("--seq <n>", "steps that the gradient reaches back", whole(1), recipe.seq)
    .option("--iters <n>", `iterations in all (default: ${DEFAULT_ITERATIONS})`, whole(1))
    .addOption(
      new Option("--epochs <n>", "the same as readings of the training text")
        .argParser(positive)
        .conflicts("iters"),
    )
    .addOption(
      new Option("--optimizer <name>", "update rule").choices(OPTIMIZER_NAMES).default(recipe.optimizer),
    )
    .option("--lr <rate>", "learning rate", positive, recipe.lr)
    .option("--lr-decay <factor>", "factor of the rate after every epoch", positive, recipe.lrDecay)
    .option(
      "--lr-decay-after <epochs>",
      "epochs before the rate begins to fall",
      from(0),
      recipe.lrDecayAfter,
    )
    .option("--clip <limit>", "limit of the gradients; 0: none", from(0), recipe.clip)
    .addOption(
      new Option("--clip-by <what>", "limit each gradient's value, or the norm of all")
        .choices(["value", "norm"])
        .default(recipe.clipBy),
    )
    .option("--dropout <p>", "dropout on the output of every layer", fraction, spec.dropout)
    .option(
      "--seed <n>",
      "seed of weights and dropout: the same seed gives the same model",
      whole(0),
      recipe.seed,
    )
    .addOption(
      new Option("--variant <build>", "strict: same bits everywhere; relaxed: faster; auto: what runs here")
        .choices(["auto", "strict", "relaxed"])
        .default("auto"),
    )
    .option(
      "--validate-every <n>",
      "iterations between validations (default: an epoch, at most 500)",
      whole(1),
    )
    .option("--out <file>", "where the model goes", "model.safetensors")
    .option("--resume <checkpoint>", "go on with a stopped run, on the same text")
    .option("--json", "one JSON object a line on standard output")
    .action(runTrain);
}

async function runTrain(flags: TrainFlags, command: Command): Promise<void> {
  const text = await readText(flags.data);
  const run = flags.resume
    ? await resumeRun(flags.resume, flags.data, text, command)
    : await newRun(flags, text);
  const { trainer, runtime } = run;
  const iterations =
    flags.iters ?? (flags.epochs ? Math.ceil(flags.epochs * trainer.iterationsPerEpoch) : DEFAULT_ITERATIONS);
  if (trainer.iteration >= iterations) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the run has done ${trainer.iteration} iterations already; give more than that by --iters`,
    );
  }

  const checkpoint = checkpointFile(flags.out);
  const { signal, release } = stopOnSignal();
  const view = flags.json ? undefined : progressView(trainer.iteration, iterations);
  view?.note(describe(trainer, runtime, iterations));
  const print = (value: object) => console.log(JSON.stringify(value));
  try {
    const result = await train(trainer, {
      iterations,
      ...(flags.validateEvery && { validateEvery: flags.validateEvery }),
      text: run.hash,
      best: run.best,
      signal,
      store: {
        saveModel: (bytes) => writeWhole(flags.out, bytes),
        saveCheckpoint: (bytes) => writeWhole(checkpoint, bytes),
      },
      onStep({ iteration, loss, symbolsPerSecond }) {
        if (flags.json) print({ iter: iteration, loss, chars_per_second: Math.round(symbolsPerSecond) });
        view?.step(iteration, loss, symbolsPerSecond);
      },
      onValidation({ iteration, evaluation, best }) {
        if (flags.json) print({ iter: iteration, validation_nats: evaluation.nats, best });
        view?.note(validationNote(iteration, evaluation, best, trainer.model));
      },
    });
    view?.end();
    if (flags.json) {
      print({
        done: true,
        iters: result.iterations,
        validation_nats: result.best,
        last_validation_nats: result.last.nats,
        seconds: result.seconds,
        model: flags.out,
        checkpoint,
      });
    } else {
      console.error(
        `Done in ${result.seconds.toFixed(1)} s. ${flags.out} holds the model of the best validation: ` +
          `${result.best.toFixed(4)} nats a character, perplexity ${Math.exp(result.best).toFixed(2)}.`,
      );
    }
  } catch (error) {
    view?.end();
    if (error instanceof UnrolledError && error.code === "ERR_ABORTED") {
      throw new UnrolledError(
        "ERR_ABORTED",
        `${error.message} and saved. Go on with: unrolled train --data ${flags.data} --resume ${checkpoint} --out ${flags.out} --iters ${iterations}`,
        { cause: error },
      );
    }
    throw error;
  } finally {
    release();
    runtime.dispose();
  }
}

interface Run {
  readonly trainer: Trainer;
  readonly runtime: Runtime;
  readonly hash: string;
  readonly best: number | null;
}

async function newRun(flags: TrainFlags, text: string): Promise<Run> {
  const { cell, hidden, layers, dropout, embedding, variant } = flags;
  const { batch, seq, optimizer, lr, lrDecay, lrDecayAfter, clip, clipBy, seed } = flags;
  const spec = checkSpec({ ...DEFAULT_SPEC, cell, hidden, layers, dropout, embedding });
  const runtime = await createRuntime({ variant, seed });
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(runtime, spec, vocabulary);
  const recipe = { batch, seq, optimizer, lr, lrDecay, lrDecayAfter, clip, clipBy, seed };
  const trainer = await about(flags.data, () => new Trainer(model, vocabulary.encode(text), recipe));
  return { trainer, runtime, hash: await hashText(text), best: null };
}

async function resumeRun(file: string, data: string, text: string, command: Command): Promise<Run> {
  for (const { attributeName } of command.options.map((option) => ({
    attributeName: option.attributeName(),
  }))) {
    if (command.getOptionValueSource(attributeName) === "cli" && !RESUMABLE.has(attributeName)) {
      throw new UnrolledError(
        "ERR_VALUE",
        `--${attributeName.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} cannot be given with --resume: it is part of the checkpoint`,
      );
    }
  }
  const bytes = await readBytes(file);
  const checkpoint = await about(file, () => parseCheckpoint(bytes));
  const runtime = await createRuntime({ variant: checkpoint.progress.variant });
  const trainer = await about(data, () => checkpoint.resume(runtime, text));
  return { trainer, runtime, hash: checkpoint.progress.text, best: checkpoint.progress.best };
}

/** `model.safetensors` -> `model.checkpoint.safetensors` */
function checkpointFile(out: string): string {
  return `${out.replace(/\.safetensors$/, "")}.checkpoint.safetensors`;
}

/** The first Ctrl-C (or SIGTERM) asks the run to save and stop; the second ends the process at once. */
function stopOnSignal(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return { signal: controller.signal, release: () => process.off("SIGINT", stop).off("SIGTERM", stop) };
}

function describe(trainer: Trainer, runtime: Runtime, iterations: number): string {
  const { spec, vocabulary } = trainer.model;
  const parameters = Object.values(trainer.model.parameters()).reduce((sum, { size }) => sum + size, 0);
  const epochs = iterations / trainer.iterationsPerEpoch;
  return (
    `${spec.cell.toUpperCase()} ${spec.layers} x ${spec.hidden}, ${thousands(parameters)} parameters, ` +
    `${vocabulary.size} symbols, ${runtime.variant} build; ${iterations} iterations (${epochs.toFixed(1)} epochs)`
  );
}

function validationNote(
  iteration: number,
  evaluation: { nats: number; perplexity: number },
  best: boolean,
  model: LanguageModel,
): string {
  const { nats, perplexity } = evaluation;
  const line = `iteration ${iteration}: validation ${nats.toFixed(4)} nats, perplexity ${perplexity.toFixed(2)}${best ? ", best so far" : ""}`;
  if (!process.stderr.isTTY) return line;
  const packed = model.pack();
  try {
    const sample = [...packed.generate({ length: 160, temperature: 0.8, seed: iteration })].join("");
    return `${line}\n${sample.replace(/^/gm, "  | ")}`;
  } finally {
    packed.dispose();
  }
}
