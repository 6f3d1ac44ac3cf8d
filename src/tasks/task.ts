import type { Column } from "../data/form.ts";
import type { Level } from "../data/labelled.ts";
import type { TokenRule } from "../data/words.ts";
import type { Fill } from "../models/forecaster/gaps.ts";
import type { DecimalMark } from "../models/forecaster/numbers.ts";
import type { TaggerRule } from "../models/labels/spec.ts";
import type { WritingModel } from "../models/transcriber/language-scorer.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { DataFormat } from "../tables/format.ts";
import type { Evaluated } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Trainer } from "../train/trainer.ts";
import type { TextSource } from "./source.ts";

/** The data that a run reads. */
export interface Sources {
  /** The data to train on. */
  readonly data: TextSource;
  /** Validation data. If there are none, a part of `data` is held out for validation. */
  readonly validation?: TextSource | undefined;
  /**
   * Vectors of words, as `readWordVectors` reads them, that start the embedding of a new model. Their size is the default of
   * `spec.embedding`. A resumed run does not read them again.
   */
  readonly vectors?: TextSource | undefined;
}

/** How a file is read. Most fields apply to some tasks only. */
export interface FormatOptions {
  /**
   * The format of the file. Default: what the end of the file's name says (.jsonl, .ndjson, .json, .csv, .conllu), else the format of
   * the training data, else `text`. Taggers find CoNLL-U by its ten columns.
   */
  readonly format?: DataFormat | undefined;
  /**
   * Whether the first row is a header. Default: a first row is a header if its cells may be names of columns, such as "text" and
   * "label", and its label occurs in no other row.
   */
  readonly header?: boolean | undefined;
  /** Classifiers: true if a line is label <TAB> text, false if a line is text <TAB> label. Default false. */
  readonly labelFirst?: boolean | undefined;
  /**
   * The column of the text (transcribers: of the vectors), by its name or its number from 1. In JSON: the field. Default: found by its
   * name in the header.
   */
  readonly textColumn?: Column | undefined;
  /** The column of the label, target, condition or transcript, by its name or its number from 1. In JSON: the field. Default: as above. */
  readonly labelColumn?: Column | undefined;
  /** Taggers: the column of the token. Default: by its name in the header, else 1; 2 if column 1 counts the tokens. */
  readonly tokenColumn?: Column | undefined;
  /** Taggers: the column of the tag. Default: by its name in the header, else 2; 4 in CoNLL-U. */
  readonly tagColumn?: Column | undefined;
  /** Forecasters: the decimal mark of the numbers. The other mark separates thousands. Default: found out from each column. */
  readonly decimal?: DecimalMark | undefined;
  /** Forecasters: how gaps are filled. Default: a gap is an error. */
  readonly fill?: Fill | undefined;
  /**
   * Forecasters: numbers that stand for missing ones, such as -200 or 9999, in every column. `[]`: there are none. Default: found out
   * from each column, and noted.
   */
  readonly missing?: readonly number[] | undefined;
  /**
   * All tasks except forecasters and transcribers: number of tokens to which longer sequences are shortened. Default: they are read
   * whole.
   */
  readonly cut?: number | undefined;
  /** Receives messages about the data for the user, such as which columns are left out. Every task takes it. */
  readonly note?: ((text: string) => void) | undefined;
}

/**
 * How the training data of a model were read. Its file keeps it, and `evaluate` and `inputs` read their data in the same way unless
 * their options say otherwise.
 */
export type Reading = Omit<FormatOptions, "note" | "cut">;

/** How data are read, and which tokens become unknown. Most fields apply to some tasks only. */
export interface DataOptions extends FormatOptions {
  /** The kind of token. The default is chosen from the task and the data. */
  readonly level?: Level | undefined;
  /**
   * Models of words: how a text is split into tokens. Classifiers, embedders and generators split it into `words` by default.
   * For language models, encoder-decoders and autoencoders, the default is detected from the texts. Taggers: how `predict` splits
   * a text. The default is detected from the training tokens.
   */
  readonly tokens?: TokenRule | TaggerRule | undefined;
  /** Language models: maximum vocabulary size. */
  readonly vocabulary?: number | undefined;
  /** Minimum count of a token. Tokens that occur less often are treated as unknown. */
  readonly minCount?: number | undefined;
  /**
   * Taggers and classifiers: whether a target is a set of labels, also of none, see `labelSet`. It is the default of `spec.multiLabel`.
   * Default false.
   */
  readonly multiLabel?: boolean | undefined;
  /** Forecasters: columns to read; default: all columns that contain numbers. */
  readonly column?: readonly string[] | undefined;
  /** Forecasters: columns to forecast; default: all columns that are read. */
  readonly target?: readonly string[] | undefined;
}

/** Takes a default spec, replaces the fields for which the user chose a value, and returns the resulting spec. */
export type CompleteSpec = <Spec extends object>(defaults: Spec) => Spec;

/** The data of a run after they were read. */
export interface TaskData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** The hash of everything that was read. The checkpoint stores it. */
  readonly hash: string;
  /** How the data were read. The model keeps it. */
  readonly reading: Reading;
  /**
   * Prepares a new run.
   *
   * @param complete receives the default spec that fits the data, and returns the spec to use
   * @param seed chooses the examples that are held out for validation
   * @throws ERR_DATA if there are too few data; ERR_VALUE if the spec is invalid
   */
  prepare(complete: CompleteSpec, seed: number): Promise<RunData<M, E>>;
  /** Prepares a resumed run. Its model already exists. @throws ERR_DATA if the data do not fit the spec, or are too few */
  resume(spec: M["spec"], seed: number): Promise<Pick<RunData<M, E>, "trainer">>;
}

/** The options of a `predict` that takes no options: an empty object. */
export type NoOptions = Readonly<Record<string, never>>;

/** The data of a run, prepared for a spec. */
export interface RunData<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** Makes a new model for the data. @throws ERR_VALUE if the spec or an option is invalid */
  model(runtime: Runtime): M;
  /** Makes a trainer for the data. @throws ERR_DATA if there are too few data */
  trainer(model: M, recipe: Recipe): Trainer<M, E>;
}

/** Names of the options that a task takes. The task refuses all other options, and its types do not contain them. */
export interface OptionNames {
  /** Options that describe the format of the data. `read`, `evaluate` and `inputs` take these options, and `note`. */
  readonly format: readonly Exclude<keyof FormatOptions, "note">[];
  /** Options that `read` takes besides those in the field `format`. */
  readonly data: readonly Exclude<keyof DataOptions, keyof FormatOptions>[];
  /** Options that `evaluate` takes besides those in the field `format`. */
  readonly evaluate: readonly Exclude<keyof EvaluateTaskOptions, keyof FormatOptions>[];
}

/** Turns data into a model and its trainer. The command line, a worker or a page can use any task through this interface. */
export interface Task<
  M extends TaskModel = TaskModel,
  E extends Evaluated = Evaluated,
  Names extends OptionNames = OptionNames,
> {
  /** The class of the models that the task makes. */
  readonly Model: ModelClass<M>;
  /** A class that `Model` extends, if its models are taken too. */
  readonly Base?: ModelClass<M>;
  /** Names of the options that the task takes. */
  readonly options: Names;
  /**
   * Returns the default length of a run. If the result has both `iterations` and `epochs`, the run has the longer of the two
   * lengths. Early stopping may end the run sooner.
   */
  defaultLength(level?: Level): { readonly iterations?: number; readonly epochs?: number };
  /** Returns the default recipe. @param level kind of token, for language models only; default `char` */
  defaultRecipe(level?: Level): Recipe;
  /**
   * Reads the data of a run.
   *
   * @param resumed what the checkpoint has of the run, if it is resumed
   * @throws ERR_FILE if the data cannot be read; ERR_DATA if the data are invalid
   */
  read(sources: Sources, options: DataOptions, resumed?: ResumedRun<M>): Promise<TaskData<M, E>>;
  /**
   * Measures how well a model does on data in the format of the training data.
   *
   * @throws ERR_FILE if the data cannot be read; ERR_DATA if the data are invalid
   */
  evaluate(model: M, data: TextSource, options?: EvaluateTaskOptions): Promise<E>;
  /**
   * Reads the inputs of `predict` from data in the format of the training data. Labels or targets may be missing. A blank line has
   * an empty input, so that there are as many inputs as lines. Only tasks that predict have this method.
   *
   * @throws ERR_FILE if the data cannot be read; ERR_DATA if the data are invalid
   */
  inputs?(model: M, data: TextSource, options?: FormatOptions): Promise<readonly unknown[]>;
  /** Reads the inputs as `inputs` does, with the rows of the file that they are from. */
  inputFile?(model: M, data: TextSource, options?: FormatOptions): Promise<InputFile>;
  /** The answer to the input of a blank line, which is empty. Tasks that predict for each line have it. */
  readonly blank?: unknown;
  /**
   * Makes predictions for inputs. Only tasks that predict have this method.
   *
   * @throws ERR_DATA if an input is invalid; ERR_VALUE if an option is invalid
   */
  predict?(model: M, inputs: readonly unknown[], options?: object): readonly unknown[];
  /**
   * Writes text symbol by symbol. Only tasks that write text have this method.
   *
   * @throws ERR_DATA if the prompt or the condition is invalid; ERR_VALUE if an option is invalid
   */
  write?(model: M, options?: object): Iterable<string>;
  /** Opens a session that suggests words, with a copy of the weights. Only tasks of models that suggest words have this method. */
  suggester?(model: M): WordSuggester;
}

/** A session that suggests words for the end of a text. It keeps what it has read of the text from call to call. */
export interface WordSuggester {
  /**
   * Suggests words, the most probable first.
   *
   * @throws ERR_DATA if the text is invalid; ERR_VALUE if an option is invalid
   */
  suggest(text: string, options?: object): readonly unknown[];
  /** Frees the memory. */
  dispose(): void;
}

/** What a checkpoint has of a run besides its weights. */
export interface ResumedRun<M extends TaskModel = TaskModel> {
  /** The spec of the model. */
  readonly spec: M["spec"];
  /** How the data were read. */
  readonly reading: Reading | undefined;
}

/** The inputs of a file. */
export interface InputFile<I = unknown> {
  /** The inputs of `predict`. */
  readonly inputs: readonly I[];
  /**
   * The cells of each input's rows: one row, or for a tagger the row of each token, and the blank row after a sentence. Cells are
   * texts; those of JSON are its values. A cell that a row does not have is undefined.
   */
  readonly rows: readonly (readonly (readonly unknown[])[])[];
  /** Names of the columns, each another one; undefined if the file has none. */
  readonly names: readonly string[] | undefined;
  /** Whether each token of an input has a row of its own; default: none has. */
  readonly perToken?: readonly boolean[];
}

/** Options of an evaluation. Most fields apply to some tasks only. */
export interface EvaluateTaskOptions extends FormatOptions {
  /** Language models: number of streams that the text is split into, to be read in parallel. Each starts from a zero state. */
  readonly streams?: number | undefined;
  /** Encoder-decoders, autoencoders and transcribers: beam width. */
  readonly beam?: number | undefined;
  /** Transcribers: see `TranscribeOptions.languageModel`. */
  readonly languageModel?: WritingModel | undefined;
  /** Transcribers: see `TranscribeOptions.languageWeight`. */
  readonly languageWeight?: number | undefined;
  /** Transcribers: see `TranscribeOptions.lengthBonus`. */
  readonly lengthBonus?: number | undefined;
  /** Encoder-decoders and autoencoders: maximum number of output tokens. */
  readonly maxLength?: number | undefined;
  /** Encoder-decoders and autoencoders: see `DecodeOptions.lengthPenalty`. */
  readonly lengthPenalty?: number | undefined;
  /** Forecasters: index of the first row whose forecast is compared with the data. The first row of the data is 0. */
  readonly from?: number | undefined;
  /** Forecasters: number of steps to forecast; default: the horizon of the model. */
  readonly steps?: number | undefined;
}
