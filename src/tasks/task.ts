import type { Level } from "../data/labelled.ts";
import type { TokenRule } from "../data/words.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Evaluated } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Trainer } from "../train/trainer.ts";
import type { TextSource } from "./source.ts";

/** What a run reads. */
export interface Sources {
  readonly data: TextSource;
  /** To validate with; without it a part of `data` is held out. */
  readonly validation?: TextSource | undefined;
}

/** How labelled examples are read. */
export interface FormatOptions {
  /** Classifiers: lines are label <TAB> text instead of text <TAB> label. */
  readonly labelFirst?: boolean | undefined;
  /** Taggers: column of the tag, from 2 on; default 2. */
  readonly tagColumn?: number | undefined;
  /** Default by the name of the source: JSON lines where it ends in .jsonl or .ndjson. */
  readonly format?: "text" | "jsonl" | undefined;
}

/** How data are read, and what becomes of rare tokens. Most fields belong to some tasks only. */
export interface DataOptions extends FormatOptions {
  /** What a token is; without it, what fits the task and the data. */
  readonly level?: Level | undefined;
  /** Language models of words: how a text is cut; without it, found out. */
  readonly tokens?: TokenRule | undefined;
  /** Language models: most symbols of the vocabulary. */
  readonly vocabulary?: number | undefined;
  /** Tokens that occur less often are unknown. */
  readonly minCount?: number | undefined;
  /** Forecasters: columns to read; without it, all that hold numbers. */
  readonly column?: readonly string[] | undefined;
  /** Forecasters: columns to forecast; without it, all that are read. */
  readonly target?: readonly string[] | undefined;
  /** Hears what a person should know of the data, such as columns that are left out. */
  readonly note?: ((text: string) => void) | undefined;
}

/** Overrides fields of a default spec with what was asked for. */
export type CompleteSpec = <Spec extends object>(defaults: Spec) => Spec;

/** Data that were read. */
export interface TaskData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** SHA-256 of all that was read, for the checkpoint. */
  readonly hash: string;
  /**
   * Prepares a new run.
   *
   * @param complete is given the default spec that fits the data
   * @param seed decides what is held out
   * @throws ERR_DATA if there are too few, ERR_VALUE for a spec that is invalid
   */
  prepare(complete: CompleteSpec, seed: number): Promise<RunData<M, E>>;
  /** Prepares a run that is resumed, whose model exists. @throws ERR_DATA */
  resume(spec: M["spec"], seed: number): Promise<Pick<RunData<M, E>, "trainer">>;
}

/** What `predict` of some tasks takes: an empty object. */
export type NoOptions = Readonly<Record<string, never>>;

/** What a run learns. */
export interface RunData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** Makes a new model for it. @throws ERR_VALUE */
  model(runtime: Runtime): M;
  /** @throws ERR_DATA if there is too little of it */
  trainer(model: M, recipe: Recipe): Trainer<M, E>;
}

/** Names of the options that a task takes: options of other tasks are refused, and are no part of its types. */
export interface OptionNames {
  /** How its data are written; for `read`, `evaluate` and `inputs`. */
  readonly format: readonly (keyof FormatOptions)[];
  /** Further options of `read`, which takes `note` too. */
  readonly data: readonly Exclude<keyof DataOptions, keyof FormatOptions | "note">[];
  /** Further options of `evaluate`. */
  readonly evaluate: readonly Exclude<keyof EvaluateTaskOptions, keyof FormatOptions>[];
}

/** How data become a model and its trainer: what a command line, a worker or a page needs to know of a task. */
export interface Task<
  M extends TaskModel = TaskModel,
  E extends Evaluated = Evaluated,
  Names extends OptionNames = OptionNames,
> {
  /** The class of its models. */
  readonly Model: ModelClass<M>;
  readonly options: Names;
  /** Returns the length of a run if none is asked for, the longer of the two; early stopping may end it before. */
  defaultLength(level?: Level): { readonly iterations?: number; readonly epochs?: number };
  defaultRecipe(level?: Level): Recipe;
  /**
   * Reads the data of a run.
   *
   * @param spec of a run that is resumed
   * @throws ERR_FILE, ERR_DATA
   */
  read(sources: Sources, options: DataOptions, spec?: M["spec"]): Promise<TaskData<M, E>>;
  /** Measures how good a model is on data like those it was trained on. @throws ERR_FILE, ERR_DATA */
  evaluate(model: M, data: TextSource, options?: EvaluateTaskOptions): Promise<E>;
  /**
   * Reads what `predict` takes from data like those the model was trained on, with or without what it is to predict; of tasks that
   * predict. @throws ERR_FILE, ERR_DATA
   */
  inputs?(model: M, data: TextSource, options?: FormatOptions): Promise<readonly unknown[]>;
  /** What a model says of inputs, as its own method does in the thread; of tasks that predict. @throws ERR_DATA, ERR_VALUE */
  predict?(model: M, inputs: readonly unknown[], options?: object): readonly unknown[];
  /** What a model writes, symbol by symbol; of tasks that write. @throws ERR_DATA, ERR_VALUE */
  write?(model: M, options?: object): Iterable<string>;
}

/** Most fields belong to some tasks only. */
export interface EvaluateTaskOptions extends FormatOptions {
  /** Language models: streams that the text is read as, each from a zero state. */
  readonly streams?: number | undefined;
  /** Encoder-decoders and autoencoders: hypotheses of the beam search. */
  readonly beam?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly lengthPenalty?: number | undefined;
  /** Forecasters: first row to compare, from 0 on, and steps ahead. */
  readonly from?: number | undefined;
  readonly steps?: number | undefined;
}
