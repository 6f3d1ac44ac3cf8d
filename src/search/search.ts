import { checkChoice, checkFunction, checkObjects, checkOptions, checkWhole } from "../checks.ts";
import { type ErrorCode, UnrolledError } from "../errors.ts";
import { propose, type SearchMethod } from "./propose.ts";
import { type Candidate, checkSpace, countCandidates, type SearchSpace } from "./space.ts";
import { bestTrial, isPoor, type Trial } from "./trial.ts";

/** The second argument of an objective, after the candidate. */
export interface TrialContext {
  /** Number of the candidate in the search, counted from 1. */
  readonly number: number;
  /**
   * Records a loss. After n reports of a candidate, the median rule compares these n losses with the first n losses of earlier
   * candidates. So every candidate should report at the same iterations.
   *
   * @throws ERR_NAN if the loss is not finite
   */
  report(iteration: number, loss: number): void;
  /** Aborts if the candidate is poor or the search must end. The objective should then throw ERR_ABORTED, as `train` does. */
  readonly signal: AbortSignal;
}

/**
 * A function that tries a candidate and reports at least one loss. It may throw ERR_ABORTED to stop a poor candidate early.
 * An error with one of the codes in `FAILURES`, such as ERR_NAN, gives the trial the status `failed`, and the search continues.
 * Any other error ends the search.
 */
export type Objective = (candidate: Candidate, context: TrialContext) => Promise<void>;

/** Options of {@link search}. Fields of `SearchMethod` that are missing are taken from {@link DEFAULT_SEARCH}. */
export interface SearchOptions extends Partial<SearchMethod> {
  /** The space to search. */
  readonly space: SearchSpace;
  /** Number of candidates to try, including the trials in `history`. If the space has fewer candidates, fewer are tried. */
  readonly trials: number;
  /**
   * Minimum number of earlier candidates for the median rule. The rule stops a candidate whose smallest loss is above the median
   * of the smallest losses of earlier candidates. 0 turns the rule off. Default 5.
   */
  readonly medianAfter?: number;
  /** Trials of the same search that are already done. */
  readonly history?: readonly Trial[];
  /** Aborting this signal ends the search. */
  readonly signal?: AbortSignal;
  /** Receives each trial after its end. The next trial begins when the returned promise is fulfilled. */
  onTrial?(trial: Trial, best: Trial | undefined): void | Promise<void>;
}

/** The result of {@link search}. */
export interface SearchResult {
  /** All trials, including those in `history`, in order. */
  readonly trials: readonly Trial[];
  /** The trial with the smallest loss among those with status `done`; undefined if there are none. */
  readonly best: Trial | undefined;
}

/** The default options of {@link search}: random search, and the median rule after 5 candidates. */
export const DEFAULT_SEARCH: SearchMethod & { readonly medianAfter: number } = {
  method: "random",
  population: 8,
  tournament: 4,
  medianAfter: 5,
  seed: 1,
};

/** Errors that the candidate is to blame for, such as fields that do not fit together. All other errors end the search. */
const FAILURES: readonly ErrorCode[] = ["ERR_VALUE", "ERR_SHAPE", "ERR_DATA", "ERR_MEMORY", "ERR_NAN"];

/**
 * Looks for the candidate with the smallest loss. Each candidate depends only on the options and the earlier trials. So a stopped
 * search can continue from its trials, passed as `history`, and gives the same result as a search that never stopped.
 *
 * @param objective tries a candidate and reports its losses
 * @throws ERR_ABORTED if `signal` aborts (the unfinished trial is then lost); ERR_VALUE if an option is invalid; ERR_DATA if
 *   `history` cannot come from this search
 *
 * @example
 * ```js
 * const objective = async ({ cell, hidden }, { report }) => {
 *   report(1, Math.abs(hidden - 50) + (cell === "gru" ? 0 : 10));
 * };
 * const space = { cell: ["rnn", "gru", "lstm"], hidden: { min: 8, max: 128, whole: true } };
 * const { best } = await search(objective, { space, trials: 40, method: "genetic" });
 * console.log(best.candidate, best.best); // { cell: 'gru', hidden: 54 } 4
 * ```
 */
export async function search(objective: Objective, options: SearchOptions): Promise<SearchResult> {
  checkOptions(
    "search",
    options,
    "space trials medianAfter history signal onTrial method population tournament seed",
  );
  const { trials, history = [], signal, onTrial } = options;
  checkFunction("search: objective", objective);
  checkObjects("search: history", history);
  const { method, population, tournament, medianAfter, seed } = { ...DEFAULT_SEARCH, ...options };
  const how = {
    method: checkChoice("search: method", method, ["random", "genetic"]),
    population: checkWhole("search: population", population, 1),
    tournament: checkWhole("search: tournament", tournament, 1),
    seed: checkWhole("search: seed", seed),
  };
  checkWhole("search: medianAfter", medianAfter);
  const space = checkSpace(options.space);
  const end = Math.min(checkWhole("search: trials", trials, 1), countCandidates(space));
  const all: Trial[] = [];
  for (const trial of history) {
    if (JSON.stringify(trial.candidate) !== JSON.stringify(propose(space, how, all))) {
      throw new UnrolledError(
        "ERR_DATA",
        `search: candidate ${trial.number} of the history is of another search`,
      );
    }
    all.push(trial);
  }
  while (all.length < end) {
    if (signal?.aborted) throw new UnrolledError("ERR_ABORTED", `stopped after ${all.length} candidates`);
    const run = { number: all.length + 1, before: () => all, medianAfter, signal };
    all.push(await runTrial(objective, propose(space, how, all), run));
    await onTrial?.(all.at(-1)!, bestTrial(all));
  }
  return { trials: all, best: bestTrial(all) };
}

/** What a trial has to know of its search. */
export interface TrialRun {
  readonly number: number;
  /** Returns the trials that the median rule compares with. Called at each report. */
  readonly before: () => readonly Trial[];
  readonly medianAfter: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tries a candidate.
 *
 * @throws ERR_ABORTED if the signal aborts; errors of the objective that the candidate is not to blame for
 */
export async function runTrial(
  objective: Objective,
  candidate: Candidate,
  { number, before, medianAfter, signal }: TrialRun,
): Promise<Trial> {
  const losses: [number, number][] = [];
  const stop = new AbortController();
  const abort = () => stop.abort();
  const started = performance.now();
  let [status, error, poor]: [Trial["status"], string | undefined, boolean] = ["done", undefined, false];
  signal?.addEventListener("abort", abort);
  try {
    await objective(candidate, {
      number,
      signal: stop.signal,
      report(iteration, loss) {
        if (!Number.isFinite(loss)) {
          throw new UnrolledError("ERR_NAN", `the loss at iteration ${iteration} is ${loss}`);
        }
        losses.push([iteration, loss]);
        poor ||= isPoor(losses, before(), medianAfter);
        if (poor) abort();
      },
    });
    if (losses.length === 0) {
      throw new UnrolledError("ERR_STATE", `search: the objective of candidate ${number} reported no loss`);
    }
  } catch (cause) {
    const code = cause instanceof UnrolledError ? cause.code : undefined;
    if (poor && code === "ERR_ABORTED") status = "stopped";
    else if (code && FAILURES.includes(code)) [status, error] = ["failed", (cause as Error).message];
    else throw cause;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  return {
    number,
    candidate,
    losses,
    best: losses.length
      ? losses.reduce((least, [, loss]) => Math.min(least, loss), Number.POSITIVE_INFINITY)
      : null,
    seconds: (performance.now() - started) / 1000,
    status,
    ...(error !== undefined && { error }),
  };
}
