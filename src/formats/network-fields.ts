import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { Network } from "../network/network.ts";
import { type NetworkSpec, networkSchema } from "../network/spec.ts";
import type { FeedForward } from "../nn/feed-forward.ts";
import { show } from "../schema.ts";

/** A model whose fields writers for other frameworks read. */
export type WrittenModel = Network<WrittenSpec, FeedForward> & {
  readonly tables: Readonly<Record<string, unknown>>;
};

/** The spec of a model of any task. */
export interface WrittenSpec extends NetworkSpec {
  readonly task?: string;
  readonly pooling?: "last" | "mean" | "max" | "mean+max";
  readonly features?: number;
  readonly multiLabel?: boolean;
  readonly [field: string]: unknown;
}

/** Refuses a field of a spec. @throws ERR_VALUE, always */
export type Refuse = (field: string, reason: string) => never;

/** The values of fields of tasks that plain networks have. Others read or compute something more. */
const PLAIN: Readonly<Record<string, unknown>> = { softmax: "full", zeroStart: false, characters: 0 };

/** Fields of networks that only count in training, or that every framework can say. */
const FREE = new Set<string>([
  ...["cell", "hidden", "layers", "dropout", "embedding", "freezeVectors", "nonlinearity", "identityStart"],
  ...["forgetBias", "bidirectional", "inputDropout", "variationalDropout", "head", "headActivation"],
]);

/**
 * Checks that a model is one that another framework can say: one of `tasks`, and each field as usual, except those that the writer
 * reads.
 *
 * @param what the function, for errors
 * @param framework its name, for errors
 * @param read names of fields that the writer reads or refuses itself
 * @returns the model, and a function that refuses a field of its spec
 * @throws ERR_VALUE if it is another model
 */
export function checkWritten(
  what: string,
  framework: string,
  model: TaskModel,
  tasks: readonly string[],
  read: readonly string[],
): { model: WrittenModel; refuse: Refuse } {
  const { spec, head } = (model ?? {}) as unknown as WrittenModel;
  const refuse: Refuse = (field, reason) => {
    throw new UnrolledError("ERR_VALUE", `${what}: ${field} is ${show(spec[field])}, ${reason}`);
  };
  if (!spec?.cell) throw new UnrolledError("ERR_VALUE", `${what}: expected a model, such as a Classifier`);
  if (!tasks.includes(spec.task ?? "")) refuse("task", `expected ${tasks.join(", ")}`);
  const lacks = `which ${framework} does not have`;
  for (const [field, plain] of Object.entries(PLAIN)) {
    if (field in spec && spec[field] !== plain) refuse(field, lacks);
  }
  for (const field of Object.keys(networkSchema.fields) as (keyof NetworkSpec)[]) {
    const isFree = FREE.has(field) || read.includes(field);
    if (!isFree && !networkSchema.isDefault(field, spec[field])) refuse(field, lacks);
  }
  if (!("hidden" in head)) refuse("head", lacks);
  return { model: model as unknown as WrittenModel, refuse };
}
