import { createRuntime, loadModel, type Runtime, type TaskModel } from "unrolled";
import { TASKS } from "unrolled/tasks";
import { FUNCTIONS, type Functions } from "./functions.ts";

/** Number of models that stay open. */
const OPEN = 3;

/** The worker's half of the pictures: it keeps models open and computes what the page draws of them. */
export class Desk {
  #runtime: Promise<Runtime> | undefined;
  /** The models by key, the one used last at the end. */
  readonly #models = new Map<string, TaskModel>();

  /** Opens a model file. @throws ERR_FORMAT */
  async open(key: string, bytes: Uint8Array): Promise<void> {
    this.#runtime ??= createRuntime();
    const rt = await this.#runtime;
    if (this.#models.has(key)) return;
    this.#models.set(
      key,
      loadModel(
        rt,
        bytes,
        TASKS.map(({ Model }) => Model),
      ),
    );
    const [oldest] = this.#models;
    if (this.#models.size <= OPEN) return;
    this.#models.delete(oldest![0]);
    oldest![1].dispose();
  }

  /** Computes something of an open model. @returns undefined if the model has to be opened first */
  async ask<Name extends keyof Functions>(
    key: string,
    name: Name,
    parameters: readonly unknown[],
  ): Promise<{ readonly value: unknown } | undefined> {
    const model = this.#models.get(key);
    if (!model) return undefined;
    this.#models.delete(key);
    this.#models.set(key, model);
    const compute = FUNCTIONS[name] as (model: TaskModel, ...parameters: readonly unknown[]) => unknown;
    return { value: await compute(model, ...parameters) };
  }
}
