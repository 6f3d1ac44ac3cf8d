// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import * as tasks from "../../../src/tasks/index.ts";
import { startRuntime } from "../../runtimes.ts";
import { EXAMPLES, sourcesOf } from "../../tasks/examples.ts";
import { TEXT } from "../../train/run.ts";
import {
  type Any,
  all,
  autoencoder,
  checkpointBytes,
  classifier,
  embedder,
  encoderDecoder,
  forecaster,
  generator,
  KINDS,
  method,
  model,
  type Row,
  source,
  tagger,
  trainer,
  transcriber,
} from "./setup.ts";

const MODELS = [
  classifier,
  tagger,
  embedder,
  forecaster,
  generator,
  encoderDecoder,
  autoencoder,
  transcriber,
  model,
];

/** Rows of all methods of the tasks, with a small run of each. */
const METHODS = Object.entries(tasks).flatMap(([name, given]): Row[] => {
  if (!name.endsWith("Task")) return [];
  const task = given as tasks.Task;
  const own = MODELS.find((one) => one instanceof (task.Model as Any));
  const {
    data,
    validation,
    options = {},
  } = Object.values(EXAMPLES).find((one) => one.task === task.Model.task)!;
  const text = () => tasks.textSource(data);
  const args: Record<string, () => unknown[]> = {
    read: () => [sourcesOf({ data, validation }), options],
    evaluate: () => [own, text(), options],
    inputFile: () => [own, text(), options],
    inputs: () => [own, text(), options],
    predict: () => [own, [], {}],
    write: () => [own, {}],
    suggester: () => [own],
    defaultLength: () => ["char"],
    defaultRecipe: () => ["char"],
  };
  return Object.keys(args)
    .filter((one) => one in task)
    .map((one) => method(`${name}.${one}`, () => task, args[one]!));
});

/** Tasks. */
export const rows: readonly Row[] = [
  ["transcribeOptions", () => [{ beam: 2 }], tasks.transcribeOptions],
  ["textSource", () => ["a", "b"], (...args: Any) => tasks.readText((tasks.textSource as Any)(...args))],
  ["readText", () => [source()], tasks.readText],
  ["readAll", () => [source(), unrolled.readPairs], tasks.readAll as Any],
  ["decodeText", () => [[Uint8Array.of(97)], "x"], (...args: Any) => all((tasks.decodeText as Any)(...args))],
  ["withContext", () => ["x", () => 1], tasks.withContext],
  ["completeRecipe", () => [unrolled.DEFAULT_RECIPE, {}], tasks.completeRecipe],
  ["iterationsOf", () => [{}, tasks.classifierTask, trainer], tasks.iterationsOf as Any],
  ["lastIterationOf", () => [{}, tasks.classifierTask, trainer], tasks.lastIterationOf as Any],
  ["searchOptions", () => [{}], tasks.searchOptions as Any],
  [
    "newRun",
    () => [
      tasks.languageModelTask,
      {
        sources: { data: source() },
        complete: (spec: object) => spec,
        options: {},
        recipe: unrolled.DEFAULT_RECIPE,
        length: {},
      },
      startRuntime,
    ],
    tasks.newRun as Any,
  ],
  [
    "Task.read",
    () => [{ data: source() }, {}],
    (...args: Any) => (tasks.classifierTask.read as Any)(...args),
  ],
  [
    "Task.evaluate",
    () => [classifier, tasks.textSource("the film was good\tpos\n"), {}],
    (...args: Any) => (tasks.classifierTask.evaluate as Any)(...args),
  ],
  [
    "Task.predict",
    () => [classifier, ["a"]],
    (...args: Any) => (tasks.classifierTask.predict as Any)(...args),
  ],
  [
    "Task.write",
    () => [model, { length: 2 }],
    (...args: Any) => [...(tasks.languageModelTask.write as Any)(...args)],
  ],
  [
    "WordSuggester.suggest",
    () => ["a", { top: 2 }],
    (...args: Any) => {
      const suggester = tasks.languageModelTask.suggester(model);
      try {
        return (suggester.suggest as Any)(...args);
      } finally {
        suggester.dispose();
      }
    },
  ],

  ...METHODS,
  ["readCandidates", () => [embedder, tasks.textSource("a\nb\n"), {}], tasks.readCandidates as Any],
  ["answerInputs", () => [["a"], (given: Any) => given, "b"], tasks.answerInputs as Any],
  ["joinSources", () => [[source(), source()]], tasks.joinSources],
  ["textSources", () => [["a", "b"], "x"], tasks.textSources as Any],
  ["readParts", () => [source(), () => 1, () => 1], tasks.readParts as Any],
  ["segmenterNote", () => [model.spec], tasks.segmenterNote],
  ["unknownNote", () => [model, ["a"]], tasks.unknownNote as Any],
  ["LongText.read", () => [source(), 10, 20], (...args: Any) => (tasks.LongText.read as Any)(...args)],
  ["LongText.pieces", () => ["line"], async (end) => [...(await tasks.LongText.read(source())).pieces(end)]],
  [
    "LongText.hashWith",
    () => [tasks.LongText.read(source())],
    async (other) => (await tasks.LongText.read(source())).hashWith(await other),
  ],
  [
    "resumeRun",
    () => [
      tasks.languageModelTask,
      unrolled.openCheckpoint(checkpointBytes, KINDS),
      { data: tasks.textSource(TEXT) },
      {},
      {},
      startRuntime,
    ],
    tasks.resumeRun as Any,
  ],
];
