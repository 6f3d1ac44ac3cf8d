import type { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkSpec } from "./spec.ts";

/** Turns data into numbers, or numbers into data: a vocabulary, a scaling. Plain JSON in a file. */
export interface Table {
  toJSON(): unknown;
}

/** Reads what a table's `toJSON` returned. @throws UnrolledError for anything else */
export interface TableReader<T extends Table = Table> {
  fromJSON(json: unknown): T;
}

/** The loss of a batch. */
export interface BatchLoss {
  /** Mean loss over the targets that count. */
  readonly loss: Tensor;
  /** Outputs that it was calculated from: logits, or numbers. */
  readonly outputs: Tensor;
  /** Targets that count. */
  readonly counted: number;
  /** Sequences in the batch. In training, losses are summed over the targets of a sequence and averaged over the sequences. */
  readonly sequences: number;
  /** Number of symbols, or steps, that were read. */
  readonly symbols: number;
  /** If the next batch continues this one: the states after the last step. */
  readonly state?: RecurrentState;
}

/**
 * The layout of a batch's fields, from which threads each take some of its sequences. Number fields are copied; other fields that
 * are not listed are left out.
 */
export interface BatchLayout<Batch> {
  /**
   * Arrays [T, B, ...] (or [B], if a sequence has one target), each with the name of the field that holds the lengths [B].
   * Without that field, all sequences of a batch have the same length.
   */
  readonly steps: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Arrays [B, ...]. */
  readonly sequences?: readonly (keyof Batch)[];
  /**
   * Distinct sequences that the steps refer to, such as the `Spellings` of words; each with the name of the field of their
   * lengths.
   */
  readonly distinct?: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Numbers in a step of the first array, needed if there are no lengths; default 1. */
  readonly width?: number;
}

/**
 * A model of any task, as files, checkpoints and trainers see it. Its class is a `ModelClass`, `Batch` the type of its
 * mini-batches.
 */
// biome-ignore lint/suspicious/noExplicitAny: a model of any task, whose trainer makes its batches
export interface TaskModel<Batch = any> extends Module {
  readonly spec: NetworkSpec & { readonly task: string };
  /** The tables, by their names in a file. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Layout of the batches, if their sequences are independent. Without it, a batch cannot be divided among threads. */
  readonly batchLayout?: BatchLayout<Batch>;
  /** Computes the loss of a batch. @param state the state after the previous batch, if this one continues it */
  loss(batch: Batch, state?: RecurrentState): BatchLoss;
}

/** Checks and stores specs, see `Schema`. */
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
  /** @param spec checked by `schema` @param tables as `tables` names them */
  build(runtime: Runtime, spec: M["spec"], tables: M["tables"]): M;
}

/** Returns a model's spec as stored in its file: most fields that have their defaults are left out. */
export function storedSpec<M extends TaskModel>(model: M): Partial<M["spec"]> {
  const kind = model.constructor as unknown as ModelClass<M>;
  return kind.schema().stored(model.spec);
}
