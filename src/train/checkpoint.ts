import { checkInstance, checkObject, checkOptions, checkText } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { parseSafetensors, type StoredTensor, writeSafetensors } from "../io/safetensors.ts";
import { digest } from "../io/sha256.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import { buildModel, modelMetadata, parseJson, readMetadata } from "../network/model-file.ts";
import { hasCellState } from "../network/spec.ts";
import type { StateDict } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Plateau } from "../optim/schedule.ts";
import { checkNames } from "../options.ts";
import type { RandomState } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Variant } from "../runtime/variant.ts";
import { type Field, type Infer, object, oneOf, positive, rule, whole } from "../schema.ts";
import { checkRecipe, type Recipe } from "./recipe.ts";
import { Trainer } from "./trainer.ts";

/** The progress of a training run, without its tensors. */
export interface Progress {
  /** Number of iterations done. */
  readonly iteration: number;
  /** Number of updates that the optimiser has made. */
  readonly optimizerSteps: number;
  /** State of the runtime's random number generator. */
  readonly random: RandomState;
  /** Smallest validation error so far; null before the first validation. */
  readonly best: number | null;
  /** Summary of the validations so far, for the schedule and early stopping; null before the first validation. */
  readonly plateau: Plateau | null;
  /** WebAssembly build that the run uses, `strict` or `relaxed`. The results of the two builds differ in their last bits. */
  readonly variant: Variant;
  /** SHA-256 of the data, in hexadecimal. */
  readonly dataHash: string;
}

/** The progress as stored in a file. In the file, the field `plateau` is called `seen`, and `dataHash` is called `text`. */
type StoredProgress = Omit<Progress, "plateau" | "dataHash"> & {
  readonly seen?: Plateau | null;
  readonly text: string;
};

/** A stopped training run of any task. */
export interface Checkpoint<M extends TaskModel> {
  /** The settings of the run. */
  readonly recipe: Recipe;
  /** How far the run has come. */
  readonly progress: Progress;
  /** The spec of the model. */
  readonly spec: M["spec"];
  /** How the training data were read; undefined if the file does not say it. */
  readonly reading: object | undefined;
  /**
   * Continues where the run stopped. If the recipe is not changed, the results are bit for bit those of a run that was never
   * stopped.
   *
   * @param hash hash of the data (`hashText`), as given to `train`
   * @param make makes a trainer for the restored model and recipe, with the same data
   * @throws ERR_DATA if the data are different
   */
  restore<T extends Trainer>(runtime: Runtime, hash: string, make: (model: M, recipe: Recipe) => T): T;
}

const MODEL = "model.";
const OPTIMIZER = "optimizer.";
const STATE = "state.";
const AVERAGE = "average.";

/**
 * Writes a training run as one safetensors file. It contains the parameters, the optimiser's moments, the moving average of the
 * weights, the recurrent state and the progress.
 *
 * @throws ERR_VALUE if a name in `run` is unknown
 */
export function serializeCheckpoint(
  trainer: Trainer,
  run: { best: number | null; dataHash: string },
): Uint8Array<ArrayBuffer> {
  checkOptions("serializeCheckpoint", run, "best dataHash");
  const { model, optimizer, state, recipe } = checkInstance("trainer", trainer, Trainer, "a trainer");
  const { steps, tensors } = optimizer.stateDict();
  const all: Record<string, StoredTensor> = {
    ...prefixed(MODEL, model.stateDict()),
    ...prefixed(OPTIMIZER, tensors),
    ...prefixed(AVERAGE, trainer.average ?? {}),
  };
  if (state) all[`${STATE}h`] = { shape: [...state.h.shape], data: state.h.toArray() };
  if (state?.c) all[`${STATE}c`] = { shape: [...state.c.shape], data: state.c.toArray() };
  const progress: StoredProgress = {
    iteration: trainer.iteration,
    optimizerSteps: steps,
    random: model.runtime.random.state,
    best: run.best,
    seen: trainer.plateau ?? null,
    variant: model.runtime.variant,
    text: run.dataHash,
  };
  return writeSafetensors(all, {
    ...modelMetadata(model),
    checkpoint: JSON.stringify({ recipe, progress }),
  });
}

/**
 * Reads a checkpoint.
 *
 * @param kinds allowed model classes
 * @throws ERR_FORMAT if the bytes are not a checkpoint of one of these classes
 */
export function openCheckpoint<M extends TaskModel>(
  bytes: Uint8Array,
  kinds: readonly ModelClass<M>[],
): Checkpoint<M> {
  const stored = parseSafetensors(bytes);
  const { metadata, tensors } = stored;
  if (!metadata.checkpoint) {
    throw new UnrolledError("ERR_FORMAT", "not a checkpoint: its metadata have none");
  }
  const { kind, ...file } = readMetadata(stored, kinds);
  const { recipe, progress } = readProgress(metadata.checkpoint);
  return {
    recipe,
    progress,
    spec: file.spec,
    reading: file.reading,
    restore(runtime, hash, make) {
      if (hash !== progress.dataHash) {
        throw new UnrolledError(
          "ERR_DATA",
          "the data are not those of this run; give the same file, or start a new run",
        );
      }
      const model = buildModel(runtime, kind, { ...file, tensors: withPrefix(MODEL, tensors) });
      let trainer: ReturnType<typeof make> | undefined;
      try {
        trainer = make(model, recipe);
        trainer.optimizer.loadStateDict({
          steps: progress.optimizerSteps,
          tensors: withPrefix(OPTIMIZER, tensors) as StateDict,
        });
        const { iteration, plateau } = progress;
        const average = restoreAverage(trainer, withPrefix(AVERAGE, tensors));
        const state = restoreState(trainer, progress, withPrefix(STATE, tensors));
        trainer.continueFrom({ iteration, state, average, plateau: plateau ?? undefined });
        runtime.random.state = progress.random;
        return trainer;
      } catch (error) {
        trainer?.dispose();
        model.dispose();
        throw error;
      }
    },
  };
}

/**
 * Restores the recurrent state from which the next iteration starts. Returns undefined before the first iteration, or if every
 * iteration starts from zero.
 */
function restoreState(
  { model, recipe, carriesState }: Trainer,
  { iteration }: Progress,
  stored: Record<string, StoredTensor>,
): RecurrentState | undefined {
  const { spec, runtime } = model;
  if (iteration === 0 || !carriesState) return undefined;
  const shape = [spec.layers, recipe.batch, spec.hidden];
  const read = (name: string) => floats(stored, STATE, name, shape);
  const h = read("h");
  const c = hasCellState(spec) && read("c");
  return { h: runtime.tensor(h, shape), ...(c && { c: runtime.tensor(c, shape) }) };
}

/** Restores the moving average of the weights. @throws ERR_FORMAT if the stored average does not fit the parameters */
function restoreAverage(
  { average, model }: Trainer,
  stored: Record<string, StoredTensor>,
): StateDict | undefined {
  if (!average) return undefined;
  for (const [name, { shape }] of Object.entries(model.parameters())) {
    floats(stored, AVERAGE, name, shape);
  }
  return stored as StateDict;
}

/**
 * Returns the numbers of a stored tensor.
 *
 * @param part prefix of the tensor's name, for errors
 * @throws ERR_FORMAT if the tensor is missing, or its type or shape differs
 */
function floats(
  stored: Record<string, StoredTensor>,
  part: string,
  name: string,
  shape: readonly number[],
): Float32Array {
  const tensor = stored[name];
  if (tensor?.data instanceof Float32Array && String(tensor.shape) === String(shape)) return tensor.data;
  const found = tensor ? `${tensor.data.constructor.name} [${tensor.shape}]` : "missing";
  throw new UnrolledError(
    "ERR_FORMAT",
    `the checkpoint is damaged: ${part}${name} is ${found}, expected Float32Array [${shape}]`,
  );
}

const finiteOrNull = () =>
  rule<number | null>("a number or null", (value) => value === null || Number.isFinite(value));

/** Makes the rule "an object with these fields". */
const objectOf = <F extends Readonly<Record<string, Field<unknown>>>>(fields: F) =>
  rule<Infer<() => F>>(`an object with ${Object.keys(fields).join(", ")}`, (value) => {
    const given = (Object.prototype.toString.call(value) === "[object Object]" ? value : {}) as object;
    const known = Object.keys(given).every((name) => Object.hasOwn(fields, name));
    const test = ([name, field]: [string, Field<unknown>]) =>
      Object.hasOwn(given, name) && field.test(given[name as keyof typeof given]);
    return known && Object.entries(fields).every(test);
  });

/** The fields of a checkpoint's progress. Files of older versions have no `seen`. */
const progressSchema = () => {
  const plateau = objectOf({ best: finiteOrNull(), waited: whole(), factor: positive() });
  return object({
    iteration: whole(),
    optimizerSteps: whole(),
    random: objectOf({ seed: whole(), position: whole() }),
    best: finiteOrNull(),
    seen: rule<Plateau | null>(
      `null or ${plateau.expected}`,
      (value) => value === null || plateau.test(value),
    ).default(null),
    variant: oneOf(["strict", "relaxed"]),
    text: rule<string>("a text", (value) => typeof value === "string"),
  } satisfies Record<keyof StoredProgress, unknown>);
};

function readProgress(json: string): { recipe: Recipe; progress: Progress } {
  try {
    const given = checkObject("checkpoint", parseJson(json) as Record<string, unknown>, "it is");
    checkNames("checkpoint", given, ["recipe", "progress"], "field");
    const { seen: plateau, text: dataHash, ...others } = progressSchema().check(given.progress, "progress");
    return { recipe: checkRecipe(given.recipe), progress: { ...others, plateau, dataHash } };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UnrolledError("ERR_FORMAT", `the checkpoint is damaged: ${message}`, { cause });
  }
}

/** Returns the SHA-256 of a text (in UTF-8) in hexadecimal. @throws ERR_STATE if the page was loaded over plain http */
export function hashText(text: string): Promise<string> {
  return digest(new TextEncoder().encode(checkText("hashText: text", text)));
}

function prefixed(prefix: string, tensors: Record<string, StoredTensor>): Record<string, StoredTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

function withPrefix(prefix: string, tensors: Record<string, StoredTensor>): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
