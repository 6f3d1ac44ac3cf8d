import { areCompatible, type Distribution, parseDistribution } from "./distributions.ts";
import { parsePythonJson } from "./python-json.ts";

// What the lines of a journal mean: the rules by which Optuna's JournalStorage replays them. Operations that are not possible,
// such as a change of a finished trial, are ignored by all readers, so writers need no answer.

/** Numbers of the operations. */
export const OP = {
  CREATE_STUDY: 0,
  DELETE_STUDY: 1,
  SET_STUDY_USER_ATTR: 2,
  SET_STUDY_SYSTEM_ATTR: 3,
  CREATE_TRIAL: 4,
  SET_TRIAL_PARAM: 5,
  SET_TRIAL_STATE_VALUES: 6,
  SET_TRIAL_INTERMEDIATE_VALUE: 7,
  SET_TRIAL_USER_ATTR: 8,
  SET_TRIAL_SYSTEM_ATTR: 9,
  DISCARD_TRIALS: 10,
} as const;

/** States of a trial. */
export const STATE = { RUNNING: 0, COMPLETE: 1, PRUNED: 2, FAIL: 3, WAITING: 4 } as const;

/** The direction of a study whose values should be small. */
export const MINIMIZE = 1;

/** A line of a journal. */
export type Operation = { readonly op_code: number; readonly worker_id: string } & Readonly<
  Record<string, unknown>
>;

type Attributes = Readonly<Record<string, unknown>>;

/** A value that was chosen for a parameter. */
export interface Param {
  /** Optuna's internal form: the number, or the index of a choice. */
  readonly value: number;
  readonly distribution: Distribution;
}

/** A trial as the journal has it. */
export interface StudyTrial {
  /** Counts the trials of all studies of the file, from 0. */
  readonly id: number;
  /** Counts the trials of the study, from 0. */
  readonly number: number;
  readonly study: number;
  state: number;
  values: readonly number[] | null;
  started: string | null;
  ended: string | null;
  readonly params: Map<string, Param>;
  /** Reported values by step. */
  readonly reports: Map<number, number>;
  user: Attributes;
  system: Attributes;
}

/** A study as the journal has it. */
export interface Study {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly number[];
  readonly trials: StudyTrial[];
  user: Attributes;
}

/** Parses a line. @throws if it is not an object of JSON with an operation */
export function parseOperation(line: string): Operation {
  const operation = parsePythonJson(line) as Operation;
  if (!Object.values<unknown>(OP).includes(operation?.op_code)) throw new Error("unknown op_code");
  return operation;
}

/** Returns the values of a trial. Infinite ones are texts until then. */
const numbersOf = (values: unknown) => (values as unknown[] | null)?.map(Number) ?? null;

export const isFinished = ({ state }: StudyTrial): boolean =>
  state !== STATE.RUNNING && state !== STATE.WAITING;

/** All studies of a journal. */
export class Studies {
  readonly #studies = new Map<number, Study>();
  readonly #trials: StudyTrial[] = [];
  #nextStudy = 0;

  /** The studies that have not been deleted. */
  get all(): readonly Study[] {
    return [...this.#studies.values()];
  }

  named(name: string): Study | undefined {
    return this.all.find((study) => study.name === name);
  }

  /** The id that the next new study gets. */
  get nextStudy(): number {
    return this.#nextStudy;
  }

  /** The id that the next new trial gets. */
  get nextTrial(): number {
    return this.#trials.length;
  }

  /** Applies an operation. @throws if a field is missing or of the wrong type */
  apply(operation: Operation): void {
    const study = this.#studies.get(operation.study_id as number);
    const trial = this.#trials[operation.trial_id as number];
    const { op_code } = operation;
    if (op_code === OP.CREATE_STUDY) this.#createStudy(operation);
    else if (op_code === OP.DELETE_STUDY) this.#studies.delete(operation.study_id as number);
    else if (op_code === OP.CREATE_TRIAL && study) this.#createTrial(study, operation);
    else if (op_code === OP.SET_STUDY_USER_ATTR && study) {
      study.user = { ...study.user, ...(operation.user_attr as Attributes) };
    } else if (trial && !isFinished(trial)) this.#change(trial, operation);
  }

  #createStudy({ study_name, directions }: Operation): void {
    if (this.named(study_name as string)) return;
    const id = this.#nextStudy++;
    const study = { id, name: String(study_name), directions: [...(directions as number[])] };
    this.#studies.set(id, { ...study, trials: [], user: {} });
  }

  #createTrial(study: Study, operation: Operation): void {
    const { state = STATE.RUNNING, value = null, values = null } = operation;
    const distributions = Object.entries((operation.distributions ?? {}) as Record<string, string>);
    const params = (operation.params ?? {}) as Record<string, number>;
    const reports = Object.entries((operation.intermediate_values ?? {}) as Attributes);
    const trial: StudyTrial = {
      id: this.#trials.length,
      number: study.trials.length,
      study: study.id,
      state: state as number,
      values: numbersOf(value === null ? values : [value]),
      started: (operation.datetime_start ?? null) as string | null,
      ended: (operation.datetime_complete ?? null) as string | null,
      params: new Map(
        distributions.map(([name, json]) => [
          name,
          { value: params[name]!, distribution: parseDistribution(json) },
        ]),
      ),
      reports: new Map(reports.map(([step, value]) => [Number(step), Number(value)])),
      user: (operation.user_attrs ?? {}) as Attributes,
      system: (operation.system_attrs ?? {}) as Attributes,
    };
    this.#trials.push(trial);
    study.trials.push(trial);
  }

  #change(trial: StudyTrial, operation: Operation): void {
    const { op_code, param_name, step } = operation;
    if (op_code === OP.SET_TRIAL_PARAM) {
      const distribution = parseDistribution(operation.distribution as string);
      const first = firstDistribution(this.#studies.get(trial.study), param_name as string);
      if (first && !areCompatible(first, distribution)) return;
      trial.params.set(param_name as string, {
        value: operation.param_value_internal as number,
        distribution,
      });
    } else if (op_code === OP.SET_TRIAL_STATE_VALUES) {
      const state = operation.state as number;
      // Two workers claimed the same waiting trial. The first line wins.
      if (state === STATE.RUNNING && trial.state === STATE.RUNNING) return;
      trial.state = state;
      trial.started = (operation.datetime_start as string | undefined) ?? trial.started;
      trial.ended = (operation.datetime_complete as string | undefined) ?? trial.ended;
      trial.values = numbersOf(operation.values) ?? trial.values;
    } else if (op_code === OP.SET_TRIAL_INTERMEDIATE_VALUE) {
      trial.reports.set(Number(step), Number(operation.intermediate_value));
    } else if (op_code === OP.SET_TRIAL_USER_ATTR) {
      trial.user = { ...trial.user, ...(operation.user_attr as Attributes) };
    } else if (op_code === OP.SET_TRIAL_SYSTEM_ATTR) {
      trial.system = { ...trial.system, ...(operation.system_attr as Attributes) };
    }
  }
}

/** Returns the distribution with which all later ones of a parameter must be compatible: that of the first trial which has it. */
export function firstDistribution(study: Study | undefined, name: string): Distribution | undefined {
  return study?.trials.find(({ params }) => params.has(name))?.params.get(name)?.distribution;
}
