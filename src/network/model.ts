import { checkObject, checkThat } from "../checks.ts";
import type { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Dtype } from "../nn/stream/packed.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkSpec } from "./spec.ts";

/** A table that turns data into numbers or back, such as a vocabulary or a scaling. In a file, it is plain JSON. */
export interface Table {
  /** Returns the table as plain JSON. */
  toJSON(): unknown;
}

/** Rebuilds tables of one kind from JSON. */
export interface TableReader<T extends Table = Table> {
  /**
   * Rebuilds a table.
   *
   * @param json the result of `toJSON`
   * @throws ERR_FORMAT or ERR_VALUE if `json` is anything else
   */
  fromJSON(json: unknown): T;
}

/** The loss of a batch. */
export interface BatchLoss {
  /** Mean loss over all targets except padding. */
  readonly loss: Tensor;
  /** The model's outputs for the batch: logits if the model predicts classes, numbers if it is a regression. */
  readonly outputs: Tensor;
  /** Number of targets except padding. */
  readonly counted: number;
  /**
   * Number of sequences. Training multiplies the gradient of `loss` by `counted / sequences`, and `loss` is a mean over
   * `counted` targets. The product is the gradient of (sum of the losses of all targets) / `sequences`.
   */
  readonly sequences: number;
  /** Number of steps that were read, one for each symbol or vector. */
  readonly symbols: number;
  /** States after the last step, if the next batch continues this batch. */
  readonly state?: RecurrentState;
}

/**
 * The layout of a batch's fields. It tells how to divide the sequences of a batch among several threads. Arrays are divided if
 * the layout names their fields. Numbers are copied to every thread. All other fields are left out.
 */
export interface BatchLayout<Batch> {
  /**
   * Fields with arrays [T, B, ...], or [B] if a sequence has one target. A key is the name of such a field. The value of the key
   * is the name of the field with the lengths [B] of the sequences. In a batch without lengths, all sequences have T steps. A
   * batch may lack a field, but not the first one.
   */
  readonly steps: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Names of fields with arrays [B, ...]. A batch may lack them. */
  readonly sequences?: readonly (keyof Batch)[];
  /**
   * Fields of type `Spellings`, which hold the characters of the batch's distinct words. A key is the name of such a field. The
   * value of the key is the name of the field with the lengths [B] of the sequences.
   */
  readonly distinct?: { readonly [Field in keyof Batch]?: keyof Batch };
  /**
   * Features of each step: the first field of `steps` has the shape [T, B, width]. Default 1. A batch without lengths gets its
   * number of sequences B from the size of this array: B = size / (T * width).
   */
  readonly width?: number;
}

/**
 * A model of any task, as files, checkpoints and trainers see it. Its class is a `ModelClass`, and `Batch` is the type of its
 * mini-batches.
 */
// biome-ignore lint/suspicious/noExplicitAny: a model of any task, whose trainer makes its batches
export interface TaskModel<Batch = any> extends Module {
  /** The spec, complete and checked. Its field `task` names the task. */
  readonly spec: NetworkSpec & { readonly task: string };
  /** The tables, by their names in a file. */
  readonly tables: Readonly<Record<string, Table>>;
  /**
   * Type of the weights in the model's file, and of the streams that `pack` makes: `int8` if it was read from a file of int8. Default
   * `f32`. The parameters are float32 in both cases.
   */
  dtype?: Dtype;
  /** How the training data were read, as plain JSON. A file keeps it. undefined in files of earlier versions. */
  reading?: object;
  /** Layout of the batches, if their sequences are independent. Without it, a batch cannot be divided among threads. */
  readonly batchLayout?: BatchLayout<Batch>;
  /** Computes the loss of a batch. @param state state after the previous batch, if `batch` continues the previous batch */
  loss(batch: Batch, state?: RecurrentState): BatchLoss;
}

/** A schema that checks specs and converts them for files. The class `Schema` implements it. */
export interface SpecSchema<Spec> {
  /**
   * Checks an untrusted value and fills in defaults.
   *
   * @param what prefix of error messages
   * @throws ERR_VALUE with the field, its value and what is expected
   */
  check(given: unknown, what: string): Spec;
  /** Returns the fields that a file stores: those that every file stores, and those that differ from their defaults. */
  stored(spec: Spec): Partial<Spec>;
}

/** A class of models that files can hold. */
export interface ModelClass<M extends TaskModel = TaskModel> {
  /** The task's name in specs and files. */
  readonly task: M["spec"]["task"];
  /** The task's name in files of earlier versions, if it was different. */
  readonly formerTask?: string;
  /** Returns the schema of this class's specs. */
  schema(): SpecSchema<M["spec"]>;
  /** Returns the readers that rebuild a model's tables from a file. Each reader has the name of its table. */
  tables(spec: M["spec"]): Readonly<Record<string, TableReader>>;
  /** Makes a model. @param spec a spec that the schema has checked @param tables the model's tables by name */
  build(runtime: Runtime, spec: M["spec"], tables: M["tables"]): M;
}

/**
 * Returns the fields of a model's spec that a file stores, as `SpecSchema.stored` does.
 *
 * @throws ERR_VALUE if `model` is not a model
 */
export function storedSpec<M extends TaskModel>(model: M): Partial<M["spec"]> {
  // Not by its class: a program may have two copies of the library.
  const kind = checkObject("model", model).constructor as unknown as Partial<ModelClass<M>> | undefined;
  checkThat("model", model, typeof kind?.schema === "function", "a model");
  return kind!.schema!().stored(model.spec);
}
