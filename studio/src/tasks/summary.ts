import type { TaskName } from "unrolled/worker";
import { CELL_NAMES, type Run } from "../runs/run.ts";
import { whole } from "../ui/words.ts";
import { studioTask } from "./index.ts";
import type { Figure } from "./task.ts";

const plural = (count: number, one: string, several = `${one}s`) =>
  `${whole(count)} ${count === 1 ? one : several}`;

/** Returns the network of a run in a few words, such as "LSTM, 1 layer of 128 units, 123,456 weights". */
export function summaryOf({ spec, parameters, threads, opened }: Run): string {
  const { cell, layers, hidden, bidirectional } = spec as {
    readonly cell?: string;
    readonly layers?: number;
    readonly hidden?: number;
    readonly bidirectional?: boolean;
  };
  return [
    cell && (CELL_NAMES[cell] ?? cell),
    hidden &&
      `${plural(layers ?? 1, "layer")} of ${plural(hidden, "unit")}${bidirectional ? " in each direction (bidirectional)" : ""}`,
    plural(parameters, "weight"),
    !opened && plural(threads, "thread"),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Returns the scores of the model that is shown: the best one, or the latest one while the run is under way. */
export function scoresOf(run: Run, underWay: boolean): readonly Figure[] {
  const scored = underWay ? run.last : (run.best ?? run.last);
  return scored ? studioTask(run.plan.task).scores(scored.evaluation) : [];
}

/** Tells whether a run is over that was not tested once, such as one that was stopped early. It has no scores. */
export const isUntested = ({ opened, best, last, iteration }: Run, underWay: boolean): boolean =>
  !underWay && !opened && !best && !last && iteration > 0;

/** Says which weights of a run are shown, if there are several that it could be. */
export function weightsOf(run: Run, iteration: number, underWay: boolean): string {
  if (run.opened)
    return run.best ? `The weights of the file, of iteration ${whole(run.best.iteration)}.` : "";
  if (underWay) return `The latest weights, of iteration ${whole(iteration)}.`;
  const { best } = run;
  if (!best) return "The latest weights: it was stopped before its first test.";
  return best.iteration === run.iteration
    ? `The weights of iteration ${whole(best.iteration)}: the latest, and the best in a test.`
    : `The best weights, of iteration ${whole(best.iteration)}, which had the best test. The scores and pictures are theirs.`;
}

/** Returns the size of a run's model file in words. Each weight takes 4 bytes. */
export const sizeOf = ({ parameters }: Run) => `${whole((4 * parameters) / 1000)} kB`;

export const dateOf = ({ created }: Run) =>
  new Date(created).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

/** A setting, and its value in each of some runs. */
export interface Difference {
  readonly name: string;
  readonly values: readonly string[];
}

/** Returns the settings in which runs differ, as the fields of the library name them. */
export function differencesOf(runs: readonly Run[]): readonly Difference[] {
  const all = runs.map(({ spec, plan: { recipe, options, source }, iterations, threads }) => ({
    data: source.kind === "dataset" ? source.id : source.name,
    ...spec,
    ...recipe,
    ...options,
    iterations,
    threads,
  }));
  const names = [...new Set(all.flatMap((fields) => Object.keys(fields)))];
  return names
    .map((name) => ({ name, values: all.map((fields) => shown((fields as Fields)[name])) }))
    .filter(({ values }) => new Set(values).size > 1);
}

type Fields = Readonly<Record<string, unknown>>;

function shown(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "string") return CELL_NAMES[value] ?? value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** Returns runs by task, in the order in which the tasks were used last. */
export function byTask(runs: readonly Run[]): ReadonlyMap<TaskName, readonly Run[]> {
  const groups = new Map<TaskName, Run[]>();
  for (const run of runs) groups.set(run.plan.task, [...(groups.get(run.plan.task) ?? []), run]);
  return groups;
}
