// Handles the calls of a session. All calls share one state: the open model and the call in progress.

import { checkObject } from "../src/checks.ts";
import { UnrolledError } from "../src/errors.ts";
import { loadModel, serializeModel } from "../src/network/model-file.ts";
import { compileKernels } from "../src/runtime/load.ts";
import { createRuntimeSync, type Runtime } from "../src/runtime/runtime.ts";
import type { RuntimeOptions } from "../src/runtime/runtime-options.ts";
import { chooseVariant, type Variant } from "../src/runtime/variant.ts";
import { answerInputs } from "../src/tasks/inputs.ts";
import {
  completeRecipe,
  lastIterationOf,
  newRun,
  type Run,
  type RunLength,
  resumeRun,
} from "../src/tasks/run.ts";
import { textSources } from "../src/tasks/source.ts";
import type { Sources, Task } from "../src/tasks/task.ts";
import { openCheckpoint, serializeCheckpoint } from "../src/train/checkpoint.ts";
import type { Evaluated } from "../src/train/evaluate.ts";
import { type TrainResult, train } from "../src/train/train.ts";
import { EventThrottle } from "./event-throttle.ts";
import { checkDivisible } from "./group/batch-parts.ts";
import { Group } from "./group/group.ts";
import { infoOf, type OpenModel, suggesterOf, withServedWeights } from "./open-model.ts";
import type {
  EvaluateRequest,
  OpenInfo,
  PredictRequest,
  RestoreRequest,
  RunEvents,
  StartRequest,
  TrainingSession,
  TrainRequest,
} from "./protocol.ts";

export interface SessionOptions extends Pick<RuntimeOptions, "variant" | "module"> {
  /** Ports to the followers. Followers are threads that train together with this thread. They call `follow`. */
  readonly ports?: readonly MessagePort[];
  /** Called if a follower is lost. The session can then no longer be used. */
  readonly onLost?: (error: UnrolledError) => void;
}

/** A session in this thread. Every 50 ms, training lets the event loop run, so that other calls are answered. */
export class Session implements TrainingSession {
  readonly #tasks: readonly Task[];
  readonly #options: Pick<RuntimeOptions, "variant" | "module">;
  /** The compiled kernels of each build. They are compiled once and used by all runs. */
  readonly #kernels = new Map<Variant, WebAssembly.Module>();
  #opened: OpenModel | undefined;
  #busy: string | undefined;
  #stopping: AbortController | undefined;
  #pause: { readonly over: Promise<void>; end(): void } | undefined;
  #ended = false;
  readonly #group: Group | undefined;

  /** @param tasks the tasks that the session supports */
  constructor(tasks: readonly Task[], { ports = [], onLost, ...options }: SessionOptions = {}) {
    this.#tasks = tasks;
    this.#options = options;
    if (ports.length) this.#group = new Group(ports, { ...options, ...(onLost && { onLost }) });
  }

  async ready(): Promise<void> {
    (await this.#runtime(1)).dispose();
  }

  start({
    task: name = "language-model",
    data,
    validation,
    vectors,
    spec = {},
    recipe = {},
    iterations,
    epochs,
    ...rest
  }: StartRequest): Promise<OpenInfo> {
    const length = { iterations, epochs };
    return this.#open("start", async () => {
      const task = this.#task(name);
      const given = checkObject<Pick<StartRequest, "level" | "multiLabel">>("start", spec, "spec is");
      const { level = rest.level, multiLabel = rest.multiLabel } = given;
      // These fields of the spec also say how the data are read.
      const own = { ...(level !== undefined && { level }), ...(multiLabel !== undefined && { multiLabel }) };
      const known = Object.entries(own).filter(([name]) =>
        task.options.data.includes(name as keyof typeof own),
      );
      const whole = completeRecipe(task.defaultRecipe(level), recipe);
      const run = await newRun(
        task,
        {
          sources: sourcesOf(data, validation, vectors),
          complete: (defaults) => ({ ...defaults, ...spec }),
          options: { ...rest, ...Object.fromEntries(known) },
          recipe: whole,
          length,
        },
        () => this.#runtime(whole.seed),
      );
      return { task, model: run.trainer.model, run: { ...run, length }, best: null };
    });
  }

  restore({
    checkpoint: bytes,
    data,
    validation,
    recipe = {},
    iterations,
    epochs,
    ...rest
  }: RestoreRequest): Promise<OpenInfo> {
    return this.#open("restore", async () => {
      const checkpoint = openCheckpoint(bytes, this.#kinds);
      const task = this.#task(checkpoint.spec.task);
      const { variant } = checkpoint.progress;
      const run = await resumeRun(
        task,
        checkpoint,
        sourcesOf(data, validation),
        rest,
        checkObject("restore", recipe, "recipe is"),
        () => this.#runtime(1, variant),
      );
      const { best } = checkpoint.progress;
      return { task, model: run.trainer.model, run: { ...run, length: { iterations, epochs } }, best };
    });
  }

  load(bytes: Uint8Array): Promise<OpenInfo> {
    return this.#open("load", async () => {
      const runtime = await this.#runtime(1);
      try {
        const model = loadModel(runtime, bytes, this.#kinds);
        return { task: this.#task(model.spec.task), model, best: null };
      } catch (error) {
        runtime.dispose();
        throw error;
      }
    });
  }

  train({ validateEvery, ...length }: TrainRequest, events: RunEvents): Promise<TrainResult<Evaluated>> {
    return this.#alone("train", async () => {
      const opened = this.#started("train");
      const { trainer, hash, length: asked } = this.#runOf(opened, "train");
      const given = (length.iterations ?? length.epochs) !== undefined;
      const stopping = new AbortController();
      this.#stopping = stopping;
      const throttle = new EventThrottle(events, () => stopping.abort());
      const group = this.#group;
      try {
        await group?.open(trainer.model);
        return await train(trainer, {
          ...(group && { group }),
          iterations: lastIterationOf(given ? length : asked, opened.task, trainer),
          ...(validateEvery !== undefined && { validateEvery }),
          dataHash: hash,
          best: opened.best,
          signal: stopping.signal,
          pause: () => this.#pause?.over,
          store: {
            async saveModel(bytes, error) {
              // Both at once: a checkpoint may be asked for while the model is stored.
              opened.best = error!;
              opened.bestModel = bytes.slice();
              await events.saveModel(bytes);
            },
            saveCheckpoint: (bytes) => events.saveCheckpoint(bytes),
          },
          onStep: (step) => throttle.step(step),
          onValidation: (validation) => throttle.validation(validation),
        });
      } finally {
        await throttle.end();
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.resume();
  }

  async pause(): Promise<void> {
    if (this.#busy !== "train" || this.#pause) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pause = { over, end };
  }

  async resume(): Promise<void> {
    this.#pause?.end();
    this.#pause = undefined;
  }

  async evaluate({ data, ...options }: EvaluateRequest): Promise<Evaluated> {
    const opened = this.#started("evaluate");
    const { task, model } = opened;
    // This evaluates a copy of the model, because training may continue while the data are read piece by piece.
    const copy = loadModel(
      model.runtime,
      withServedWeights(opened, () => serializeModel(model)),
      [task.Model],
    );
    try {
      return await task.evaluate(copy, textSources(data), options);
    } finally {
      copy.dispose();
    }
  }

  async predict(given: readonly unknown[] | PredictRequest, options?: object): Promise<readonly unknown[]> {
    const opened = this.#started("predict");
    const { task, model } = opened;
    if (typeof given !== "object" || given === null) {
      const expected = "expected an array, or { data }";
      throw new UnrolledError(
        "ERR_VALUE",
        `predict: inputs are ${given === null ? "null" : typeof given}, ${expected}`,
      );
    }
    if (!task.predict) {
      throw new UnrolledError("ERR_VALUE", `predict: a ${model.spec.task} does not predict; call generate`);
    }
    const isList = Array.isArray(given);
    const inputs = isList ? given : await this.#inputs(opened, given as PredictRequest);
    const predict = (some: readonly unknown[]) => task.predict!(model, some, options);
    const lines = !isList && task.blank !== undefined;
    return withServedWeights(opened, () =>
      lines ? answerInputs(inputs, predict, task.blank) : predict(inputs),
    );
  }

  async #inputs(opened: OpenModel, { data, ...format }: PredictRequest): Promise<readonly unknown[]> {
    const { task, model } = opened;
    if (!task.inputs) {
      throw new UnrolledError(
        "ERR_VALUE",
        `predict: a ${model.spec.task} does not read its inputs from data; give a list of inputs`,
      );
    }
    const inputs = await task.inputs(model, textSources(data), format);
    if (this.#opened === opened) return inputs;
    throw new UnrolledError(
      "ERR_STATE",
      "predict: the model was replaced while the data were read; call predict again",
    );
  }

  async generate(options?: object): Promise<string> {
    const opened = this.#started("generate");
    const { task, model } = opened;
    if (!task.write) {
      throw new UnrolledError("ERR_VALUE", `generate: a ${model.spec.task} does not write; call predict`);
    }
    return withServedWeights(opened, () => [...task.write!(model, options)].join(""));
  }

  async suggest(text: string, options?: object): Promise<readonly unknown[]> {
    return suggesterOf(this.#started("suggest")).suggest(text, options);
  }

  async model(which: "latest" | "best" = "latest"): Promise<Uint8Array<ArrayBuffer>> {
    const opened = this.#started("model");
    if (which === "latest") return withServedWeights(opened, () => serializeModel(opened.model));
    if (opened.bestModel) return opened.bestModel.slice();
    throw new UnrolledError(
      "ERR_STATE",
      "model: there was no best validation since start, restore or load; train first, or ask for the latest model",
    );
  }

  async checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    const opened = this.#started("checkpoint");
    const { trainer, hash } = this.#runOf(opened, "checkpoint");
    return serializeCheckpoint(trainer, { best: opened.best, dataHash: hash });
  }

  /** Ends the session: stops a run and frees all memory. */
  dispose(): void {
    this.#ended = true;
    this.stop();
    this.#group?.end(new UnrolledError("ERR_DISPOSED", "the session has ended"));
    if (!this.#busy) this.#close();
  }

  #close(): void {
    this.#opened?.model.runtime.dispose();
    this.#opened = undefined;
  }

  /** Replaces the open model with the one that `make` returns. */
  #open(method: string, make: () => Promise<OpenModel>): Promise<OpenInfo> {
    return this.#alone(method, async () => {
      const opened = await make();
      try {
        if (opened.run && this.#group) checkDivisible(opened.model);
        const info = infoOf(opened, this.#group?.workers ?? 1);
        this.#close();
        this.#opened = opened;
        return info;
      } catch (error) {
        opened.model.runtime.dispose();
        throw error;
      }
    });
  }

  /** Runs a call that uses the model exclusively or replaces it. `Connection` makes only one call of this kind at a time. */
  async #alone<T>(method: string, work: () => Promise<T>): Promise<T> {
    this.#busy = method;
    try {
      return await work();
    } finally {
      this.#busy = undefined;
      await this.resume();
      if (this.#ended) this.#close();
    }
  }

  async #runtime(seed: number, variant = this.#options.variant ?? "auto"): Promise<Runtime> {
    const { module = await this.#compiled(chooseVariant(variant)) } = this.#options;
    return createRuntimeSync({ variant, module, seed });
  }

  async #compiled(variant: Variant): Promise<WebAssembly.Module> {
    const module = this.#kernels.get(variant) ?? (await compileKernels(variant));
    this.#kernels.set(variant, module);
    return module;
  }

  get #kinds() {
    return this.#tasks.map(({ Model }) => Model);
  }

  #task(name: string): Task {
    const task = this.#tasks.find(({ Model }) => [Model.task, Model.formerTask].includes(name));
    if (task) return task;
    const known = this.#tasks.map(({ Model }) => Model.task).join(", ");
    throw new UnrolledError("ERR_VALUE", `task is ${String(name)}, expected one of ${known}`);
  }

  #started(method: string): OpenModel {
    if (this.#opened) return this.#opened;
    throw new UnrolledError(
      "ERR_STATE",
      `${method}: there is no model yet; call start, restore or load first`,
    );
  }

  #runOf({ run }: OpenModel, method: string): Run & { readonly length: RunLength } {
    if (run) return run;
    throw new UnrolledError("ERR_STATE", `${method}: the model was loaded; call start or restore, with data`);
  }
}

function sourcesOf(
  data: StartRequest["data"],
  validation: StartRequest["validation"],
  vectors?: StartRequest["vectors"],
): Sources {
  // In a list, a file keeps its own name.
  const held = Array.isArray(validation) ? validation : [validation];
  return {
    data: textSources(data),
    validation: validation === undefined ? undefined : textSources(held, "the validation data"),
    vectors: vectors === undefined ? undefined : textSources([vectors], "the file of word vectors"),
  };
}
