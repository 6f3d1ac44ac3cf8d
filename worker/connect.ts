import { type Endpoint, releaseProxy, wrap } from "comlink";
import { UnrolledError } from "../src/errors.ts";
import { carryErrorCodes } from "./errors.ts";
import type { LanguageModelWorker, ProgressMessage, TrainProgress } from "./protocol.ts";
import { type NodeThreads, nodeThreads } from "./threads.ts";

export type { LanguageModelWorker, NewModel, StoredModel, TrainProgress } from "./protocol.ts";

export interface ConnectOptions {
  /** Hears of a run at most ten times a second; how it ends is told by `train` itself. */
  onProgress?: (progress: TrainProgress) => void;
}

/** A worker of one's own. Every call rejects with ERR_STATE when the worker dies or cannot start. */
export interface LanguageModelConnection extends LanguageModelWorker {
  /** Ends the worker at once; calls that wait reject with ERR_DISPOSED. */
  release(): void;
}

carryErrorCodes();

/** Starts a worker: a Web Worker, or a worker thread in Node. */
export async function connect({ onProgress }: ConnectOptions = {}): Promise<LanguageModelConnection> {
  const waiting = new Set<(error: UnrolledError) => void>();
  let ended: UnrolledError | undefined;

  const end = (error: UnrolledError) => {
    if (ended) return;
    ended = error;
    remote[releaseProxy]();
    worker.terminate();
    for (const reject of waiting) reject(error);
  };
  const onEnd: OnEnd = (reason, cause) => {
    end(new UnrolledError("ERR_STATE", `the worker has ended: ${reason}; connect anew`, { cause }));
  };
  const threads = "Worker" in globalThis ? undefined : await nodeThreads();
  const worker = threads ? startThread(threads, onEnd) : startWebWorker(onEnd);
  const remote = wrap<LanguageModelWorker>(worker.endpoint);
  worker.endpoint.addEventListener("message", (event) => {
    const { progress } = (event as MessageEvent<Partial<ProgressMessage>>).data;
    if (progress) onProgress?.(progress);
  });

  /** Comlink leaves a call without an answer for ever. */
  const ask = <T>(call: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      waiting.add(reject);
      call()
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });

  return {
    start: (options) => ask(() => remote.start(options)),
    train: (options) => ask(() => remote.train(options)),
    stop: () => ask(() => remote.stop()),
    generate: (options) => ask(() => remote.generate(options)),
    model: () => ask(() => remote.model()),
    bestModel: () => ask(() => remote.bestModel()),
    release: () => end(new UnrolledError("ERR_DISPOSED", "the worker was released; connect anew")),
  };
}

type OnEnd = (reason: string, cause?: unknown) => void;

interface StartedWorker {
  readonly endpoint: Endpoint;
  terminate(): void;
}

function startWebWorker(onEnd: OnEnd): StartedWorker {
  const worker = new Worker(new URL("./language-model-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", (event) => {
    event.preventDefault(); // the calls tell; Deno would end the process
    onEnd(event.message || "its script does not load", event.error);
  });
  worker.addEventListener("messageerror", () => onEnd("a message could not be read"));
  return { endpoint: worker, terminate: () => worker.terminate() };
}

function startThread(threads: NodeThreads, onEnd: OnEnd): StartedWorker {
  const base = import.meta.url; // apart, or bundlers for pages would copy the file a second time
  const url = new URL("./language-model-worker.js", base);
  const worker = new threads.Worker(url, { execArgv: [] }); // the process may have --input-type or --import
  worker.on("error", (error) => onEnd(String(error), error));
  worker.on("messageerror", (error) => onEnd("a message could not be read", error));
  worker.on("exit", (code) => onEnd(`exit code ${code}`));
  const postMessage = worker.postMessage.bind(worker) as Endpoint["postMessage"];
  const endpoint = Object.assign(new EventTarget(), { postMessage });
  worker.on("message", (data) => endpoint.dispatchEvent(new MessageEvent("message", { data })));
  return { endpoint, terminate: () => worker.terminate() };
}
