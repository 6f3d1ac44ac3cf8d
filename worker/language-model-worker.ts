import { type Endpoint, expose, transfer } from "comlink";
import { UnrolledError } from "../src/errors.ts";
import { LanguageModel } from "../src/models/language-model.ts";
import type { GenerateOptions } from "../src/models/language-model-stream.ts";
import { loadModel, serializeModel } from "../src/models/model-file.ts";
import { textVocabulary } from "../src/models/text.ts";
import { createRuntime, type Runtime } from "../src/runtime/runtime.ts";
import { type TrainOptions, type TrainResult, train } from "../src/train/train.ts";
import { Trainer } from "../src/train/trainer.ts";
import { carryErrorCodes } from "./errors.ts";
import type {
  LanguageModelWorker,
  NewModel,
  ProgressMessage,
  StoredModel,
  TrainProgress,
} from "./protocol.ts";
import { nodeThreads } from "./threads.ts";

/** Progress is told at most this often, in ms. */
const PROGRESS_INTERVAL = 100;

/** What `start` makes. */
interface Session {
  readonly runtime: Runtime;
  readonly model: LanguageModel;
  /** None for a stored model. */
  readonly trainer?: Trainer;
  /** Model file and loss of the best validation. */
  best?: { bytes: Uint8Array; nats: number };
}

class ModelWorker implements LanguageModelWorker {
  readonly #tell: (message: ProgressMessage) => void;
  #told = Number.NEGATIVE_INFINITY;
  #session: Session | undefined;
  #controller: AbortController | undefined;
  #busy: "start" | "train" | undefined;

  constructor(tell: (message: ProgressMessage) => void) {
    this.#tell = tell;
  }

  start(options: NewModel | StoredModel): Promise<void> {
    return this.#alone("start", async () => {
      const session = await openSession(options);
      this.#session?.runtime.dispose();
      this.#session = session;
    });
  }

  train({
    iterations,
    validateEvery,
  }: Pick<TrainOptions, "iterations" | "validateEvery">): Promise<TrainResult> {
    return this.#alone("train", async () => {
      const session = this.#started("train");
      if (!session.trainer) {
        throw new UnrolledError("ERR_STATE", "train: the model was loaded; start with text, spec and recipe");
      }
      let saved: Uint8Array;
      let validation: TrainProgress["validation"] = null;
      this.#controller = new AbortController();
      return await train(session.trainer, {
        iterations,
        ...(validateEvery !== undefined && { validateEvery }),
        ...(session.best && { best: session.best.nats }),
        signal: this.#controller.signal,
        text: "", // for checkpoints, which are not kept
        store: {
          saveModel: async (bytes) => {
            saved = bytes;
          },
          saveCheckpoint: async () => {},
        },
        onStep: (step) => this.#report({ ...step, validation }),
        onValidation: (event) => {
          validation = event;
          if (event.best) session.best = { bytes: saved, nats: event.evaluation.nats };
        },
      });
    });
  }

  async stop(): Promise<void> {
    this.#controller?.abort();
  }

  async generate(options?: GenerateOptions): Promise<string> {
    const packed = this.#started("generate").model.pack();
    try {
      return [...packed.generate(options)].join("");
    } finally {
      packed.dispose();
    }
  }

  async model(): Promise<Uint8Array<ArrayBuffer>> {
    return transferred(serializeModel(this.#started("model").model));
  }

  async bestModel(): Promise<Uint8Array<ArrayBuffer>> {
    const { best } = this.#started("bestModel");
    if (!best) throw new UnrolledError("ERR_STATE", "bestModel: nothing was validated yet; train first");
    return transferred(best.bytes.slice());
  }

  #started(method: string): Session {
    if (this.#session) return this.#session;
    throw new UnrolledError("ERR_STATE", `${method}: there is no model yet; call start first`);
  }

  /** Runs one `start` or `train` at a time: each would take the other's model away. */
  async #alone<T>(method: "start" | "train", work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw new UnrolledError(
        "ERR_STATE",
        `${method}: ${this.#busy} still runs; wait for its end, or stop it`,
      );
    }
    this.#busy = method;
    try {
      return await work();
    } finally {
      this.#busy = undefined;
    }
  }

  #report(progress: TrainProgress): void {
    const now = performance.now();
    if (now - this.#told < PROGRESS_INTERVAL) return;
    this.#told = now;
    this.#tell({ progress });
  }
}

async function openSession(options: NewModel | StoredModel): Promise<Session> {
  const { variant = "auto" } = options;
  const seed = "text" in options ? options.recipe.seed : 1;
  const runtime = await createRuntime({ variant, seed });
  try {
    if ("model" in options) return { runtime, model: loadModel(runtime, options.model) };
    const { text, spec, recipe } = options;
    const model = new LanguageModel(runtime, spec, textVocabulary(text, spec));
    return { runtime, model, trainer: new Trainer(model, model.encode(text), recipe) };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

function transferred<T extends Uint8Array>(bytes: T): T {
  return transfer(bytes, [bytes.buffer]);
}

function serve(endpoint: Endpoint): void {
  carryErrorCodes();
  expose(new ModelWorker((message) => endpoint.postMessage(message)), endpoint);
}

// A Web Worker has to listen before its script has run, or it may miss what was sent. Node's threads have no postMessage
// of their own, and keep what was sent until someone listens.
if ("postMessage" in globalThis) serve(globalThis as unknown as Endpoint);
else nodeThreads().then(({ parentPort }) => serve(parentPort as unknown as Endpoint));
