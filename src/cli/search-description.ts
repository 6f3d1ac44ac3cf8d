import { UnrolledError } from "../errors.ts";
import type { Candidate, SearchSpace } from "../search/space.ts";
import type { CompleteSpec } from "../tasks/task.ts";
import type { TrainFlags } from "./flags.ts";
import { type Given, pick } from "./given.ts";
import { startRuntime } from "./kernels.ts";
import { type AskedRun, dataOptionsOf, sourcesOf } from "./run.ts";
import { exampleCandidate } from "./search-space.ts";
import { runOptions, trainingArguments } from "./search-trial.ts";
import { candidateValues } from "./search-values.ts";
import { checkLayers, specFrom } from "./spec-flags.ts";
import { taskOf } from "./tasks/index.ts";
import { checkTaskOptions } from "./tasks/options.ts";

/** If the first candidate cannot be built, at most this many other candidates are tried before the search fails. */
const EXAMPLES = 20;

/** The options of `search`. */
export interface SearchFlags extends TrainFlags {
  space?: string;
  method: "random" | "genetic";
  trials: number;
  population: number;
  medianAfter: number;
  log: string;
  out: string;
  svg?: string;
  storage?: string;
  study?: string;
}

/**
 * Returns the parts of a search: the commands of the task, and a function that turns a candidate into the options of a run. Also
 * returns the header of the log, which identifies this search, and what the workers of a study must have in common.
 */
export async function describeSearch(flags: SearchFlags, all: Given, space: SearchSpace) {
  const { method, population, medianAfter, seed, task, iters, epochs } = flags;
  checkTaskOptions(all, task);
  checkLayers({ ...all, ...space });
  const commands = taskOf(flags);
  const runtime = await startRuntime({ variant: flags.variant });
  const build = runtime.variant;
  runtime.dispose();
  const options = runOptions();
  const names = options.map((option) => option.attributeName());
  const length = commands.task.defaultLength(flags.level);
  const given = {
    task,
    ...pick(
      all,
      names.filter((name) => name !== "task" && name !== "variant"),
    ),
    ...(!iters &&
      !epochs &&
      (length.epochs ? { epochs: length.epochs / 4 } : { iters: Math.ceil(length.iterations! / 4) })),
  };
  const base = { ...given, data: flags.data, variant: build };
  const asked = (candidate: Candidate): AskedRun => ({ ...base, ...candidateValues(options, candidate) });
  const data = await commands.task.read(
    await sourcesOf(base, flags.json),
    dataOptionsOf(commands.task, base, flags.json),
  );
  await checkBuildable((n) => data.prepare(completeBy(asked(exampleCandidate(space, n))), seed));
  const { data: _, validation: __, ...others } = given as Record<string, unknown>;
  const { seed: ___, ...shared } = others;
  const optionsOf = (values: object) => trainingArguments(values).join(" ");
  const header = {
    ...{ data: data.hash, options: optionsOf(others) },
    ...{ build, space, method, seed, medianAfter },
    ...(method === "genetic" && { population }),
  };
  return { commands, asked, header, common: { data: data.hash, options: optionsOf(shared) } };
}

/** What {@link describeSearch} returns. */
export type SearchDescription = Awaited<ReturnType<typeof describeSearch>>;

const completeBy =
  (asked: AskedRun): CompleteSpec =>
  (defaults) =>
    specFrom(defaults, { ...asked });

/**
 * Builds example candidates 0, 1, 2 and so on, until one can be built. The last one tried is number `EXAMPLES`.
 *
 * @param prepare builds example candidate `n`
 * @throws ERR_VALUE, the error of the last candidate, if no candidate can be built; other errors of `prepare`
 */
async function checkBuildable(prepare: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      await prepare(n);
      return;
    } catch (error) {
      if (n === EXAMPLES || !(error instanceof UnrolledError) || error.code !== "ERR_VALUE") throw error;
    }
  }
}
