import type { Module } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkSpec } from "./spec.ts";

/** What turns data into numbers, or numbers into data: a vocabulary, a scaling. Plain JSON in a file. */
export interface Table {
  toJSON(): unknown;
}

/** Reads what a table's `toJSON` gave. @throws UnrolledError for anything else */
export interface TableReader<T extends Table = Table> {
  fromJSON(json: unknown): T;
}

/** What a batch comes to. */
export interface BatchLoss {
  /** Mean loss of the targets that count. */
  readonly loss: Tensor;
  /** What it was calculated from: logits, or numbers. */
  readonly outputs: Tensor;
  /** Targets that count. */
  readonly counted: number;
  /** Sequences side by side. In training, losses are summed over the targets of a sequence and averaged over the sequences. */
  readonly sequences: number;
  /** Symbols, or steps, that were read. */
  readonly symbols: number;
  /** Where the next batch goes on from this one: the states after its last step. */
  readonly state?: RecurrentState;
}

/** How the fields of a batch lie, so that threads can each take some of its sequences. Numbers go along, and all else is left out. */
export interface BatchLayout<Batch> {
  /**
   * Arrays [T, B, ...] (or [B], if a sequence has one target), each with the field of the lengths [B] by which it is cut. A batch
   * without that field has sequences of equal length.
   */
  readonly steps: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Arrays [B, ...]. */
  readonly sequences?: readonly (keyof Batch)[];
  /** Distinct sequences that the steps refer to, as `Spellings` of words; each with the field of the lengths. */
  readonly distinct?: { readonly [Field in keyof Batch]?: keyof Batch };
  /** Numbers in a step of the first array; needed without lengths, default 1. */
  readonly width?: number;
}

/**
 * What files, checkpoints and trainers need of a model, whatever its task; its class is a `ModelClass`. `Batch` is what it learns
 * from at once.
 */
// biome-ignore lint/suspicious/noExplicitAny: a model of any task, whose batches its own trainer makes
export interface TaskModel<Batch = any> extends Module {
  readonly spec: NetworkSpec & { readonly task: string };
  /** By the names that they have in a file. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Of batches whose sequences train apart from each other; without it, a batch cannot be divided among threads. */
  readonly batchLayout?: BatchLayout<Batch>;
  /** @param state of the batch before, where this one goes on from it */
  loss(batch: Batch, state?: RecurrentState): BatchLoss;
}

/** What checks and stores specs, see `Schema`. */
export interface SpecSchema<Spec> {
  check(given: unknown, what: string): Spec;
  stored(spec: Spec): Partial<Spec>;
}

/** A class of models that files can hold. */
export interface ModelClass<M extends TaskModel = TaskModel> {
  readonly task: M["spec"]["task"];
  /** What the task was called in files of earlier versions, if that was another name. */
  readonly formerTask?: string;
  /** The fields of its specs. */
  schema(): SpecSchema<M["spec"]>;
  /** What reads each table of a model with this spec. */
  tables(spec: M["spec"]): Readonly<Record<string, TableReader>>;
  /** @param spec as `schema` checked it @param tables those that `tables` names */
  build(runtime: Runtime, spec: M["spec"], tables: M["tables"]): M;
}

/** Returns a model's spec as its file has it: without most fields that have their defaults. */
export function storedSpec<M extends TaskModel>(model: M): Partial<M["spec"]> {
  const kind = model.constructor as unknown as ModelClass<M>;
  return kind.schema().stored(model.spec);
}
