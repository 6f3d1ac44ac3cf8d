import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { UnrolledError } from "../../errors.ts";
import { differenceOf } from "../../search/log.ts";
import { propose, type SearchMethod } from "../../search/propose.ts";
import type { Candidate, SearchSpace } from "../../search/space.ts";
import type { Trial } from "../../search/trial.ts";
import { isRunning } from "../../storage/files.node.ts";
import { askedValues } from "./asked.ts";
import {
  areCompatible,
  distributionJson,
  distributionNote,
  internalOf,
  parseDistribution,
} from "./distributions.ts";
import { type Append, Journal } from "./journal.ts";
import {
  firstDistribution,
  isFinished,
  MINIMIZE,
  OP,
  STATE,
  type Study,
  type StudyTrial,
} from "./studies.ts";
import { candidateOf, externalOf, failedTrial, REASON, reasonOf, searchTrial } from "./trials.ts";

/** User attribute of a study: the data and options of its trials, without which losses cannot be compared. */
const HEADER = "unrolled";
/** System attribute of a trial: the process that runs it. */
const WORKER = "unrolled:worker";

/** This machine, or its container: processes of one place see each other. */
const PLACE = (() => {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname(); // not Linux
  }
})();

/** A trial that this process has to run. */
export interface Claim {
  readonly id: number;
  readonly number: number;
  /** The candidate to try, or why the trial has failed: it asks for values that the space does not have. */
  readonly candidate: Candidate | UnrolledError;
}

/** The name of a study to open. Without a name, as in `optuna.load_study`, the file must have exactly one. */
function nameIn(file: string, { studies }: Journal, name: string | undefined): string {
  if (name !== undefined) return name;
  const names = studies.all.map(({ name }) => name);
  if (names.length === 1) return names[0]!;
  const found = names.length ? `${names.length} studies (${names.join(", ")})` : "no study";
  throw new UnrolledError("ERR_VALUE", `${file} has ${found}; give the name of one with --study`);
}

// Python reads microseconds, and a time zone only as an offset.
const now = () => new Date().toISOString().replace("Z", "000+00:00");

/** A worker of an Optuna study, through its journal file. */
export class StudyWorker {
  readonly name: string;
  readonly #journal: Journal;
  readonly #space: SearchSpace;
  readonly #how: SearchMethod;

  /**
   * Opens a study, and creates it if it does not exist.
   *
   * @param name name of the study; may be missing if the file has exactly one
   * @param header what the losses depend on. All workers of a study must have the same
   * @throws ERR_FILE, ERR_FORMAT if the file cannot be used; ERR_VALUE if the study cannot be searched by this space; ERR_STATE if
   *   it is a study of other data or options
   */
  constructor(file: string, name: string | undefined, header: object, space: SearchSpace, how: SearchMethod) {
    this.#journal = new Journal(file);
    this.name = nameIn(file, this.#journal, name);
    [this.#space, this.#how] = [space, how];
    this.#journal.update((append) => {
      const { studies } = this.#journal;
      const study = studies.named(this.name);
      if (!study) append({ op_code: OP.CREATE_STUDY, study_name: this.name, directions: [MINIMIZE] });
      else this.#check(study, header);
      if (study?.user[HEADER]) return;
      const study_id = study?.id ?? studies.nextStudy;
      append({ op_code: OP.SET_STUDY_USER_ATTR, study_id, user_attr: { [HEADER]: header } });
    });
  }

  #check(study: Study, header: object): void {
    if (String(study.directions) !== String(MINIMIZE)) {
      const problem = `study ${this.name} does not minimize one value, but a search makes the loss small`;
      throw new UnrolledError("ERR_VALUE", `${problem}; use another study`);
    }
    const stored = study.user[HEADER];
    const difference = stored && differenceOf(stored, header);
    if (difference) {
      const problem = `study ${this.name} is of another search: its ${difference}`;
      throw new UnrolledError("ERR_STATE", `${problem}; use another study for this search`);
    }
    this.#checkSpace(study);
  }

  /** @throws ERR_VALUE if Optuna would not allow the space in the study */
  #checkSpace(study: Study): void {
    for (const [field, dimension] of Object.entries(this.#space)) {
      const own = parseDistribution(distributionJson(dimension));
      const first = firstDistribution(study, field);
      if (!first || areCompatible(first, own)) continue;
      const problem = `study ${this.name} has ${field} as ${distributionNote(first)}, not as ${distributionNote(own)}`;
      throw new UnrolledError("ERR_VALUE", `${problem}; use another study, or the same kind in --space`);
    }
  }

  /** The study. @throws ERR_STATE if it was deleted */
  get #study(): Study {
    const study = this.#journal.studies.named(this.name);
    if (study) return study;
    throw new UnrolledError("ERR_STATE", `study ${this.name} was deleted`);
  }

  /** Returns the finished trials of all workers with a candidate of the space, after reading what others have written. */
  trials(): Trial[] {
    this.#journal.sync();
    return this.#finished();
  }

  #finished(): Trial[] {
    const finished = this.#study.trials.filter(isFinished);
    return finished.flatMap((trial) => searchTrial(this.#space, trial) ?? []);
  }

  /** Returns the trials of {@link trials}, and the failed ones without a candidate of the space. Theirs is empty. */
  ended(): Trial[] {
    this.#journal.sync();
    return this.#study.trials.filter(isFinished).flatMap((trial) => {
      const failed = trial.state === STATE.FAIL ? failedTrial(trial.number, reasonOf(trial)) : [];
      return searchTrial(this.#space, trial) ?? failed;
    });
  }

  /** Returns the user attributes of a trial. */
  attributes(number: number): Readonly<Record<string, unknown>> {
    return this.#study.trials[number]!.user;
  }

  /** Takes a waiting trial, or makes a new one. No other worker gets the same, because the lock is held meanwhile. */
  claimTrial(): Claim {
    this.#journal.update((append) => this.#recover(append));
    return this.#journal.update((append) => {
      const study = this.#study;
      this.#checkSpace(study);
      const waiting = study.trials.find(({ state }) => state === STATE.WAITING);
      const trial_id = waiting?.id ?? this.#journal.studies.nextTrial;
      const number = waiting?.number ?? study.trials.length;
      const [study_id, datetime_start] = [study.id, now()];
      append(
        waiting
          ? {
              op_code: OP.SET_TRIAL_STATE_VALUES,
              trial_id,
              state: STATE.RUNNING,
              values: null,
              datetime_start,
            }
          : { op_code: OP.CREATE_TRIAL, study_id, datetime_start },
      );
      const system_attr = { [WORKER]: { place: PLACE, pid: process.pid } };
      append({ op_code: OP.SET_TRIAL_SYSTEM_ATTR, trial_id, system_attr });
      const candidate = this.#candidate(study, number, waiting);
      if (candidate instanceof UnrolledError) {
        appendFailure(append, trial_id, candidate.message);
        return { id: trial_id, number, candidate };
      }
      for (const [field, value] of Object.entries(candidate)) {
        if (waiting?.params.has(field)) continue;
        append({
          op_code: OP.SET_TRIAL_PARAM,
          trial_id,
          param_name: field,
          param_value_internal: internalOf(this.#space[field]!, value),
          distribution: distributionJson(this.#space[field]!),
        });
      }
      return { id: trial_id, number, candidate };
    });
  }

  /** Returns the candidate of a trial, or why the trial cannot have one. */
  #candidate({ trials }: Study, number: number, waiting: StudyTrial | undefined): Candidate | UnrolledError {
    const running = trials.filter(({ state }) => state === STATE.RUNNING);
    const tried = running
      .map((trial) => candidateOf(this.#space, trial))
      .filter((candidate) => candidate !== undefined);
    try {
      const asked = waiting && askedValues(this.#space, waiting);
      return { ...propose(this.#space, this.#how, this.#finished(), number, tried), ...asked };
    } catch (error) {
      if (error instanceof UnrolledError) return error;
      throw error;
    }
  }

  /** Ends the running trials of killed processes of this machine as failed, and puts their values into the queue once more. */
  #recover(append: Append): void {
    for (const { id, state, number, params, system } of this.#study.trials) {
      const worker = system[WORKER] as { place: string; pid: number } | undefined;
      if (state !== STATE.RUNNING || worker?.place !== PLACE || isRunning(worker.pid)) continue;
      appendFailure(append, id, `its worker, process ${worker.pid}, was killed`);
      if (system.retry_history) continue; // this candidate has killed two workers
      append({
        op_code: OP.CREATE_TRIAL,
        study_id: this.#study.id,
        state: STATE.WAITING,
        datetime_start: null,
        // The names of Optuna's RetryFailedTrialCallback
        system_attrs: {
          fixed_params: Object.fromEntries([...params].map(([name, param]) => [name, externalOf(param)])),
          failed_trial: number,
          retry_history: [number],
        },
      });
    }
  }

  /**
   * Reports the loss of a trial's validation.
   *
   * @param step number of the validation, from 1
   * @returns false if somebody else has ended the trial
   */
  report({ id, number }: Claim, step: number, loss: number): boolean {
    return this.#journal.update((append) => {
      if (isFinished(this.#study.trials[number]!)) return false;
      append({
        op_code: OP.SET_TRIAL_INTERMEDIATE_VALUE,
        trial_id: id,
        step,
        intermediate_value: loss,
      });
      return true;
    });
  }

  /** Ends a trial. If somebody else has ended it, nothing changes. @param about its user attributes */
  finish({ id, number }: Claim, trial: Trial, about: Readonly<Record<string, string>>): void {
    this.#journal.update((append) => {
      if (isFinished(this.#study.trials[number]!)) return;
      for (const [name, value] of Object.entries(about)) {
        append({ op_code: OP.SET_TRIAL_USER_ATTR, trial_id: id, user_attr: { [name]: value } });
      }
      if (trial.status === "failed") return appendFailure(append, id, trial.error!);
      const done = trial.status === "done";
      // As in Optuna, the value of a pruned trial is its last report.
      const values = [done ? trial.best : trial.losses.at(-1)![1]];
      appendEnd(append, id, done ? STATE.COMPLETE : STATE.PRUNED, values);
    });
  }

  /** Ends a trial as failed. If somebody else has ended it, nothing changes. */
  fail({ id, number }: Claim, reason: string): void {
    this.#journal.update((append) => {
      if (!isFinished(this.#study.trials[number]!)) appendFailure(append, id, reason);
    });
  }
}

function appendEnd(append: Append, trial_id: number, state: number, values: unknown): void {
  append({ op_code: OP.SET_TRIAL_STATE_VALUES, trial_id, state, values, datetime_complete: now() });
}

function appendFailure(append: Append, trial_id: number, reason: string): void {
  append({ op_code: OP.SET_TRIAL_USER_ATTR, trial_id, user_attr: { [REASON]: reason } });
  appendEnd(append, trial_id, STATE.FAIL, null);
}
