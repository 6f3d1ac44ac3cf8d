import { UnrolledError } from "../errors.ts";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "../io/safetensors.ts";
import { buildModel, modelMetadata, readMetadata, storable } from "../models/model-file.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Plateau } from "../optim/schedule.ts";
import type { Variant } from "../runtime/load.ts";
import type { RandomState } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkRecipe, type Recipe } from "./recipe.ts";
import { Trainer } from "./trainer.ts";

/** What a training run has to remember besides tensors. */
export interface Progress {
  readonly iteration: number;
  readonly optimizerSteps: number;
  readonly random: RandomState;
  /** Smallest validation loss so far in nats; null before the first. */
  readonly best: number | null;
  /** The validations so far, for the schedule and early stopping; null before the first. */
  readonly seen: Plateau | null;
  /** Build that the run uses: going on with the other would change the last bits. */
  readonly variant: Variant;
  /** SHA-256 of the text, in hexadecimal. */
  readonly text: string;
}

/** A training run that was stopped. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly progress: Progress;
  /**
   * Goes on where the run stopped, bit for bit unless the recipe is changed, such as to a lower rate after an ERR_NAN.
   *
   * @throws ERR_DATA where the text is another one
   */
  resume(runtime: Runtime, text: string, changes?: Partial<Recipe>): Promise<Trainer>;
}

const MODEL = "model.";
const OPTIMIZER = "optimizer.";
const STATE = "state.";

/** A training run as one safetensors file: parameters, moments, recurrent state and how far it is. */
export function serializeCheckpoint(
  trainer: Trainer,
  run: { best: number | null; text: string },
): Uint8Array<ArrayBuffer> {
  const { model, optimizer, state, recipe } = trainer;
  const { steps, tensors } = optimizer.stateDict();
  const all: Record<string, StoredTensor> = {
    ...prefixed(MODEL, storable(model.stateDict())),
    ...prefixed(OPTIMIZER, storable(tensors)),
  };
  if (state) all[`${STATE}h`] = { shape: [...state.h.shape], data: state.h.toArray() };
  if (state?.c) all[`${STATE}c`] = { shape: [...state.c.shape], data: state.c.toArray() };
  const progress: Progress = {
    iteration: trainer.iteration,
    optimizerSteps: steps,
    random: model.runtime.random.state,
    best: run.best,
    seen: trainer.seen ?? null,
    variant: model.runtime.variant,
    text: run.text,
  };
  return serializeSafetensors(all, {
    ...modelMetadata(model),
    checkpoint: JSON.stringify({ recipe, progress }),
  });
}

/** @throws ERR_FORMAT where the bytes are not a checkpoint */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  const { metadata, tensors } = parseSafetensors(bytes);
  if (!metadata.checkpoint) {
    throw new UnrolledError("ERR_FORMAT", "not the checkpoint of a training run: its metadata have none");
  }
  const { spec, vocabulary } = readMetadata(metadata);
  const { recipe, progress } = readProgress(metadata.checkpoint);
  return {
    recipe,
    progress,
    async resume(runtime, text, changes) {
      if ((await hashText(text)) !== progress.text) {
        throw new UnrolledError(
          "ERR_DATA",
          "the text is not the one that this run began with; give the same file, or start a new run",
        );
      }
      const model = buildModel(runtime, { spec, vocabulary, tensors: withPrefix(MODEL, tensors) });
      let trainer: Trainer | undefined;
      try {
        trainer = new Trainer(model, vocabulary.encode(text), { ...recipe, ...changes });
        trainer.optimizer.loadStateDict({
          steps: progress.optimizerSteps,
          tensors: withPrefix(OPTIMIZER, tensors),
        });
        const { iteration, seen } = progress;
        const state = restoreState(trainer, progress, withPrefix(STATE, tensors));
        trainer.continueFrom({ iteration, state, seen: seen ?? undefined });
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

/** The recurrent state that the next iteration begins with; none before the first, and for lines. */
function restoreState(
  { model, recipe }: Trainer,
  { iteration }: Progress,
  stored: Record<string, StoredTensor>,
): RecurrentState | undefined {
  const { spec, runtime } = model;
  if (iteration === 0 || spec.lines) return undefined;
  const shape = [spec.layers, recipe.batch, spec.hidden];
  const read = (name: string) => {
    const tensor = stored[name];
    if (tensor?.data instanceof Float32Array && String(tensor.shape) === String(shape)) {
      return tensor.data;
    }
    const found = tensor ? `${tensor.data.constructor.name} [${tensor.shape}]` : "missing";
    throw new UnrolledError(
      "ERR_FORMAT",
      `the checkpoint is damaged: ${STATE}${name} is ${found}, expected Float32Array [${shape}]`,
    );
  };
  const h = read("h");
  const c = spec.cell === "lstm" && read("c");
  return { h: runtime.tensor(h, shape), ...(c && { c: runtime.tensor(c, shape) }) };
}

function readProgress(json: string): { recipe: Recipe; progress: Progress } {
  try {
    const { recipe, progress } = JSON.parse(json) as { recipe: Recipe; progress: Progress };
    // Runs from before the validations were kept have none.
    const { iteration, optimizerSteps, random, best, seen = null, variant, text } = progress;
    const counts = [iteration, optimizerSteps, random.seed, random.position, seen?.waited ?? 0];
    const whole = counts.every((n) => Number.isSafeInteger(n) && n >= 0);
    const known = (variant === "strict" || variant === "relaxed") && typeof text === "string";
    const loss = (value: number | null) => value === null || Number.isFinite(value);
    const watched = seen === null || (loss(seen.best) && seen.factor > 0);
    if (!whole || !known || !loss(best) || !watched) throw new TypeError("a field has a wrong value");
    return { recipe: checkRecipe(recipe), progress: { ...progress, seen } };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UnrolledError("ERR_FORMAT", `the checkpoint is damaged: ${message}`, { cause });
  }
}

/** SHA-256 of a text's UTF-8, in hexadecimal. */
export async function hashText(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
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
