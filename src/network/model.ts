import type { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkSpec } from "./spec.ts";

/** Turns data into numbers or back, such as a vocabulary or a scaling. In a file, a table is plain JSON. */
export interface Table {
  toJSON(): unknown;
}

/** Rebuilds a table from what its `toJSON` returned. @throws UnrolledError for anything else */
export interface TableReader<T extends Table = Table> {
  fromJSON(json: unknown): T;
}

/** The loss of a batch. */
export interface BatchLoss {
  /** Mean loss over the targets that are counted. */
  readonly loss: Tensor;
  /** Outputs that the loss was calculated from: logits if the model predicts classes, numbers if it is a regression. */
  readonly outputs: Tensor;
  /** Number of targets that are counted, which excludes padding. */
  readonly counted: number;
  /** Number of sequences. In training, losses are summed over the targets of a sequence and averaged over the sequences. */
  readonly sequences: number;
  /** Number of steps that were read, one for each symbol or vector. */
  readonly symbols: number;
  /** States after the last step, if the next batch continues this one. */
  readonly state?: RecurrentState;
}

/**
 * The layout of a batch's fields. With it, a batch can be divided into sequences for several threads. Fields that are numbers are
 * copied. All other fields that are not listed are left out.
 */
export interface BatchLayout<Batch> {
  /**
   * Arrays [T, B, ...], or [B] if a sequence has one target. Each has the name of the field that holds its lengths [B]. If the
   * batch does not have that field, all its sequences have the same length.
   */
  readonly steps: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Arrays [B, ...]. */
  readonly sequences?: readonly (keyof Batch)[];
  /**
   * Distinct sequences that the steps refer to, such as the `Spellings` of words. Each has the name of the field that holds
   * their lengths.
   */
  readonly distinct?: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Numbers in a step of the first array. Only needed if there are no lengths. Default 1. */
  readonly width?: number;
}

/**
 * A model of any task, as files, checkpoints and trainers see it. Its class is a `ModelClass`, and `Batch` is the type of its
 * mini-batches.
 */
// biome-ignore lint/suspicious/noExplicitAny: a model of any task, whose trainer makes its batches
export interface TaskModel<Batch = any> extends Module {
  readonly spec: NetworkSpec & { readonly task: string };
  /** The tables, by their names in a file. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Layout of the batches, if their sequences are independent. Without it, a batch cannot be divided among threads. */
  readonly batchLayout?: BatchLayout<Batch>;
  /** Computes the loss of a batch. @param state the state after the previous batch, if `batch` continues it */
  loss(batch: Batch, state?: RecurrentState): BatchLoss;
}

/** Checks and stores specs. `Schema` is its implementation. */
export interface SpecSchema<Spec> {
  check(given: unknown, what: string): Spec;
  stored(spec: Spec): Partial<Spec>;
}

/** A class of models that files can hold. */
export interface ModelClass<M extends TaskModel = TaskModel> {
  readonly task: M["spec"]["task"];
  /** The task's name in files of earlier versions, if it was different. */
  readonly formerTask?: string;
  /** The fields of its specs. */
  schema(): SpecSchema<M["spec"]>;
  /** Returns a reader for each table of a model with this spec. */
  tables(spec: M["spec"]): Readonly<Record<string, TableReader>>;
  /** Makes a model. @param spec checked by `schema` @param tables one for each name that `tables` returns */
  build(runtime: Runtime, spec: M["spec"], tables: M["tables"]): M;
}

/** Returns a model's spec as its file stores it. Most fields that have their defaults are left out. */
export function storedSpec<M extends TaskModel>(model: M): Partial<M["spec"]> {
  const kind = model.constructor as unknown as ModelClass<M>;
  return kind.schema().stored(model.spec);
}
