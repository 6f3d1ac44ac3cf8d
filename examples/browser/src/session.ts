import type { Connection, ModelInfo } from "unrolled/worker";
import { Keeper } from "./keeper.ts";
import { Run, validateEvery } from "./run.ts";
import type { Settings } from "./saved.ts";
import { Trainer } from "./trainer.ts";
import { DIVERGED, died, failure, type Notice } from "./words.ts";

/** Phase of the session. `rest`: there is no run, or one that can continue. */
export type Phase = "busy" | "training" | "paused" | "rest";

/** The model that writes: the network of the run, or one from a file. */
export interface Model {
  readonly name: string;
  readonly info: ModelInfo;
}

/** Interval at which a checkpoint is saved and a sample is written, in ms. */
const BEAT = 4000;
const SAMPLE = { length: 200, temperature: 0.7 };

/** The run of the page, its worker and its stored state. Independent of the views. */
export class Session {
  phase: Phase = "busy";
  run: Run | undefined;
  model: Model | undefined;
  notice: Notice | undefined;
  readonly #changed: () => void;
  readonly #trainer = new Trainer();
  readonly #keeper = new Keeper((notice) => this.#tell(notice));
  /** Whether the worker has the run; else it has a model from a file, or nothing after it has died. */
  #hasRun = false;
  #stopping = new AbortController();

  /** @param changed is called whenever there is something new to show */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Restores the run from before the reload. */
  async wake(): Promise<void> {
    await this.#busy(async () => {
      const found = await this.#keeper.open();
      if (!found) return;
      const { notes, data, checkpoint } = found;
      const run = new Run(notes.name, data, notes, notes);
      run.checkpoint = checkpoint;
      await this.#restore(run);
    });
  }

  /** Trains a new network that replaces the current one. */
  async begin(data: File, settings: Settings): Promise<void> {
    const begun = await this.#busy(async () => {
      const { spec, recipe, iterations } = settings;
      const connection = await this.#connected(settings);
      const info = await connection.start({
        task: "language-model",
        data,
        spec,
        recipe,
        iterations,
      });
      this.#take(new Run(data.name, data, settings), info);
      this.#tell(undefined);
      await this.#keeper.begin(data);
      await this.save();
    });
    if (begun) await this.#train();
  }

  /** Continues the run. A run that is done is extended by its original number of iterations. */
  async goOn(): Promise<void> {
    const { run } = this;
    if (!run) return;
    const ready = await this.#busy(async () => {
      this.#tell(undefined);
      if (!this.#hasRun) await this.#restore(run);
      if (run.done) run.iterations = run.iteration + run.settings.iterations;
    });
    if (ready) await this.#train();
  }

  async pause(): Promise<void> {
    await this.#trainer.connection?.pause();
    if (this.phase !== "training") return; // it has ended in the meantime
    this.#show("paused");
    await this.#beat();
  }

  async resume(): Promise<void> {
    await this.#trainer.connection?.resume();
    if (this.phase === "paused") this.#show("training");
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Deletes the run, here and in the storage. */
  async forget(): Promise<void> {
    this.run = undefined;
    if (this.#hasRun) this.model = undefined;
    await this.#keeper.forget();
    this.#tell(undefined);
  }

  /** Writes with the latest weights, during training or afterwards. */
  async write(prompt: string, length: number, temperature: number): Promise<string> {
    const connection = await this.#withModel();
    return connection.generate({ prompt, length, temperature, seed: Math.floor(Math.random() * 2 ** 31) });
  }

  async openModel(file: File): Promise<void> {
    await this.#busy(async () => {
      const connection = await this.#connected();
      const info = await connection.load(new Uint8Array(await file.arrayBuffer()));
      this.#hasRun = false;
      this.model = { name: file.name, info };
      this.#tell(undefined);
    });
  }

  /** Returns the model file: of the smallest validation loss if it is stored, else of the latest weights. */
  async modelFile(): Promise<Uint8Array<ArrayBuffer>> {
    const best = this.#hasRun ? await this.#keeper.bestModel() : undefined;
    return best ?? (await this.#withModel()).model();
  }

  /** Saves what a reload needs; during a run, the state of the latest iteration. */
  async save(): Promise<void> {
    const { run } = this;
    if (!run || !this.#hasRun || !this.#trainer.connection) return;
    await this.#saveCheckpoint(run, await this.#trainer.connection.checkpoint());
  }

  async #train(): Promise<void> {
    const run = this.run!;
    this.#stopping = new AbortController();
    this.#show("training");
    const beat = setInterval(() => this.phase === "training" && this.#beat(), BEAT);
    try {
      const { stopped } = await this.#trainer.connection!.train({
        iterations: run.iterations,
        validateEvery: validateEvery(this.model!.info.run!),
        signal: this.#stopping.signal,
        store: {
          saveModel: (bytes) => this.#keeper.saveModel(bytes),
          saveCheckpoint: (bytes) => this.#saveCheckpoint(run, bytes),
        },
        onStep: ({ iteration, loss, symbolsPerSecond }) => {
          Object.assign(run, { iteration, loss, speed: symbolsPerSecond });
          run.history.addStep({ iteration, loss });
          this.#changed();
        },
        onValidation: ({ iteration, evaluation }) => {
          run.iteration = iteration;
          run.history.addValidation({ iteration, loss: evaluation.loss });
          this.#changed();
        },
      });
      if (stopped === "diverged") this.#tell(DIVERGED);
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_ABORTED") this.#failed(error);
    } finally {
      clearInterval(beat);
      this.phase = "rest";
      await this.#beat();
      this.#show("rest");
    }
  }

  /** Saves what a reload needs, and writes a sample. A failure here is reported by the run as well. */
  async #beat(): Promise<void> {
    const { run } = this;
    if (!run || !this.#hasRun) return;
    try {
      await this.save();
      run.addSample(await this.#trainer.connection!.generate({ ...SAMPLE, seed: run.iteration + 1 }));
    } catch {}
    this.#changed();
  }

  #saveCheckpoint(run: Run, bytes: Uint8Array): Promise<void> {
    run.checkpoint = bytes;
    return this.#keeper.saveCheckpoint(run, bytes);
  }

  async #restore(run: Run): Promise<void> {
    const connection = await this.#connected(run.settings);
    const info = await connection.restore({ checkpoint: run.checkpoint!, data: run.data });
    this.#take(run, info);
    run.backTo(info.run.iteration);
  }

  /** Connects to a worker that has the model. After a worker has died, the model is in the checkpoint. */
  async #withModel(): Promise<Connection> {
    if (!this.#hasRun && this.model?.info.run && this.run) await this.#restore(this.run);
    return this.#connected();
  }

  /** Connects to a worker, with the threads of a run if one starts. */
  async #connected({ threads }: Partial<Settings> = {}): Promise<Connection> {
    const before = this.#trainer.connection;
    const connection = await this.#trainer.connected(threads);
    if (connection !== before) this.#hasRun = false;
    return connection;
  }

  #take(run: Run, info: ModelInfo): void {
    this.run = run;
    this.model = { name: run.name, info };
    this.#hasRun = true;
  }

  /** Does work that changes nothing if it fails. @returns whether it succeeded */
  async #busy(work: () => Promise<void>): Promise<boolean> {
    this.#show("busy");
    try {
      await work();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.#show("rest");
    }
  }

  #failed(error: unknown): void {
    const told = failure(error);
    const { run } = this;
    if (told.code !== "ERR_STATE" || !run) {
      this.#tell(told);
      return;
    }
    this.#hasRun = false;
    this.#tell(died(told, run.iteration));
  }

  #tell(notice: Notice | undefined): void {
    this.notice = notice;
    this.#changed();
  }

  #show(phase: Phase): void {
    this.phase = phase;
    this.#changed();
  }
}
