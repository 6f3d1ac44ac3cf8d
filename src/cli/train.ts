import { type Command, Option } from "commander";
import { UnrolledError } from "../errors.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { DEFAULT_SPEC } from "../models/spec.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { DEFAULT_RECIPE, LEARNING_RATES, OPTIMIZER_NAMES } from "../train/recipe.ts";
import { train } from "../train/train.ts";
import type { Trainer } from "../train/trainer.ts";
import { readText, writeWhole } from "./files.ts";
import { flowFields, flowLines } from "./flow.ts";
import { fraction, from, positive, whole } from "./numbers.ts";
import { progressView, thousands } from "./progress.ts";
import {
  checkResumable,
  DEFAULT_OUT,
  newRun,
  type RunFiles,
  resumeRun,
  runFiles,
  type TrainFlags,
} from "./run.ts";

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
    .option("--seq <n>", "characters that the gradient reaches back", whole(1), recipe.seq)
    .option(
      "--iters <n>",
      `iterations, those before a --resume included (default: ${DEFAULT_ITERATIONS})`,
      whole(1),
    )
    .addOption(
      new Option("--epochs <n>", "instead of --iters: how often the training text is read")
        .argParser(positive)
        .conflicts("iters"),
    )
    .addOption(
      new Option("--optimizer <name>", "update rule").choices(OPTIMIZER_NAMES).default(recipe.optimizer),
    )
    .option("--lr <rate>", `learning rate (default: ${listRates()})`, positive)
    .option("--lr-decay <factor>", "factor of the rate after every epoch", positive, recipe.lrDecay)
    .option(
      "--lr-decay-after <epochs>",
      "epochs before the rate begins to fall",
      whole(0),
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
    .option(
      "--gradient-flow <n>",
      "iterations between looks at how the gradient flows back through time",
      whole(1),
    )
    .option(
      "--out <file>",
      `where the model goes (default: ${DEFAULT_OUT}, with --resume beside the checkpoint)`,
    )
    .option("--resume <checkpoint>", "go on with a stopped run, on the same text")
    .option("--json", "one JSON object a line on standard output")
    .action(runTrain);
}

function listRates(): string {
  return Object.entries(LEARNING_RATES)
    .map(([name, lr]) => `${name} ${lr}`)
    .join(", ");
}

async function runTrain(flags: TrainFlags, command: Command): Promise<void> {
  if (flags.resume) checkResumable(command);
  const files = await runFiles(flags);
  const text = await readText(flags.data);
  const run = flags.resume
    ? await resumeRun(flags.resume, flags.data, text, files)
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

  const { signal, release } = stopOnSignal();
  const view = flags.json ? undefined : progressView(trainer.iteration, iterations);
  view?.note(describe(trainer, runtime, iterations));
  const print = (value: object) => console.log(JSON.stringify(value));
  let hasModel = run.best !== null;
  try {
    const result = await train(trainer, {
      iterations,
      ...(flags.validateEvery && { validateEvery: flags.validateEvery }),
      ...(flags.gradientFlow && { gradientFlowEvery: flags.gradientFlow }),
      text: run.hash,
      best: run.best,
      signal,
      store: {
        saveModel: (bytes) => writeWhole(files.model, bytes),
        saveCheckpoint: (bytes) => writeWhole(files.checkpoint, bytes),
      },
      onStep({ iteration, loss, symbolsPerSecond }) {
        if (flags.json) print({ iter: iteration, loss, chars_per_second: Math.round(symbolsPerSecond) });
        view?.step(iteration, loss, symbolsPerSecond);
      },
      onValidation({ iteration, evaluation, best }) {
        hasModel ||= best;
        if (flags.json) print({ iter: iteration, validation_nats: evaluation.nats, best });
        view?.note(validationNote(iteration, evaluation, best, trainer.model));
      },
      onGradientFlow({ iteration, ...flow }) {
        if (flags.json) print({ iter: iteration, ...flowFields(flow) });
        view?.note([`iteration ${iteration}: gradient flow`, ...flowLines(flow)].join("\n"));
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
        model: files.model,
        checkpoint: files.checkpoint,
      });
    } else {
      console.error(
        `Done in ${result.seconds.toFixed(1)} s. ${files.model} holds the model of the best validation: ` +
          `${result.best.toFixed(4)} nats a character, perplexity ${Math.exp(result.best).toFixed(2)}.`,
      );
    }
  } catch (error) {
    view?.end();
    if (error instanceof UnrolledError && error.code === "ERR_ABORTED") {
      const model = hasModel ? "" : ` (no model yet: nothing was validated, ${files.model} is untouched)`;
      const message = `${error.message} and saved${model}. Go on with: ${resumeCommand(flags, files, iterations)}`;
      throw new UnrolledError("ERR_ABORTED", message, { cause: error });
    }
    throw error;
  } finally {
    release();
    runtime.dispose();
  }
}

/** What to type to go on with a run, as a shell takes it. */
function resumeCommand(flags: TrainFlags, files: RunFiles, iterations: number): string {
  const { data, validateEvery } = flags;
  const options = { data, resume: files.checkpoint, out: files.model, iters: iterations };
  const all = Object.entries({ ...options, ...(validateEvery && { "validate-every": validateEvery }) });
  const quoted = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return ["npx unrolled train", ...all.map(([name, value]) => `--${name} ${quoted(String(value))}`)].join(
    " ",
  );
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
