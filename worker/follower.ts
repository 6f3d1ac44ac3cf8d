import { type ErrorCode, UnrolledError } from "../src/errors.ts";
import { loadModel } from "../src/models/model-file.ts";
import type { ModelClass, TaskModel } from "../src/models/task-model.ts";
import { createRuntime } from "../src/runtime/runtime.ts";
import type { Variant } from "../src/runtime/variant.ts";
import { type PartResult, type PartTask, partGradients } from "./part-gradients.ts";

/** A number for each element of the parameters, in their order: weights go, and gradients come back in their place. */
export type Numbers = Float32Array<ArrayBuffer | SharedArrayBuffer>;

/** What a follower is sent first. */
export interface FollowerStart {
  /** A model file. */
  readonly model: Uint8Array;
  readonly variant: Variant;
  readonly module?: WebAssembly.Module | undefined;
}

/** What it is sent for every iteration. */
export interface FollowerTask {
  readonly task: PartTask;
  readonly numbers: Numbers;
}

export interface FollowerAnswer {
  readonly result?: PartResult;
  readonly numbers?: Numbers | undefined;
  readonly error?: Error;
  /** Of an `UnrolledError`, which is cloned as an Error. */
  readonly code?: ErrorCode;
}

/**
 * Calculates gradients for a thread that leads, see `Group`.
 *
 * @param kinds classes of the models that it may be sent
 */
export function follow(port: MessagePort, kinds: readonly ModelClass[]): void {
  let model: TaskModel;
  port.addEventListener("message", async ({ data }: MessageEvent<FollowerStart | FollowerTask>) => {
    const numbers = "task" in data ? data.numbers : undefined;
    const answer = (rest: FollowerAnswer) => port.postMessage({ ...rest, numbers }, transferList(numbers));
    try {
      if ("task" in data) answer({ result: calculate(model, data) });
      else {
        const { variant, module } = data;
        const runtime = await createRuntime({ variant, ...(module && { module }) });
        model = loadModel(runtime, data.model, kinds);
        answer({});
      }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      answer({ error, ...(error instanceof UnrolledError && { code: error.code }) });
    }
  });
  port.start();
}

function calculate(model: TaskModel, { task, numbers }: FollowerTask): PartResult {
  const parameters = Object.values(model.parameters());
  let at = 0;
  for (const { data, size } of parameters) {
    data.set(numbers.subarray(at, at + size));
    at += size;
  }
  const result = partGradients(model, task);
  at = 0;
  for (const { grad, size } of parameters) {
    numbers.set(grad!.data, at);
    at += size;
  }
  return result;
}

/** What has to be handed over with the numbers; nothing where both sides share them. */
export function transferList(numbers: Numbers | undefined): ArrayBuffer[] {
  return numbers?.buffer instanceof ArrayBuffer ? [numbers.buffer] : [];
}
