import { type ErrorCode, UnrolledError } from "../../src/errors.ts";
import type { ModelClass, TaskModel } from "../../src/network/model.ts";
import { loadModel } from "../../src/network/model-file.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { Variant } from "../../src/runtime/variant.ts";
import { eachPlace, gradientsOf, type Numbers, transferList } from "./numbers.ts";
import { type PartResult, type PartTask, partGradients } from "./part-gradients.ts";

/** The message that gives a follower its model. It is the first message, and it is sent again for every new model. */
export interface FollowerStart {
  /** The bytes of a model file. */
  readonly model: Uint8Array;
  readonly variant: Variant;
  readonly module?: WebAssembly.Module | undefined;
}

/** The message to a follower in every iteration. */
export interface FollowerTask {
  readonly task: PartTask;
  readonly numbers: Numbers;
}

export interface FollowerAnswer {
  readonly result?: PartResult;
  readonly numbers?: Numbers | undefined;
  readonly error?: Error;
  /**
   * The code of the error if it is an `UnrolledError`. The code is sent separately, because sending turns the error into an
   * `Error` without a code.
   */
  readonly code?: ErrorCode;
}

/**
 * Makes this thread a follower. It calculates gradients for the leading thread, see `Group`.
 *
 * @param kinds the classes of models that the leading thread may send
 */
export function follow(port: MessagePort, kinds: readonly ModelClass[]): void {
  let model: TaskModel | undefined;
  port.addEventListener("message", async ({ data }: MessageEvent<FollowerStart | FollowerTask>) => {
    const numbers = "task" in data ? data.numbers : undefined;
    const answer = (rest: FollowerAnswer) => port.postMessage({ ...rest, numbers }, transferList(numbers));
    try {
      if ("task" in data) answer({ result: calculate(model!, data) });
      else {
        const { variant, module } = data;
        model?.runtime.dispose();
        model = undefined;
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

/** Reads the weights from `numbers`, calculates gradients, and overwrites `numbers` with the gradients. */
function calculate(model: TaskModel, { task, numbers }: FollowerTask): PartResult {
  const parameters = model.parameters();
  eachPlace(numbers, Object.values(parameters), (data, weights) => data.set(weights));
  const result = partGradients(model, task);
  eachPlace(numbers, gradientsOf(parameters), (data, gradients) => gradients.set(data));
  return result;
}
