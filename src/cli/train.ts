import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { counted, type ErrorCode, UnrolledError } from "../errors.ts";
import { loadModel } from "../network/model-file.ts";
import { lastIterationOf } from "../tasks/run.ts";
import { train } from "../train/train.ts";
import type { Trainer } from "../train/trainer.ts";
import { repeated } from "./data-files.ts";
import { checkpointOf, freeModelName, readBytes, samePlace, writeWhole } from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import { flowFields, flowLines, trainerFlow } from "./flow.ts";
import { positive, whole } from "./numbers.ts";
import { progressView } from "./progress.ts";
import { addRecipeOptions } from "./recipe-flags.ts";
import {
  askedOf,
  checkResumable,
  DEFAULT_OUT,
  lengthOf,
  newRun,
  type RunFiles,
  resumeRun,
  runFiles,
} from "./run.ts";
import { stopOnSignal } from "./signals.ts";
import { addSpecOptions, checkLayers } from "./spec-flags.ts";
import { ALL, type AnyCommands, KINDS, TASK_NAMES } from "./tasks/index.ts";
import { addTaskOptions, checkTaskOptions } from "./tasks/options.ts";
import {
  describe,
  endNote,
  resultLine,
  resultNote,
  resumeCommand,
  scheduleNote,
  validationNote,
} from "./train-notes.ts";
import { groupOf, workersNote } from "./workers.ts";

/** Lists the file format of each task. The help shows this list. */
function taskFiles(): string {
  const width = Math.max(...TASK_NAMES.map(({ length }) => length));
  const lines = Object.entries(ALL).map(([task, { file }]) => `  ${task.padEnd(width)}  ${file}`);
  return ["", "Tasks and their file formats:", ...lines].join("\n");
}

/** Parses the name of a task. Also accepts names from earlier versions. */
function taskNamed(name: string): string {
  const task = KINDS.find(({ task, formerTask }) => name === task || name === formerTask)?.task;
  if (task) return task;
  throw new InvalidArgumentError(`Allowed choices are ${TASK_NAMES.join(", ")}.`);
}

export function addTrain(program: Command): void {
  const command = program
    .command("train")
    .summary("train a language model on a text, or a model for another task on examples")
    .description(
      "Trains a model on a UTF-8 file. A part of it is held out for validation, unless there is a --validation file: the last " +
        "tenth of every stream of a text, the last tenth of the rows of a series, or a random tenth of examples, chosen by the " +
        "seed, so that every label keeps examples to learn from. --out gets the model with the best validation: highest accuracy or span F1 of labels, highest mean reciprocal rank " +
        "of an embedder, lowest character error rate of a transcriber, lowest loss of all others. The state of the run goes to a checkpoint next to it. Ctrl-C saves and stops; " +
        "--resume continues, with another --lr, --clip, --clip-by or --early-stop if given. Each task has its own defaults for " +
        "network and recipe; those shown here are the defaults of a character language model, the recipe of char-rnn.",
    )
    .addHelpText("after", taskFiles());
  addRunOptions(command)
    .option(
      "--gradient-flow <n>",
      "measure every n iterations how the gradient flows back through time",
      whole(1),
    )
    .option(
      "--workers <n>",
      "threads that train together, each on a part of every mini-batch (data parallel); the same number gives the same bits; give it again with --resume",
      whole(1),
      1,
    )
    .option(
      "--out <file>",
      `file for the model (default: ${DEFAULT_OUT}, with --resume next to the checkpoint)`,
    )
    .option("--force", "replace the files of another run at --out")
    .option("--resume <checkpoint>", "continue a stopped run, on the same data")
    .option("--json", "print one JSON object per line; the last one says how the run ended")
    .action(runTrain);
}

/** Adds the options that define a run. `train` and `search` share these options. */
export function addRunOptions(command: Command): Command {
  command
    .requiredOption(
      "--data <file>",
      "text, examples or series to learn from: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option(
      "--validation <file>",
      "text, examples or the rows that follow, for validation, given like --data (default: a tenth of --data)",
      repeated,
    )
    .addOption(
      new Option("--task <task>", "what to learn")
        .choices(TASK_NAMES)
        .argParser(taskNamed)
        .default(TASK_NAMES[0]),
    );
  addTaskOptions(command, "train", false);
  addRecipeOptions(command)
    .option(
      "--iters <n>",
      "total iterations, including those before --resume (default: 2000 for characters, 4 epochs for words, 12 epochs and at least 4000 iterations for tags, 1000 for a series, 30 epochs for other examples)",
      whole(1),
    )
    .addOption(
      new Option("--epochs <n>", "instead of --iters: passes over the training data")
        .argParser(positive)
        .conflicts("iters"),
    )
    .addOption(
      new Option(
        "--variant <build>",
        "strict: same bits everywhere; relaxed: faster; auto: relaxed if it runs here",
      )
        .choices(["auto", "strict", "relaxed"])
        .default("auto"),
    )
    .option(
      "--validate-every <n>",
      "iterations between validations; give it again with --resume (default: one epoch, at most 500)",
      whole(1),
    );
  addTaskOptions(command, "train", true);
  return addSpecOptions(command);
}

/** The error codes after which a run can be resumed. The value of each code is the reason that the JSON output gives. */
const STOPPED: Partial<Record<ErrorCode, string>> = {
  ERR_ABORTED: "signal",
  ERR_NAN: "nan",
  ERR_STATE: "thread",
};

async function runTrain(flags: TrainFlags, command: Command): Promise<void> {
  if (flags.resume) checkResumable(command);
  let files = await runFiles(flags);
  const asked = askedOf(command);
  if (!flags.resume) {
    checkTaskOptions(asked, flags.task);
    checkLayers(asked);
  }
  const run = flags.resume ? await resumeRun(asked, flags.resume, files) : await newRun(asked);
  const { commands, trainer } = run;
  const { runtime } = trainer.model;
  const iterations = lastIterationOf(lengthOf(flags), commands.task, trainer);
  checkIterations(trainer, iterations);
  const group = await groupOf(trainer.model, flags.workers);

  const { signal, exitCode, release } = stopOnSignal();
  const view = flags.json ? undefined : progressView(trainer.iteration, iterations, commands.unit);
  view?.note(describe(trainer, iterations, commands) + workersNote(flags.workers));
  const warning = scheduleNote(trainer, iterations);
  if (warning) view ? view.note(warning) : console.error(warning);
  const print = (value: object) => flags.json && console.log(JSON.stringify(value));
  let hasModel = run.best !== null && !run.earlier;
  let bestModel: Uint8Array | undefined;
  let taken: string | undefined;
  let written = false;
  /** Writes a file. If another run has meanwhile written files of the same names, the names change, and the run is to end. */
  const write = async (part: keyof RunFiles, bytes: Uint8Array) => {
    if (!written && !flags.force && !run.continues) {
      taken = Object.values(files).find((file) => existsSync(file));
      if (taken !== undefined) {
        const model = freeModelName(files.model);
        files = { model, checkpoint: checkpointOf(model) };
      }
    }
    written = true;
    await writeWhole(files[part], bytes);
  };
  const saveModel = async (bytes: Uint8Array) => {
    await write("model", bytes);
    bestModel = bytes;
    hasModel = true;
  };
  /** Saves the best model of the run that this one continues under other names, unless there is a better one. */
  const saveEarlier = async () => {
    if (run.earlier && !bestModel) await saveModel(run.earlier);
  };
  let saved = flags.resume && samePlace(flags.resume, files.checkpoint) ? trainer.iteration : undefined;
  try {
    const result = await train(trainer, {
      iterations,
      ...(flags.validateEvery && { validateEvery: flags.validateEvery }),
      dataHash: run.hash,
      best: run.best,
      signal,
      ...(group && { group }),
      store: {
        saveModel,
        async saveCheckpoint(bytes) {
          await saveEarlier();
          await write("checkpoint", bytes);
          saved = trainer.iteration;
          if (taken === undefined) return;
          const problem = `another run has written ${taken} since this one began. This one is saved in ${files.model}`;
          throw new UnrolledError(
            "ERR_FILE",
            `${problem}. To continue: ${resumeCommand(flags, files, iterations)}`,
          );
        },
      },
      onStep({ iteration, loss, symbolsPerSecond }) {
        print({ iter: iteration, loss, [`${commands.unit}_per_second`]: Math.round(symbolsPerSecond) });
        view?.step(iteration, loss, symbolsPerSecond);
        if (!flags.gradientFlow || iteration % flags.gradientFlow) return;
        const flow = commands.gradientFlow?.(trainer) ?? trainerFlow(trainer);
        print({ iter: iteration, ...flowFields(flow) });
        view?.note(`iteration ${iteration}: gradient flow\n${flowLines(flow).join("\n")}`);
      },
      onValidation({ iteration, evaluation, best }) {
        hasModel ||= best;
        print({
          iter: iteration,
          [`validation_${commands.loss}`]: evaluation.loss,
          ...commands.scores(evaluation),
          best,
        });
        view?.note(validationNote(iteration, evaluation, best, commands, trainer.model));
      },
    });
    view?.end();
    await saveEarlier();
    const best = loadModel(runtime, bestModel ?? (await readBytes(files.model)), KINDS);
    const validation = trainer.validate(best);
    // The best validation loss is too optimistic, because the saved model was chosen by this loss. If there is a test part, the
    // loss on it is a fairer measure.
    const test = trainer.test(best);
    print({ ...resultLine(commands, result, validation, test), ...files });
    if (!flags.json) console.error(resultNote(commands, result, validation, test, files, trainer));
    if (result.stopped === "diverged") process.exitCode = 1;
  } catch (error) {
    view?.end();
    if (error instanceof UnrolledError && error.code === "ERR_MEMORY") throw withAdvice(error, commands);
    const stopped = error instanceof UnrolledError && STOPPED[error.code];
    if (!stopped) throw error;
    const aborted = stopped === "signal";
    const model = hasModel ? files.model : null;
    const checkpoint = saved === undefined ? null : files.checkpoint;
    print({ done: false, stopped, iters: saved ?? 0, model, checkpoint });
    if (aborted) process.exitCode = exitCode();
    const goOn = resumeCommand(
      flags,
      files,
      iterations,
      stopped === "nan" ? trainer.recipe.lr / 2 : undefined,
    );
    throw new UnrolledError(error.code, endNote(error.message, aborted, files, hasModel, saved, goOn), {
      cause: error,
    });
  } finally {
    release();
    group?.release();
    runtime.dispose();
  }
}

/** Returns the error of an iteration that does not fit into the memory, with what a user of the command line can do. */
function withAdvice(cause: UnrolledError, { task }: AnyCommands): UnrolledError {
  const names: readonly string[] = task.options.format;
  const cut = names.includes("cut") ? "shorten long sequences with --cut N, or " : "";
  return new UnrolledError(
    "ERR_MEMORY",
    `a batch needs more memory than WebAssembly has (4 GiB); ${cut}use a smaller --batch or a smaller --hidden`,
    { cause },
  );
}

/** @throws ERR_VALUE if the run already has more iterations. A run that has all of them only prints its result. */
function checkIterations({ iteration }: Trainer, iterations: number): void {
  if (iteration > iterations) {
    throw new UnrolledError(
      "ERR_VALUE",
      `the run has already done ${counted(iteration, "iteration", "iterations")}; set --iters to a larger number`,
    );
  }
}
