import { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import { parseSafetensors, serializeSafetensors } from "../io/safetensors.ts";
import type { StateDict } from "../nn/module.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { LanguageModel, parameterCount } from "./language-model.ts";
import { checkSpec, type LanguageModelSpec, storedSpec } from "./spec.ts";

const FORMAT = "unrolled";

/** What a model file holds. */
export interface ModelFile {
  readonly spec: LanguageModelSpec;
  readonly vocabulary: Vocabulary;
  readonly tensors: StateDict;
}

/** A model as one safetensors file: its parameters, with spec and vocabulary as JSON in the metadata. */
export function serializeModel(model: LanguageModel): Uint8Array<ArrayBuffer> {
  return serializeSafetensors(storable(model.stateDict()), modelMetadata(model));
}

/** The metadata of a model file. */
export function modelMetadata(model: LanguageModel): Record<string, string> {
  return {
    format: FORMAT,
    spec: JSON.stringify(storedSpec(model.spec)),
    vocabulary: JSON.stringify(model.vocabulary),
  };
}

/** @throws ERR_FORMAT where the bytes are not a model file */
export function parseModel(bytes: Uint8Array): ModelFile {
  const { metadata, tensors } = parseSafetensors(bytes);
  if (metadata.checkpoint) {
    throw new UnrolledError(
      "ERR_FORMAT",
      "this is the checkpoint of a training run, not a model; go on with it by train --resume",
    );
  }
  return { ...readMetadata(metadata), tensors };
}

/** @throws ERR_FORMAT where the metadata are not those of a model */
export function readMetadata(metadata: Readonly<Record<string, string>>): Omit<ModelFile, "tensors"> {
  if (metadata.format !== FORMAT || !metadata.spec || !metadata.vocabulary) {
    throw new UnrolledError(
      "ERR_FORMAT",
      "a safetensors file, but not one that unrolled wrote: its metadata have no spec and vocabulary",
    );
  }
  try {
    return {
      spec: checkSpec(JSON.parse(metadata.spec)),
      vocabulary: Vocabulary.fromJSON(JSON.parse(metadata.vocabulary)),
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UnrolledError("ERR_FORMAT", `the metadata of the model are damaged: ${message}`, { cause });
  }
}

/** Rebuilds a model from its file. @throws ERR_FORMAT, ERR_SHAPE where tensors and spec do not fit */
export function loadModel(runtime: Runtime, bytes: Uint8Array): LanguageModel {
  return buildModel(runtime, parseModel(bytes));
}

/** Makes a model with given parameters. @throws ERR_FORMAT, ERR_SHAPE where tensors and spec do not fit */
export function buildModel(runtime: Runtime, { spec, vocabulary, tensors }: ModelFile): LanguageModel {
  // Before anything is allocated: a spec that names huge sizes must have the tensors to match.
  const expected = parameterCount(spec, vocabulary.size);
  const found = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
  if (found < expected) {
    throw new UnrolledError(
      "ERR_FORMAT",
      `the tensors hold ${found} numbers, but the spec and a vocabulary of ${vocabulary.size} need ${expected}`,
    );
  }
  const model = new LanguageModel(runtime, spec, vocabulary);
  try {
    model.loadStateDict(tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** Shapes as arrays of their own, as the writer takes them. */
export function storable(
  state: StateDict,
): Record<string, { shape: number[]; data: Float32Array | Int32Array }> {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => [name, { shape: [...shape], data }]),
  );
}
