import type { Level } from "../data/labelled.ts";
import type { TokenRule } from "../data/words.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Evaluated } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Trainer } from "../train/trainer.ts";
import type { TextSource } from "./source.ts";

/** The data that a run reads. */
export interface Sources {
  readonly data: TextSource;
  /** Validation data. If they are missing, a part of `data` is held out. */
  readonly validation?: TextSource | undefined;
}

/** How labelled examples are read. */
export interface FormatOptions {
  /** Classifiers: lines are label <TAB> text instead of text <TAB> label. */
  readonly labelFirst?: boolean | undefined;
  /** Taggers: column of the tag, at least 2; default 2. */
  readonly tagColumn?: number | undefined;
  /** Default: JSON lines if the name of the source ends in .jsonl or .ndjson. */
  readonly format?: "text" | "jsonl" | undefined;
}

/** How data are read, and which tokens are rare. Most fields apply to some tasks only. */
export interface DataOptions extends FormatOptions {
  /** The kind of token; default: the one that fits the task and the data. */
  readonly level?: Level | undefined;
  /** Language models of words: how a text is split into tokens; default: detected from the text. */
  readonly tokens?: TokenRule | undefined;
  /** Language models: maximum vocabulary size. */
  readonly vocabulary?: number | undefined;
  /** Tokens that occur less often are unknown. */
  readonly minCount?: number | undefined;
  /** Forecasters: columns to read; default: all that hold numbers. */
  readonly column?: readonly string[] | undefined;
  /** Forecasters: columns to forecast; default: all that are read. */
  readonly target?: readonly string[] | undefined;
  /** Receives notes for people about the data, such as which columns are left out. */
  readonly note?: ((text: string) => void) | undefined;
}

/** Overrides fields of a default spec with the fields that the user set. */
export type CompleteSpec = <Spec extends object>(defaults: Spec) => Spec;

/** The data of a run, after reading them. */
export interface TaskData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** SHA-256 of all that was read, for the checkpoint. */
  readonly hash: string;
  /**
   * Prepares a new run.
   *
   * @param complete receives the default spec that fits the data
   * @param seed decides what is held out
   * @throws ERR_DATA if there are too few data, ERR_VALUE if the spec is invalid
   */
  prepare(complete: CompleteSpec, seed: number): Promise<RunData<M, E>>;
  /** Prepares a resumed run, whose model exists already. @throws ERR_DATA */
  resume(spec: M["spec"], seed: number): Promise<Pick<RunData<M, E>, "trainer">>;
}

/** An empty object: `predict` of some tasks takes no options. */
export type NoOptions = Readonly<Record<string, never>>;

/** The data of a run, prepared for a spec. */
export interface RunData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** Makes a new model for the data. @throws ERR_VALUE */
  model(runtime: Runtime): M;
  /** Makes a trainer for the data. @throws ERR_DATA if there are too few */
  trainer(model: M, recipe: Recipe): Trainer<M, E>;
}

/** Names of the options that a task takes. Options of other tasks are refused, and its types do not contain them. */
export interface OptionNames {
  /** Options that describe the format of the data; `read`, `evaluate` and `inputs` take them. */
  readonly format: readonly (keyof FormatOptions)[];
  /** Further options of `read`, which takes `note` too. */
  readonly data: readonly Exclude<keyof DataOptions, keyof FormatOptions | "note">[];
  /** Further options of `evaluate`. */
  readonly evaluate: readonly Exclude<keyof EvaluateTaskOptions, keyof FormatOptions>[];
}

/** Turns data into a model and its trainer. A command line, a worker or a page needs to know nothing else about a task. */
export interface Task<
  M extends TaskModel = TaskModel,
  E extends Evaluated = Evaluated,
  Names extends OptionNames = OptionNames,
> {
  /** The class of its models. */
  readonly Model: ModelClass<M>;
  readonly options: Names;
  /**
   * Returns the default length of a run. If it has both iterations and epochs, the longer of the two counts. Early stopping may
   * end the run sooner.
   */
  defaultLength(level?: Level): { readonly iterations?: number; readonly epochs?: number };
  defaultRecipe(level?: Level): Recipe;
  /**
   * Reads the data of a run.
   *
   * @param spec of a resumed run
   * @throws ERR_FILE, ERR_DATA
   */
  read(sources: Sources, options: DataOptions, spec?: M["spec"]): Promise<TaskData<M, E>>;
  /** Measures how good a model is on data like those it was trained on. @throws ERR_FILE, ERR_DATA */
  evaluate(model: M, data: TextSource, options?: EvaluateTaskOptions): Promise<E>;
  /**
   * Reads the inputs of `predict` from data like the training data. Labels or targets may be missing. Only for tasks that
   * predict.
   *
   * @throws ERR_FILE, ERR_DATA
   */
  inputs?(model: M, data: TextSource, options?: FormatOptions): Promise<readonly unknown[]>;
  /** Makes predictions for inputs, as the model's own method does. Only for tasks that predict. @throws ERR_DATA, ERR_VALUE */
  predict?(model: M, inputs: readonly unknown[], options?: object): readonly unknown[];
  /** Writes text symbol by symbol. Only for tasks that write. @throws ERR_DATA, ERR_VALUE */
  write?(model: M, options?: object): Iterable<string>;
}

/** Options of an evaluation. Most fields apply to some tasks only. */
export interface EvaluateTaskOptions extends FormatOptions {
  /** Language models: number of parallel streams that the text is split into. Each stream is read from a zero state. */
  readonly streams?: number | undefined;
  /** Encoder-decoders and autoencoders: beam width. */
  readonly beam?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly lengthPenalty?: number | undefined;
  /** Forecasters: first row to compare, counted from 0. */
  readonly from?: number | undefined;
  /** Forecasters: number of steps ahead that are forecast. */
  readonly steps?: number | undefined;
}
