import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { UnrolledError } from "../errors.ts";
import { parseModel } from "../network/model-file.ts";
import { parseSearchLog, serializeSearchLog } from "../search/log.ts";
import { DEFAULT_SEARCH, search } from "../search/search.ts";
import { countCandidates, type SearchSpace } from "../search/space.ts";
import { bestTrial, type Trial } from "../search/trial.ts";
import { readText, withContext } from "../tasks/source.ts";
import { checkInput, checkNotData, keepInput } from "./data-files.ts";
import {
  checkNew,
  checkpointOf,
  checkWritable,
  freeModelName,
  openText,
  readBytes,
  samePlace,
  writeWhole,
} from "./files.ts";
import { givenTo } from "./given.ts";
import { whole } from "./numbers.ts";
import { describeSearch, type SearchDescription, type SearchFlags } from "./search-description.ts";
import { countNote, searchTable, trialNote } from "./search-notes.ts";
import { readSpace } from "./search-space.ts";
import { searchStudy } from "./search-study.ts";
import { type Trained, trainCandidate } from "./search-trial.ts";
import { searchView } from "./search-view.ts";
import { commandLine } from "./shell.ts";
import { stopOnSignal } from "./signals.ts";
import type { searchChart } from "./svg-chart.ts";
import { KINDS } from "./tasks/index.ts";
import { addRunOptions } from "./train.ts";

export function addSearch(program: Command): void {
  const command = program
    .command("search")
    .summary("find good hyper-parameters: train candidates, keep the best")
    .description(
      "Trains one candidate after another, drawn at random or bred from good ones, and keeps the model with the lowest " +
        "validation loss. The search space says what varies: options of train that shape the network or its training (in " +
        'camelCase, such as inputDropout), each with a list of values or {"min": .., "max": .., "scale": "log", "whole": true}. ' +
        "Options that change what the loss measures cannot vary. All other options are those of train, and the same " +
        "for every candidate. A candidate is stopped if its loss is above the median of earlier candidates at the same point of " +
        "the run. The log holds finished candidates: after Ctrl-C, or with more --trials, the same command continues. " +
        "With --storage, the command is a worker of an Optuna study: any number of them, on any machines that see the file, search together.",
    );
  addRunOptions(command)
    .option(
      "--space <file>",
      "JSON file with the search space (default: that of the task, without the options that are given)",
    )
    .addOption(
      new Option("--method <how>", "draw each candidate independently, or breed candidates from good ones")
        .choices(["random", "genetic"])
        .default(DEFAULT_SEARCH.method),
    )
    .option("--trials <n>", "number of candidates, including those in the log", whole(1), 20)
    .option(
      "--population <n>",
      "genetic: random candidates at the start, and latest candidates that can be parents",
      whole(1),
      DEFAULT_SEARCH.population,
    )
    .option(
      "--median-after <n>",
      "earlier candidates that are needed before a poor one is stopped; 0: never stop one",
      whole(0),
      DEFAULT_SEARCH.medianAfter,
    )
    .option("--log <file>", "file for finished candidates, one JSON object per line", "search.jsonl")
    .option("--out <file>", "file for the best model", "best.safetensors")
    .addOption(
      new Option(
        "--storage <file>",
        "journal file of an Optuna study to work for, in place of --log; --trials then counts those of this process",
      ).conflicts(["log", "svg", "force"]),
    )
    .option("--study <name>", "name of the study; made if absent (default: the only study of --storage)")
    .option("--svg <file>", "write a chart of losses and candidates as an SVG file")
    .option("--force", "replace files at --out and --svg that this search did not write")
    .option("--json", "print one JSON object per candidate; the last line says how the search ended")
    .action(runSearch);
  const texts = {
    "--iters": "iterations of each candidate (default: a quarter of those of train)",
    "--epochs": "instead of --iters: passes of each candidate over the training data",
    "--validate-every": "iterations between validations (default: an eighth of the run)",
    "--seed": "seed of the search, and of each candidate's weights, dropout and data order",
  };
  for (const option of command.options) {
    option.description = texts[option.long as keyof typeof texts] ?? option.description;
  }
}

async function runSearch(flags: SearchFlags, command: Command): Promise<void> {
  await checkFiles(flags);
  checkInput(flags.data, flags.validation);
  await keepInput(flags.data, flags.validation);
  const given = givenTo(command);
  const space = await readSpace(flags, given);
  const description = await describeSearch(flags, given, space);
  if (flags.storage === undefined) await searchAlone(flags, space, description);
  else await searchStudy({ ...flags, storage: flags.storage }, space, description);
}

/** Searches in this process, and keeps the trials in a log. */
async function searchAlone(
  flags: SearchFlags,
  space: SearchSpace,
  { commands, asked, header }: SearchDescription,
): Promise<void> {
  const { method, trials, population, medianAfter, seed, log, out, svg, json } = flags;
  const history = await withContext(log, async () =>
    existsSync(log) ? parseSearchLog(withTodaysTask(await readText(openText(log))), header) : [],
  );

  if (!flags.force) await checkOwn(flags, history, (trials) => drawChart(space, trials, commands.loss));

  const { signal, exitCode, release } = stopOnSignal();
  const view = json ? undefined : searchView(history.length, Math.min(trials, countCandidates(space)));
  const print = (value: object) => json && console.log(JSON.stringify(value));
  const all = [...history];
  let trained: Trained | undefined;
  let kept: Trained | undefined;
  const step = (share: number, loss: number) => view?.step(share, loss, bestTrial(all)?.best ?? null);
  try {
    const { best } = await search(
      async (candidate, context) => {
        trained = await trainCandidate(asked(candidate), context, step);
      },
      {
        ...{ space, method, trials, population, medianAfter, seed, history, signal },
        async onTrial(trial, best) {
          all.push(trial);
          // The log comes first: a model that no log knows would be refused when the search continues.
          await writeWhole(log, new TextEncoder().encode(serializeSearchLog(header, all)));
          if (best?.number === trial.number) {
            kept = trained!;
            await writeWhole(out, kept.model);
          }
          view?.finished(all.length, trialNote(trial, best));
          print({ ...trial, best_so_far: best?.best ?? null });
        },
      },
    );
    view?.end();
    if (!best) throw new UnrolledError("ERR_VALUE", `${countNote(all)}; ${out} is unchanged`);
    if (!kept) {
      // An earlier process found the best candidate. The file at --out may contain a different model now, so train it again.
      if (!json) console.error(`training candidate ${best.number} again, the best one in the log`);
      kept = await trainCandidate(asked(best.candidate), { report() {}, signal }, () => {});
      await writeWhole(out, kept.model);
    }
    if (svg) await writeWhole(svg, await drawChart(space, all, commands.loss));
    const again = commandLine("train", ...kept.arguments, "--out", freeModelName(out));
    print({
      done: true,
      trials: all.length,
      best: best.number,
      candidate: best.candidate,
      [`validation_${commands.loss}`]: best.best,
      ...commands.scores(kept.scores),
      ...{ model: out, log, ...(svg && { svg }), command: again },
    });
    if (json) return;
    console.log([searchTable(all, commands.loss), "", `${countNote(all)}.`].join("\n"));
    console.log(
      `${out} holds the best model: ${best.best!.toFixed(4)} ${commands.loss} per ${commands.target}, ${commands.note(kept.scores)}. To train it again:
${again}`,
    );
  } catch (error) {
    view?.end();
    if (!(error instanceof UnrolledError) || error.code !== "ERR_ABORTED") throw error;
    process.exitCode = exitCode();
    print({ done: false, stopped: "signal", trials: all.length, log });
    const where = all.length ? `saved in ${log}` : "nothing is saved yet";
    throw new UnrolledError(
      "ERR_ABORTED",
      `stopped after ${all.length} of ${trials} candidates, ${where}. To continue, run the same command again`,
      { cause: error },
    );
  } finally {
    release();
  }
}

/** Checks the files of a search. @throws ERR_VALUE if one would overwrite another; ERR_FILE if one cannot be written */
async function checkFiles({
  data,
  validation,
  space,
  storage,
  study,
  log,
  out,
  svg,
}: SearchFlags): Promise<void> {
  const written = {
    ...(storage === undefined ? { "--log": log } : { "--storage": storage }),
    "--out": out,
    "--svg": svg,
  };
  const others = [space];
  if (study?.trim() === "") {
    throw new UnrolledError("ERR_VALUE", "--study is empty, expected the name of a study");
  }
  if (study !== undefined && storage === undefined) {
    throw new UnrolledError("ERR_VALUE", `--study ${study} needs --storage, the file of the study`);
  }
  if (storage?.includes("://")) {
    throw new UnrolledError("ERR_VALUE", `--storage is ${storage}, expected the file of an Optuna journal`);
  }
  for (const [option, file] of Object.entries(written)) {
    if (file === undefined) continue;
    await checkNotData(option, file, data, validation);
    const other = others.find((one) => one !== undefined && samePlace(one, file));
    if (other !== undefined) {
      throw new UnrolledError("ERR_VALUE", `${option} ${file} would overwrite ${other}; give another file`);
    }
    await checkWritable(file);
    others.push(file);
  }
}

const drawChart = async (...parameters: Parameters<typeof searchChart>) =>
  new TextEncoder().encode((await import("./svg-chart.ts")).searchChart(...parameters));

/**
 * Checks that a search replaces only files that it wrote before: the model of a trial in its log, and the chart of its trials.
 *
 * @param draw returns the chart of some trials
 * @throws ERR_VALUE if another file exists
 */
async function checkOwn(
  { task, out, svg }: SearchFlags,
  history: readonly Trial[],
  draw: (trials: readonly Trial[]) => Promise<Uint8Array>,
): Promise<void> {
  // A search writes no checkpoints. A model next to one comes from train.
  checkNew("--out", checkpointOf(out));
  if (existsSync(out) && !(await isModelOf(out, task, history))) checkNew("--out", out);
  if (svg === undefined || !existsSync(svg)) return;
  const found = Buffer.from(await readBytes(svg));
  for (let count = history.length; count > 0; count--) {
    if (found.equals(await draw(history.slice(0, count)))) return;
  }
  checkNew("--svg", svg);
}

/** Tells whether a file is a model of a task with the values of a trial's candidate. */
async function isModelOf(file: string, task: string, trials: readonly Trial[]): Promise<boolean> {
  try {
    const spec: Readonly<Record<string, unknown>> = { ...parseModel(await readBytes(file), KINDS).spec };
    const fits = ({ candidate, best }: Trial) =>
      best !== null &&
      Object.entries(candidate).every(
        ([name, value]) => !Object.hasOwn(spec, name) || JSON.stringify(spec[name]) === JSON.stringify(value),
      );
    return spec.task === task && trials.some(fits);
  } catch (error) {
    if (error instanceof UnrolledError) return false;
    throw error;
  }
}

/** Replaces the former name of a task with its current name. Logs of earlier versions may contain former names. */
function withTodaysTask(log: string): string {
  const former = KINDS.find(({ formerTask }) => formerTask && log.includes(`"--task ${formerTask} `));
  return former ? log.replace(`"--task ${former.formerTask} `, `"--task ${former.task} `) : log;
}
