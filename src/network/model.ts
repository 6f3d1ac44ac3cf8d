import type { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
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
   * Number of sequences. Training multiplies the gradient of `loss` by `counted / sequences`. So it minimises the sum of a
   * sequence's losses, averaged over the sequences.
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
   * Fields with arrays [T, B, ...], or [B] if a sequence has one target. Each is mapped to the name of the field that has the
   * lengths [B] of its sequences. If the batch has no field of that name, all sequences have the same length.
   */
  readonly steps: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Names of fields with arrays [B, ...]. */
  readonly sequences?: readonly (keyof Batch)[];
  /**
   * Fields with `Spellings`, which hold each distinct word of the batch once. Each is mapped to the name of the field that has
   * the lengths [B] of the sequences.
   */
  readonly distinct?: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Number of values per step in the array of the first field in `steps`. Needed only for batches without lengths. Default 1. */
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
  /** Returns the fields of a spec that a file stores. Fields with default values are left out, unless every file stores them. */
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
  /** Returns a reader for each table of a model with this spec. */
  tables(spec: M["spec"]): Readonly<Record<string, TableReader>>;
  /** Makes a model. @param spec checked by `schema` @param tables one for each name that `tables` returns */
  build(runtime: Runtime, spec: M["spec"], tables: M["tables"]): M;
}

/** Returns the fields of a model's spec that a file stores, as `SpecSchema.stored` does. */
export function storedSpec<M extends TaskModel>(model: M): Partial<M["spec"]> {
  const kind = model.constructor as unknown as ModelClass<M>;
  return kind.schema().stored(model.spec);
}
