import { checkChoice, checkOptions, checkWhole } from "../checks.ts";
import { type ErrorCode, UnrolledError } from "../errors.ts";
import { propose, type SearchMethod } from "./propose.ts";
import { type Candidate, checkSpace, countCandidates, type SearchSpace } from "./space.ts";
import { bestTrial, isPoor, type Trial } from "./trial.ts";

/** What an objective is told besides its candidate. */
export interface TrialContext {
  /** Place of the candidate in the search, from 1 on. */
  readonly number: number;
  /**
   * Takes note of a loss. Candidates are compared report by report, so each should report at the same points of its run.
   *
   * @throws ERR_NAN for a loss that is not finite
   */
  report(iteration: number, loss: number): void;
  /** Says that the candidate is poor, or that the search is to end: the objective throws ERR_ABORTED then, as `train` does. */
  readonly signal: AbortSignal;
}

/** Tries a candidate; reports one loss at least. What it throws as ERR_ABORTED ends the candidate, other errors are failures. */
export type Objective = (candidate: Candidate, context: TrialContext) => Promise<void>;

export interface SearchOptions extends Partial<SearchMethod> {
  readonly space: SearchSpace;
  /** Candidates in all, those of `history` included; fewer where the space has fewer. */
  readonly trials: number;
  /** Candidates that have to have come before one is judged by the median rule; 0: none is ever. Default 5. */
  readonly medianAfter?: number;
  /** The trials of the same search that are done already. */
  readonly history?: readonly Trial[];
  readonly signal?: AbortSignal;
  /** After each candidate, before the next begins. */
  onTrial?(trial: Trial, best: Trial | undefined): void | Promise<void>;
}

export interface SearchResult {
  readonly trials: readonly Trial[];
  /** The one with the smallest loss; undefined where all failed. */
  readonly best: Trial | undefined;
}

export const DEFAULT_SEARCH: SearchMethod & { readonly medianAfter: number } = {
  method: "random",
  population: 8,
  tournament: 4,
  medianAfter: 5,
  seed: 1,
};

/** Errors that are a candidate's own: its fields do not go together, or its numbers overflow. Others end the search. */
const FAILURES: readonly ErrorCode[] = ["ERR_VALUE", "ERR_SHAPE", "ERR_DATA", "ERR_MEMORY", "ERR_NAN"];

/**
 * Looks for the candidate with the smallest loss. Which one comes next depends on the seed and the losses before it alone, so
 * a search that goes on with the trials of one that was stopped ends as if it had not been.
 *
 * @throws ERR_ABORTED after the signal; the candidate under way is lost. ERR_VALUE for wrong options. ERR_DATA for a history
 * that this search cannot have
 */
export async function search(objective: Objective, options: SearchOptions): Promise<SearchResult> {
  checkOptions(
    "search",
    options,
    "space trials medianAfter history signal onTrial method population tournament seed",
  );
  const { trials, history = [], signal, onTrial } = options;
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
        `search: candidate ${trial.number} of the history is not one that this search draws there; it belongs to another`,
      );
    }
    all.push(trial);
  }
  while (all.length < end) {
    if (signal?.aborted) throw new UnrolledError("ERR_ABORTED", `stopped after ${all.length} candidates`);
    all.push(await runTrial(objective, propose(space, how, all), all, medianAfter, signal));
    await onTrial?.(all.at(-1)!, bestTrial(all));
  }
  return { trials: all, best: bestTrial(all) };
}

async function runTrial(
  objective: Objective,
  candidate: Candidate,
  before: readonly Trial[],
  medianAfter: number,
  signal: AbortSignal | undefined,
): Promise<Trial> {
  const number = before.length + 1;
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
        poor ||= isPoor(losses, before, medianAfter);
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
    best: losses.length ? Math.min(...losses.map(([, loss]) => loss)) : null,
    seconds: (performance.now() - started) / 1000,
    status,
    ...(error !== undefined && { error }),
  };
}
