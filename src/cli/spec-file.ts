import { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import { defaultEmbedderSpec } from "../models/embedder/spec.ts";
import { defaultForecasterSpec } from "../models/forecaster/spec.ts";
import { defaultGeneratorSpec } from "../models/generator/spec.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../models/labels/spec.ts";
import { defaultLanguageModelSpec } from "../models/language-model/spec.ts";
import { defaultAutoencoderSpec, defaultEncoderDecoderSpec } from "../models/sequence-to-sequence/spec.ts";
import { defaultTranscriberSpec } from "../models/transcriber/spec.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import { type Field, rule, show } from "../schema.ts";
import { completeRecipe, newRun } from "../tasks/run.ts";
import { withContext } from "../tasks/source.ts";
import type { DataOptions } from "../tasks/task.ts";
import type { Recipe } from "../train/recipe.ts";
import { openData } from "./data-files.ts";
import { noteOf } from "./files.ts";
import { pick } from "./given.ts";
import { startRuntime } from "./kernels.ts";
import { KINDS, TASK_NAMES, taskOf } from "./tasks/index.ts";

/** A spec without weights, from a JSON file. */
export interface SpecFile {
  /** The fields that the file gives. */
  readonly spec: { readonly task: string } & Readonly<Record<string, unknown>>;
  /** Tables such as `vocabulary`, by name, if the file has them. */
  readonly tables: Readonly<Record<string, unknown>>;
  /** The fields of the recipe that the file gives. */
  readonly recipe: Partial<Recipe>;
}

const SYMBOLS = rule("a list of texts", Array.isArray);

/** Tables that may stand beside the fields of a spec. Every task has some of them, whose entries it checks itself. */
const TABLES: Readonly<Record<string, Field<unknown>>> = {
  vocabulary: SYMBOLS,
  labels: SYMBOLS,
  characters: SYMBOLS,
  thresholds: rule("a list of numbers", Array.isArray),
  scaling: rule(
    "an object, or a list of objects for a forecaster",
    (value) => typeof value === "object" && value !== null,
  ),
  source: SYMBOLS,
  target: SYMBOLS,
  conditions: SYMBOLS,
  symbols: SYMBOLS,
};

/** Tells a table from a field of a spec: a tagger's spec has the number `characters`. */
const isTable = ([name, value]: readonly [string, unknown]) =>
  Object.hasOwn(TABLES, name) && (name !== "characters" || typeof value !== "number");

/** The byte with which JSON of an object begins. */
const BRACE = 0x7b;

/**
 * Reads a spec: its fields, or an object with `spec`, and with the tables and the recipe beside it if there are some. Returns undefined
 * if the bytes are no JSON, or the JSON of a model of TensorFlow.js.
 *
 * @throws ERR_FORMAT if the JSON is damaged, ERR_VALUE if it names no task, or if a table has the wrong type
 */
export function readSpec(file: string, bytes: Uint8Array): SpecFile | undefined {
  if (bytes.find((byte) => byte > 0x20) !== BRACE) return undefined;
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new UnrolledError("ERR_FORMAT", `${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
  if ("modelTopology" in given || "weightsManifest" in given) return undefined;
  const { spec, tables, recipe, ...others } = given;
  const entries = Object.entries((spec ?? others) as Record<string, unknown>);
  const own = Object.fromEntries(entries.filter((entry) => !isTable(entry)));
  if (!TASK_NAMES.includes(own.task as string)) {
    const found = own.task === undefined ? "has no task" : `has the task ${JSON.stringify(own.task)}`;
    throw new UnrolledError("ERR_VALUE", `${file} ${found}, expected one of ${TASK_NAMES.join(", ")}`);
  }
  if (tables !== undefined && (typeof tables !== "object" || !tables || Array.isArray(tables))) {
    throw new UnrolledError("ERR_VALUE", `${file}: tables is ${show(tables)}, expected an object`);
  }
  const beside = Object.entries({ ...others, ...(tables as object) }).filter(isTable);
  for (const [name, value] of beside) {
    const { expected, test } = TABLES[name]!;
    if (!test(value)) {
      throw new UnrolledError("ERR_VALUE", `${file}: ${name} is ${show(value)}, expected ${expected}`);
    }
  }
  return {
    spec: own as SpecFile["spec"],
    tables: Object.fromEntries(beside),
    recipe: (recipe ?? {}) as Partial<Recipe>,
  };
}

/** Tells whether bytes are a spec. */
export function isSpec(bytes: Uint8Array): boolean {
  try {
    return readSpec("", bytes) !== undefined;
  } catch {
    return false;
  }
}

/** A new model of a spec, and how it is trained. */
export interface SpecModel {
  readonly model: TaskModel;
  readonly recipe: Recipe;
  /** Says what the file leaves open and was chosen. */
  readonly note?: string;
}

/** The characters of a spec without data: the new line, and those of ASCII from the space to the tilde. */
const ASCII = `\n${String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i))}`;

const ASCII_NOTE =
  "The spec has no vocabulary: it gets the characters of ASCII, and <UNK> for all others. With --data FILE, it gets those of your text.";

/**
 * Makes a model of a spec with the random weights that `train` would give it. Fields that are missing have the defaults of `train`. A
 * language model of characters without data or vocabulary gets the characters of ASCII.
 *
 * @param data the data to train on, from which the tables are made if the file has none
 * @throws ERR_VALUE if the spec is invalid, or if there are neither tables nor data
 */
export async function specModel(
  file: string,
  { spec, tables, recipe: given }: SpecFile,
  data: readonly string[] | undefined,
  seed: number | undefined,
): Promise<SpecModel> {
  const { level } = spec as { level?: "char" | "word" };
  const { task } = taskOf(spec);
  const recipe = await withContext(file, () =>
    completeRecipe(task.defaultRecipe(level), { ...given, ...(seed !== undefined && { seed }) }),
  );
  const start = () => startRuntime({ seed: recipe.seed });
  if (data) {
    const options = pick(spec, [...task.options.format, ...task.options.data]) as DataOptions;
    const run = await newRun(
      task,
      {
        sources: { data: await openData(data, true) },
        complete: (defaults) => ({ ...defaults, ...pick(spec, Object.keys(defaults)) }),
        options: { ...options, note: noteOf(data, false) } as DataOptions,
        recipe,
        length: {},
      },
      start,
    );
    const { model, recipe: whole } = run.trainer;
    const unknown = Object.keys(spec).find((name) => !(name in model.spec));
    if (unknown === undefined) return { model, recipe: whole };
    throw new UnrolledError("ERR_VALUE", `${file}: unknown field ${unknown} of a ${spec.task}`);
  }
  const kind = KINDS.find((kind) => kind.task === spec.task)!;
  const isOpen = spec.task === "language-model" && spec.level !== "word" && tables.vocabulary === undefined;
  const whole = isOpen ? { ...tables, vocabulary: Vocabulary.fromText(ASCII).symbols } : tables;
  const model = await withContext(file, async () => build(kind, spec, whole, await start()));
  return { model, recipe, ...(isOpen && { note: ASCII_NOTE }) };
}

/** The fields that decide the default spec of a task. */
interface Deciding {
  readonly task: string;
  readonly level?: "char" | "word";
  readonly sourceLevel?: "char" | "word";
  readonly targetLevel?: "char" | "word";
  readonly features?: number;
  readonly columns?: readonly string[];
}

/** Returns the spec that `train` begins with. */
function defaultsOf(spec: SpecFile["spec"]): object {
  const { task, level, sourceLevel, targetLevel, features, columns } = spec as Deciding;
  const defaults: Readonly<Record<string, () => object>> = {
    "language-model": () => defaultLanguageModelSpec(level),
    classifier: () => defaultClassifierSpec(level, features),
    tagger: () => defaultTaggerSpec(features),
    "encoder-decoder": () => defaultEncoderDecoderSpec(sourceLevel, targetLevel, features),
    autoencoder: () => defaultAutoencoderSpec(level, features),
    forecaster: () => defaultForecasterSpec(columns ?? []),
    generator: () => defaultGeneratorSpec(level),
    embedder: () => defaultEmbedderSpec(level, features),
    transcriber: () => defaultTranscriberSpec(features ?? 0),
  };
  return defaults[task]!();
}

function build(
  kind: ModelClass,
  spec: SpecFile["spec"],
  tables: SpecFile["tables"],
  runtime: Parameters<ModelClass["build"]>[0],
): TaskModel {
  const whole = kind.schema().check({ ...defaultsOf(spec), ...spec }, "spec");
  const made = Object.entries(kind.tables(whole)).map(([name, reader]) => {
    if (tables[name] !== undefined) return [name, reader.fromJSON(tables[name])] as const;
    throw new UnrolledError(
      "ERR_VALUE",
      `a spec of a ${spec.task} needs the table ${name} to have weights: put it beside the spec, or give --data with the file to train on`,
    );
  });
  return kind.build(runtime, whole, Object.fromEntries(made));
}
