import { signal } from "@preact/signals";
import { type Connection, connect, type RunInfo } from "unrolled/worker";
import { closeErrors, tell, tellError } from "../ui/notices.tsx";
import { DIVERGED, EARLY, STUCK, workerDied } from "../ui/words.ts";
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

/** The id of the run that is starting: its worker reads the data. */
export const starting = signal<string | undefined>(undefined);

/** Returns the phase of a run, or undefined if it is not under way. */
export const phaseOf = (id: string): Phase | undefined =>
  starting.value === id ? "starting" : active.value?.id === id ? active.value.phase : undefined;

/** Milliseconds until the first model is shown, and between the checkpoints that a reload can continue from. */
const FIRST = 1000;
const BEAT = 5000;

/** Milliseconds that Stop waits for the worker before it ends it. */
const PATIENCE = 3000;

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

/** Starts or continues a run. Such calls wait for each other, however fast one clicks. */
function begin<T>(id: string, work: () => Promise<T>): Promise<T> {
  return turn(async () => {
    closeErrors();
    starting.value = id;
    cancelStart = new AbortController();
    try {
      await openShelf();
      return await work();
    } finally {
      starting.value = undefined;
    }
  });
}

const show = (change: Partial<Active>) => {
  if (active.value) active.value = { ...active.value, ...change };
};

/** Starts a new run. @returns its id, once the data have been read; then the run before it has stopped */
export function startRun(name: string, plan: Plan, data: Blob): Promise<string> {
  const id = newId();
  return begin(id, async () => {
    const file = data instanceof File ? data : new File([data], name);
    const { trainer, info } = await prepare(plan, (trainer, signal) =>
      trainer.start({ ...wordsOf(plan), data: file, signal } as never),
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
      dataName: file.name,
      threads: info.run.workers,
      parameters: info.parameters,
      spec: { ...info.spec },
      losses: new History().losses,
    };
    await addRun(run);
    train(run, trainer, info);
    void file.arrayBuffer().then((bytes) => keepFile(id, "data", new Uint8Array(bytes)), tellError);
    return id;
  });
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
export function continueRun(id: string): Promise<void> {
  return begin(id, async () => {
    const run = findRun(id);
    if (!run || job?.id === id) return;
    const iterations = run.state === "finished" ? run.iteration + run.planned : run.iterations;
    // The rate of learning may fall until the end of the run, and a run that has ended early would end at once.
    const recipe = { lrDecayOver: iterations, ...(run.state === "finished" && { earlyStop: 0 }) };
    const { level, tokens, multiLabel, ...reading } = run.plan.options as Record<string, unknown>;
    try {
      const { trainer, info } = await prepare(run.plan, async (trainer, signal) => {
        const [data, checkpoint] = await Promise.all([dataFile(run), fileOf(id, "checkpoint")]);
        if (!data) throw new Error("The data of this run are gone. Start a new one.");
        return checkpoint
          ? trainer.restore({ checkpoint, data, ...reading, recipe, signal } as never)
          : trainer.start({ ...wordsOf(run.plan), data, signal } as never);
      });
      const { iteration } = info.run;
      const until = (scored?: Scored) => (scored && scored.iteration <= iteration ? scored : undefined);
      changeRun(id, {
        state: "training",
        iteration,
        iterations,
        threads: info.run.workers,
        losses: new History(run.losses).backTo(iteration).losses,
        best: until(run.best),
        last: until(run.last),
      });
      train(findRun(id)!, trainer, info);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  });
}

const isAbort = (error: unknown) => (error as { code?: string }).code === "ERR_ABORTED";

interface Prepared {
  readonly trainer: Connection;
  readonly info: RunInfo;
}

/** Starts a worker and opens a run in it. Then it stops the run under way. */
async function prepare(
  { threads }: Plan,
  open: (trainer: Connection, signal: AbortSignal) => Promise<RunInfo>,
): Promise<Prepared> {
  const { signal } = cancelStart;
  let trainer: Connection | undefined;
  try {
    trainer = await connect({ workers: threads, signal });
    const info = await open(trainer, signal);
    if (job) await stopRun(job.id);
    if (signal.aborted) throw Object.assign(new Error("The start was stopped."), { code: "ERR_ABORTED" });
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

  const keepLatest = async () => {
    const model = await trainer.model();
    setModel(id, iteration, model);
    await keepFile(id, "latest", model);
  };
  const saveState = async () => {
    await keepFile(id, "checkpoint", await trainer.checkpoint());
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
          saveModel: (bytes) => keepFile(id, "model", bytes as Uint8Array<ArrayBuffer>),
          saveCheckpoint: (bytes) => keepFile(id, "checkpoint", bytes as Uint8Array<ArrayBuffer>),
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
      if (stopped === "diverged") tell(DIVERGED);
      if (stopped === "early") tell(EARLY);
    } catch (error) {
      changeRun(id, { state: "stopped", iteration });
      if (isAbort(error)) await keepLatest().catch(() => {});
      else if (stop.signal.aborted) tell(STUCK);
      else if ((error as { code?: string }).code === "ERR_STATE") {
        const again = { name: "Continue", run: () => void continueRun(id).catch(tellError) };
        tell(workerDied(findRun(id)?.name ?? "", iteration, error as Error), { action: again });
      } else tellError(error);
    } finally {
      clearTimeout(first);
      clearInterval(beat);
    }
    changeRun(id, { losses: history.losses });
    await saving;
    await keepRun(id);
    const best = await bestFile(id).catch(() => undefined);
    if (best) showBest(id, best);
    trainer.release();
    job = undefined;
    active.value = undefined;
  };
  const restartClock = () => {
    since = undefined;
  };
  active.value = { id, phase: "training" };
  job = { id, trainer, stop, save, restartClock, over: Promise.resolve() };
  job.over = work();
}

/** Trains a network with another cell on the data of a run, with the same settings. @returns the id of the new run */
export async function startWithCell(run: Run, cell: string): Promise<string> {
  const data = await dataFile(run);
  if (!data) throw new Error("The data of this run are gone. Start a new one.");
  const names = Object.values(CELL_NAMES).join("|");
  const name = `${run.name.replace(new RegExp(`, (${names})( \\d+)?$`), "")}, ${CELL_NAMES[cell]}`;
  return startRun(name, { ...run.plan, spec: { ...run.plan.spec, cell } }, data);
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
  if (starting.value === id) return cancelStart.abort();
  const stopped = job;
  if (stopped?.id !== id) return;
  show({ phase: "stopping", secondsLeft: undefined });
  stopped.stop.abort();
  const end = setTimeout(() => stopped.trainer.release(), PATIENCE);
  await stopped.over;
  clearTimeout(end);
}
