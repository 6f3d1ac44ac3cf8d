import { signal } from "@preact/signals";
import { type Connection, connect, type RunInfo } from "unrolled/worker";
import { closeAbout, closeErrors, tell, tellError } from "../ui/notices.tsx";
import { diverged, early, trainingFailed, workerEnded } from "../ui/words.ts";
import { History } from "./history.ts";
import { inTurn } from "./in-turn.ts";
import { setModel, showBest } from "./models.ts";
import { newId } from "./new-id.ts";
import { CELL_NAMES, type Plan, type Run, type Scored } from "./run.ts";
import {
  addRun,
  bestFile,
  changeRun,
  dataFile,
  fileOf,
  findRun,
  keepFile,
  keepRun,
  openShelf,
  shortName,
} from "./shelf.ts";

// A run goes through these phases; one run at a time is past `starting`:
// starting -> training <-> paused, then stopping or the end. Each run has a worker of its own, from `starting` on. So a run that
// cannot start costs nothing: the one under way goes on until the new one is ready.

/** What the worker of a run does. */
export type Phase = "starting" | "training" | "paused" | "stopping";

/** The run that is under way, with what changes many times a second. */
export interface Active {
  readonly id: string;
  readonly phase: Phase;
  readonly loss?: number | undefined;
  /** Symbols, steps or rows per second. */
  readonly speed?: number | undefined;
  readonly secondsLeft?: number | undefined;
}

/** The run under way, if there is one. */
export const active = signal<Active | undefined>(undefined);

/** The run that is starting: its worker reads the data. A new run is not among the runs yet. */
export const starting = signal<{ readonly id: string; readonly name: string } | undefined>(undefined);

/** Returns the phase of a run, or undefined if it is not under way. */
export function phaseOf(id: string): Phase | undefined {
  if (active.value?.id === id) return active.value.phase;
  return starting.value?.id === id ? "starting" : undefined;
}

/** Milliseconds until the first model is shown, and between the checkpoints that a reload can continue from. */
const FIRST = 1000;
const BEAT = 5000;

/** Milliseconds that Stop waits for the worker before it ends it. */
const PATIENCE = 4000;

/** Milliseconds between two pictures of the loss. */
const REDRAW = 250;

/** The run under way, as the functions here use it. */
interface Job {
  readonly id: string;
  readonly trainer: Connection;
  readonly stop: AbortController;
  /** Keeps the state of this moment. */
  readonly save: () => Promise<void>;
  /** Begins to measure the speed again. */
  readonly restartClock: () => void;
  /** Resolves when the run is no longer under way. */
  over: Promise<void>;
}

let job: Job | undefined;
let cancelStart = new AbortController();

const turn = inTurn();

/**
 * Starts or continues a run. Such calls wait for each other, however fast one clicks.
 *
 * @returns what `work` returns, or undefined if the start was cancelled
 */
function begin<T>(
  id: string,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return turn(async () => {
    closeErrors();
    closeAbout(id);
    cancelStart = new AbortController();
    const { signal } = cancelStart;
    starting.value = { id, name };
    try {
      await openShelf();
      return await work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    } finally {
      starting.value = undefined;
    }
  });
}

/** Waits for something that cannot be cancelled, but no longer than until the signal. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

const show = (change: Partial<Active>) => {
  if (active.value) active.value = { ...active.value, ...change };
};

/** Where a run begins that trains a model further, instead of one with random weights. */
export interface Beginning {
  /** A checkpoint before the first iteration, of the model and the data. */
  readonly checkpoint: Uint8Array<ArrayBuffer>;
}

/**
 * Starts a new run.
 *
 * @param read loads the data
 * @returns its id, once the data have been read; then the run before it has stopped. Undefined if the start was cancelled
 */
export function startRun(
  name: string,
  plan: Plan,
  read: () => Promise<File>,
  beginning?: Beginning,
): Promise<string | undefined> {
  const id = newId();
  return begin(id, shortName(name), async (signal) => {
    const data = await unlessAborted(signal, read());
    const { checkpoint } = beginning ?? {};
    const { trainer, info } = await prepare(plan, signal, (trainer) =>
      open(trainer, plan, { data, checkpoint, signal }),
    );
    const run: Run = {
      id,
      name,
      created: Date.now(),
      plan,
      state: "training",
      iteration: 0,
      iterations: info.run.iterations,
      planned: info.run.iterations,
      kept: 0,
      dataName: data.name,
      threads: info.run.workers,
      parameters: info.parameters,
      spec: { ...info.spec },
      losses: new History().losses,
    };
    const added = addRun(run);
    train(findRun(id)!, trainer, info);
    if (checkpoint) void keepFile(id, "checkpoint", checkpoint);
    void data.arrayBuffer().then((bytes) => keepFile(id, "data", new Uint8Array(bytes)), tellError);
    await added;
    return id;
  });
}

interface Opening {
  readonly data: File;
  readonly checkpoint: Uint8Array<ArrayBuffer> | undefined;
  /** Fields of the recipe that change when a run continues. */
  readonly recipe?: object;
  readonly signal: AbortSignal;
}

/** Opens a run in a worker: from its checkpoint, or from its start. */
function open(trainer: Connection, plan: Plan, { checkpoint, recipe, ...rest }: Opening): Promise<RunInfo> {
  if (!checkpoint) return trainer.start({ ...wordsOf(plan), ...rest } as never);
  const { level, tokens, multiLabel, ...reading } = plan.options as Record<string, unknown>;
  return trainer.restore({
    checkpoint,
    ...reading,
    ...(recipe ? { recipe } : plan.length),
    ...rest,
  } as never);
}

/** The parameters of `start` that a plan has. */
const wordsOf = ({ task, options, spec, recipe, length }: Plan) => ({
  task,
  ...options,
  spec,
  recipe,
  ...length,
});

/** Continues a stopped run from its checkpoint. A finished run trains as long again. */
export async function continueRun(id: string): Promise<void> {
  await begin(id, findRun(id)?.name ?? "", async (signal) => {
    const run = findRun(id);
    if (!run || job?.id === id) return;
    const iterations = run.state === "finished" ? run.iteration + run.planned : run.iterations;
    // The rate of learning may fall until the end of the run, and a run that has ended early would end at once.
    const recipe = { lrDecayOver: iterations, ...(run.state === "finished" && { earlyStop: 0 }) };
    const { trainer, info } = await prepare(run.plan, signal, async (trainer) => {
      const [data, checkpoint] = await Promise.all([dataOf(run), fileOf(id, "checkpoint")]);
      return open(trainer, run.plan, { data, checkpoint, recipe, signal });
    });
    const { iteration } = info.run;
    const until = (scored?: Scored) => (scored && scored.iteration <= iteration ? scored : undefined);
    changeRun(id, {
      state: "training",
      interrupted: undefined,
      iteration,
      iterations,
      threads: info.run.workers,
      losses: new History(run.losses).backTo(iteration).losses,
      best: until(run.best),
      last: until(run.last),
    });
    train(findRun(id)!, trainer, info);
  });
}

interface Prepared {
  readonly trainer: Connection;
  readonly info: RunInfo;
}

/** Starts a worker and opens a run in it. Then it stops the run under way. */
async function prepare(
  { threads }: Plan,
  signal: AbortSignal,
  open: (trainer: Connection) => Promise<RunInfo>,
): Promise<Prepared> {
  let trainer: Connection | undefined;
  try {
    trainer = await connect({ workers: threads, signal });
    const info = await open(trainer);
    if (job) await stopRun(job.id);
    signal.throwIfAborted();
    return { trainer, info };
  } catch (error) {
    trainer?.release();
    throw error;
  }
}

/** Trains a run that a worker has opened. It is under way until the worker has ended. */
function train(run: Run, trainer: Connection, { run: { iterationsPerEpoch } }: RunInfo): void {
  const { id, iterations, plan } = run;
  const stop = new AbortController();
  const history = new History(run.losses);
  let { iteration } = run;
  let shown = 0;
  let since: { readonly time: number; readonly iteration: number } | undefined;
  let saving: Promise<void> | undefined;
  let stored = true;
  let storing: Promise<void> | undefined;

  const storeCheckpoint = async (bytes: Uint8Array<ArrayBuffer>) => {
    changeRun(id, { kept: iteration });
    stored = await keepFile(id, "checkpoint", bytes);
  };
  const keepCheckpoint = (bytes: Uint8Array<ArrayBuffer>) => {
    storing = storeCheckpoint(bytes);
    return storing;
  };
  const keepLatest = async () => {
    const model = await trainer.model();
    setModel(id, iteration, model);
    void keepFile(id, "latest", model);
  };
  const saveState = async () => {
    await keepCheckpoint(await trainer.checkpoint());
    await keepLatest();
    await keepRun(id);
  };
  const save = () => {
    // If the worker ends meanwhile, the run itself says so.
    saving ??= saveState()
      .catch(() => {})
      .finally(() => {
        saving = undefined;
      });
    return saving;
  };
  const nameNow = () => findRun(id)?.name ?? run.name;
  const tellEnded = (kind: "error" | "warning", reason: string) => {
    const kept = findRun(id)?.kept;
    const again = { name: continueName({ ...run, kept }), run: () => void continueRun(id).catch(tellError) };
    const notice = workerEnded({ name: nameNow(), iteration, kept, stored, action: again.name, reason });
    tell({ ...notice, kind }, { action: again, about: id });
  };
  const saveIfTraining = () => active.value?.phase === "training" && void save();

  const work = async () => {
    const first = setTimeout(saveIfTraining, FIRST);
    const beat = setInterval(saveIfTraining, BEAT);
    try {
      const { stopped, iterations: done } = await trainer.train({
        iterations,
        validateEvery: plan.validateEvery ?? Math.min(250, Math.max(25, iterationsPerEpoch)),
        signal: stop.signal,
        store: {
          saveModel: async (bytes) => void (await keepFile(id, "model", bytes as Uint8Array<ArrayBuffer>)),
          saveCheckpoint: async (bytes) => {
            const kept = keepCheckpoint(bytes as Uint8Array<ArrayBuffer>);
            if (!stop.signal.aborted) await kept; // the worker of a run that is stopped need not wait for the disk
          },
        },
        onStep: (step) => {
          ({ iteration } = step);
          history.addStep({ iteration, loss: step.loss });
          const now = performance.now();
          since ??= { time: now, iteration };
          if (now - shown < REDRAW) return;
          shown = now;
          const done = iteration - since.iteration;
          const seconds = (now - since.time) / 1000;
          show({
            loss: step.loss,
            speed: step.symbolsPerSecond,
            secondsLeft: done ? ((iterations - iteration) * seconds) / done : undefined,
          });
          changeRun(id, { iteration, losses: history.losses });
        },
        onValidation: async ({ iteration, evaluation, best }) => {
          history.addValidation({ iteration, loss: evaluation.loss });
          const last: Scored = { iteration, evaluation: { ...evaluation } };
          changeRun(id, { iteration, losses: history.losses, last, ...(best && { best: last }) });
          setModel(id, iteration, await trainer.model());
          await keepRun(id);
        },
      });
      changeRun(id, { state: "finished", iteration: done, iterations: done });
      await keepLatest().catch(() => {});
      if (stopped === "diverged") tell(diverged(nameNow()), { about: id });
      if (stopped === "early") tell(early(nameNow()), { about: id });
    } catch (error) {
      changeRun(id, { state: "stopped", iteration });
      const { code, message } = error as Error & { code?: string };
      if (code === "ERR_ABORTED") await keepLatest().catch(() => {});
      else if (code === "ERR_DISPOSED") tellEnded("warning", "It did not answer when it was stopped.");
      else if (code === "ERR_STATE") tellEnded("error", message.split(";")[0]!);
      else tell(trainingFailed(nameNow(), error), { about: id });
    } finally {
      clearTimeout(first);
      clearInterval(beat);
    }
    changeRun(id, { losses: history.losses });
    trainer.release();
    // Whoever reads that the run has ended may reload the page, so all of it has to be stored by then.
    await saving;
    await storing;
    await keepRun(id);
    job = undefined;
    active.value = undefined;
    const best = await bestFile(id).catch(() => undefined);
    if (best && !phaseOf(id)) showBest(id, best);
  };
  const restartClock = () => {
    since = undefined;
  };
  active.value = { id, phase: "training" };
  job = { id, trainer, stop, save, restartClock, over: Promise.resolve() };
  job.over = work();
}

/** Says what it means to continue a run of which nothing was kept yet. */
export const continueName = ({ kept }: Pick<Run, "kept">) => (kept === 0 ? "Start again" : "Continue");

/** Returns the name of a run that trains the same with another cell. */
export function nameWithCell({ name }: Run, cell: string): string {
  const names = Object.values(CELL_NAMES).join("|");
  return `${name.replace(new RegExp(`, (${names})( \\d+)?$`), "")}, ${CELL_NAMES[cell]}`;
}

/** Trains a network with another cell on the data of a run, with the same settings. @returns what `startRun` returns */
export function startWithCell(run: Run, cell: string): Promise<string | undefined> {
  return startRun(nameWithCell(run, cell), { ...run.plan, spec: { ...run.plan.spec, cell } }, () =>
    dataOf(run),
  );
}

/** Returns the data of a run. @throws Error if they are not here */
async function dataOf(run: Run): Promise<File> {
  const data = await dataFile(run);
  if (data) return data;
  throw new Error("The data of this run are not kept in this browser. Start a new run with them.");
}

/** Holds the run under way after the current iteration. */
export async function pauseRun(): Promise<void> {
  const paused = job;
  if (!paused || active.value?.phase !== "training") return;
  show({ phase: "paused", secondsLeft: undefined });
  await paused.trainer.pause().catch(() => {}); // a run that has ended needs no pause
  await paused.save();
}

export async function resumeRun(): Promise<void> {
  if (!job || active.value?.phase !== "paused") return;
  show({ phase: "training" });
  job.restartClock();
  await job.trainer.resume().catch(() => {});
}

/** Stops a run, or its start. If the worker does not answer in time, ends it: the last checkpoint stays. */
export async function stopRun(id: string): Promise<void> {
  const stopped = job;
  if (stopped?.id !== id) {
    if (starting.value?.id === id) cancelStart.abort();
    return;
  }
  show({ phase: "stopping", secondsLeft: undefined });
  stopped.stop.abort();
  const end = setTimeout(() => stopped.trainer.release(), PATIENCE);
  await stopped.over;
  clearTimeout(end);
}
