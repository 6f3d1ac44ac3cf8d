import { expect, expectTypeOf, it } from "vitest";
import type { SequenceInput } from "../../src/data/steps.ts";
import type { EmbedderSpec } from "../../src/models/embedder/spec.ts";
import type { EmbedderEvaluation } from "../../src/models/embedder/trainer.ts";
import type { ForecastEvaluation } from "../../src/models/forecaster/evaluation.ts";
import type { ForecasterSpec } from "../../src/models/forecaster/spec.ts";
import type { GeneratorSpec } from "../../src/models/generator/spec.ts";
import type { GeneratorOptions } from "../../src/models/generator/stream.ts";
import type { Classification } from "../../src/models/labels/classifier.ts";
import type { ClassifierSpec, TaggerSpec } from "../../src/models/labels/spec.ts";
import type { LabelEvaluation } from "../../src/models/labels/trainer.ts";
import type { LanguageModelSpec } from "../../src/models/language-model/spec.ts";
import type { Suggestion } from "../../src/models/language-model/suggester.ts";
import type { Reconstruction } from "../../src/models/sequence-to-sequence/autoencoder.ts";
import type { Translation } from "../../src/models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions } from "../../src/models/sequence-to-sequence/model.ts";
import type { ReconstructionEvaluation } from "../../src/models/sequence-to-sequence/reconstruction.ts";
import type { AutoencoderSpec, EncoderDecoderSpec } from "../../src/models/sequence-to-sequence/spec.ts";
import type { SequenceEvaluation } from "../../src/models/sequence-to-sequence/trainer.ts";
import type { TranscribeOptions, Transcription } from "../../src/models/transcriber/model.ts";
import type { TranscriberSpec } from "../../src/models/transcriber/spec.ts";
import type { TranscriberEvaluation } from "../../src/models/transcriber/trainer.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { GenerateOptions } from "../../src/network/write.ts";
import type {
  DataOptionsOf,
  EvaluateOptionsOf,
  EvaluationOf,
  InputsOf,
  PredictionsOf,
  PredictOptionsOf,
  SpecOf,
  TaskName,
  WriteParametersOf,
} from "../../src/tasks/index.ts";
import type { NoOptions, OptionNames, Task } from "../../src/tasks/task.ts";
import type { Evaluated, Evaluation } from "../../src/train/evaluate.ts";
import { Connection, type RunInfo, type StartOptions } from "../../worker/connect.ts";

// `tsc` checks this file: a call that should not compile has `@ts-expect-error`. The calls are never made.

/** Describes calls that are compiled and not made. */
const compiles = (title: string, calls: () => unknown) =>
  it(title, () => expect(calls).toBeTypeOf("function"));
const connection = <K extends TaskName>() => new Connection<K>({});
const data = "";

it("every task has its own types", () => {
  expectTypeOf<TaskName>().toEqualTypeOf<
    | "language-model"
    | "classifier"
    | "tagger"
    | "encoder-decoder"
    | "autoencoder"
    | "forecaster"
    | "generator"
    | "embedder"
    | "transcriber"
  >();
  expectTypeOf<SpecOf<"language-model">>().toEqualTypeOf<LanguageModelSpec>();
  expectTypeOf<SpecOf<"classifier">>().toEqualTypeOf<ClassifierSpec>();
  expectTypeOf<SpecOf<"tagger">>().toEqualTypeOf<TaggerSpec>();
  expectTypeOf<SpecOf<"encoder-decoder">>().toEqualTypeOf<EncoderDecoderSpec>();
  expectTypeOf<SpecOf<"autoencoder">>().toEqualTypeOf<AutoencoderSpec>();
  expectTypeOf<SpecOf<"forecaster">>().toEqualTypeOf<ForecasterSpec>();
  expectTypeOf<SpecOf<"generator">>().toEqualTypeOf<GeneratorSpec>();
  expectTypeOf<SpecOf<"embedder">>().toEqualTypeOf<EmbedderSpec>();
  expectTypeOf<SpecOf<"transcriber">>().toEqualTypeOf<TranscriberSpec>();

  expectTypeOf<EvaluationOf<"language-model" | "generator">>().toEqualTypeOf<Evaluation>();
  expectTypeOf<EvaluationOf<"classifier" | "tagger">>().toEqualTypeOf<LabelEvaluation>();
  expectTypeOf<EvaluationOf<"encoder-decoder">>().toEqualTypeOf<SequenceEvaluation>();
  expectTypeOf<EvaluationOf<"autoencoder">>().toEqualTypeOf<SequenceEvaluation | ReconstructionEvaluation>();
  expectTypeOf<EvaluationOf<"forecaster">>().toEqualTypeOf<ForecastEvaluation>();
  expectTypeOf<EvaluationOf<"embedder">>().toEqualTypeOf<EmbedderEvaluation>();
  expectTypeOf<EvaluationOf<"transcriber">>().toEqualTypeOf<TranscriberEvaluation>();

  expectTypeOf<InputsOf<"language-model">>().toBeNever();
  expectTypeOf<InputsOf<"encoder-decoder" | "autoencoder" | "embedder">>().toEqualTypeOf<
    readonly SequenceInput[]
  >();
  expectTypeOf<PredictionsOf<"language-model">>().toBeNever();
  expectTypeOf<PredictionsOf<"classifier">>().toEqualTypeOf<Classification[]>();
  expectTypeOf<PredictionsOf<"tagger">>().toEqualTypeOf<string[][]>();
  expectTypeOf<PredictionsOf<"encoder-decoder">>().toEqualTypeOf<Translation[]>();
  expectTypeOf<PredictionsOf<"autoencoder">>().toEqualTypeOf<(Translation | Reconstruction)[]>();
  expectTypeOf<PredictionsOf<"forecaster">>().toEqualTypeOf<number[][]>();
  expectTypeOf<PredictionsOf<"generator">>().toEqualTypeOf<string[]>();
  expectTypeOf<PredictionsOf<"embedder">>().toEqualTypeOf<Float32Array[]>();
  expectTypeOf<PredictionsOf<"transcriber">>().toEqualTypeOf<Transcription[]>();

  expectTypeOf<PredictOptionsOf<"classifier" | "embedder">>().toEqualTypeOf<NoOptions>();
  expectTypeOf<PredictOptionsOf<"autoencoder">>().toEqualTypeOf<DecodeOptions>();
  expectTypeOf<PredictOptionsOf<"transcriber">>().toEqualTypeOf<TranscribeOptions>();
  expectTypeOf<PredictOptionsOf<"generator">>().toEqualTypeOf<GenerateOptions>();
  expectTypeOf<WriteParametersOf<"language-model">>().toEqualTypeOf<[options?: GenerateOptions]>();
  expectTypeOf<WriteParametersOf<"generator">>().toEqualTypeOf<[options: GeneratorOptions]>();
  expectTypeOf<WriteParametersOf<"forecaster">>().toBeNever();

  expectTypeOf<keyof DataOptionsOf<"classifier">>().toEqualTypeOf<
    | "level"
    | "tokens"
    | "minCount"
    | "multiLabel"
    | "labelFirst"
    | "format"
    | "header"
    | "textColumn"
    | "labelColumn"
    | "cut"
  >();
  expectTypeOf<keyof DataOptionsOf<"forecaster">>().toEqualTypeOf<
    "column" | "target" | "format" | "header" | "decimal" | "fill" | "missing"
  >();
  expectTypeOf<keyof EvaluateOptionsOf<"tagger">>().toEqualTypeOf<
    "tokenColumn" | "tagColumn" | "format" | "header" | "cut"
  >();
  expectTypeOf<keyof EvaluateOptionsOf<"language-model">>().toEqualTypeOf<"streams" | "cut">();
});

compiles("a classifier's calls", async () => {
  const classifier = connection<"classifier">();
  const info = await classifier.start({
    task: "classifier",
    data,
    spec: { pooling: "max" },
    recipe: { lr: 1 },
    labelFirst: true,
  });
  expectTypeOf(info.spec).toEqualTypeOf<ClassifierSpec>();
  expectTypeOf(info.task).toEqualTypeOf<"classifier">();
  const { last } = await classifier.train({
    onValidation: ({ evaluation }) => expectTypeOf(evaluation).toEqualTypeOf<LabelEvaluation>(),
  });
  expectTypeOf(last).toEqualTypeOf<LabelEvaluation>();
  const evaluation = await classifier.evaluate({ data, format: "jsonl" });
  expectTypeOf(evaluation.f1).toBeNumber();
  const [first] = await classifier.predict(["a text", ["a", "text"], [[1, 2]]]);
  expectTypeOf(first!.label).toBeString();
  await classifier.predict({ data, labelFirst: true });
  await classifier.predict(["a text"], {});

  // @ts-expect-error the default task is a language model
  classifier.start({ data });
  // @ts-expect-error another task
  classifier.start({ task: "tagger", data });
  // @ts-expect-error no data
  classifier.start({ task: "classifier" });
  // @ts-expect-error a misspelt field
  classifier.start({ task: "classifier", data, spec: { poolng: "max" } });
  // @ts-expect-error an unknown value
  classifier.start({ task: "classifier", data, spec: { pooling: "median" } });
  // @ts-expect-error a misspelt field of the recipe
  classifier.start({ task: "classifier", data, recipe: { learningRate: 1 } });
  // @ts-expect-error an option of taggers
  classifier.start({ task: "classifier", data, tagColumn: 2 });
  // @ts-expect-error an option of forecasters
  classifier.restore({ checkpoint: new Uint8Array(), data, column: ["a"] });
  // @ts-expect-error an option of encoder-decoders
  classifier.evaluate({ data, beam: 4 });
  // @ts-expect-error an option of encoder-decoders
  classifier.predict(["a text"], { beam: 4 });
  // @ts-expect-error an option of taggers
  classifier.predict({ data, tagColumn: 2 });
  // @ts-expect-error numbers without steps
  classifier.predict([1, 2]);
  // @ts-expect-error a classifier does not write
  classifier.generate();
  // @ts-expect-error a classifier does not write
  classifier.generate({ length: 3 });
  // @ts-expect-error a classifier does not suggest words
  classifier.suggest("a");
});

compiles("a language model's calls", async () => {
  const model = connection<"language-model">();
  await model.start({ data, level: "word", tokens: "spaces", spec: { hidden: 3 } });
  await model.start({ task: "language-model", data, vocabulary: 9 });
  expectTypeOf(await model.generate()).toBeString();
  await model.generate({ prompt: "a", length: 3, temperature: 0.5 });
  expectTypeOf((await model.evaluate({ data, streams: 2 })).perplexity).toBeNumber();
  expectTypeOf(await model.suggest("a", { top: 3 })).toEqualTypeOf<Suggestion[]>();

  // @ts-expect-error a field of classifiers
  model.start({ data, spec: { pooling: "max" } });
  // @ts-expect-error a misspelt option
  model.generate({ lenght: 3 });
  // @ts-expect-error no text
  model.suggest();
  // @ts-expect-error a misspelt option
  model.suggest("a", { tops: 3 });
  // @ts-expect-error a condition is for generators
  model.generate({ condition: "x" });
  // @ts-expect-error an option of encoder-decoders
  model.evaluate({ data, beam: 4 });
  // @ts-expect-error a language model does not predict
  model.predict(["a text"]);
  // @ts-expect-error a language model does not predict
  model.predict({ data });
});

compiles("the calls of the other tasks", async () => {
  const transcriber = connection<"transcriber">();
  await transcriber.evaluate({ data, beam: 4 });
  // @ts-expect-error a language model cannot be sent to a worker
  transcriber.evaluate({ data, languageWeight: 1 });

  const generator = connection<"generator">();
  await generator.generate({ condition: "x", length: 3 });
  expectTypeOf(await generator.predict(["x"], { seed: 2 })).toEqualTypeOf<string[]>();
  // @ts-expect-error no condition
  generator.generate();
  // @ts-expect-error no condition
  generator.generate({ length: 3 });

  const forecaster = connection<"forecaster">();
  await forecaster.start({ task: "forecaster", data, column: ["a"], spec: { strategy: "iterated" } });
  await forecaster.evaluate({ data, from: 3, steps: 2 });
  expectTypeOf(await forecaster.predict([[1, 2]], { steps: 3 })).toEqualTypeOf<number[][]>();
  await forecaster.predict({ data }, { steps: 3 });
  // @ts-expect-error a forecaster has no levels
  forecaster.start({ task: "forecaster", data, level: "char" });
  // @ts-expect-error a field of the spec, not an option
  forecaster.start({ task: "forecaster", data, horizon: 3 });

  const translator = connection<"encoder-decoder">();
  const [written] = await translator.predict(["a"], { beam: 4, attention: true });
  expectTypeOf(written!.text).toBeString();
  // @ts-expect-error it has two levels, which are fields of its spec
  translator.start({ task: "encoder-decoder", data, level: "char" });

  const tagger = connection<"tagger">();
  expectTypeOf(await tagger.predict(["a text"])).toEqualTypeOf<string[][]>();
  await tagger.start({ task: "tagger", data, tagColumn: 3, spec: { characters: 9 } });

  const embedder = connection<"embedder">();
  expectTypeOf(await embedder.predict(["a text"])).toEqualTypeOf<Float32Array[]>();
});

compiles("without a type argument, the task that a call names decides", async () => {
  const any = new Connection({});
  expectTypeOf(any).toEqualTypeOf<Connection<TaskName>>();
  await any.start({ data, spec: { hidden: 3 } });
  const info = await any.start({ task: "classifier", data, spec: { pooling: "max" }, labelFirst: true });
  expectTypeOf(info).toEqualTypeOf<RunInfo>();
  expectTypeOf(info.run.iterations).toBeNumber();
  expectTypeOf((await any.load(new Uint8Array())).run).toBeNullable();
  if (info.task === "forecaster") expectTypeOf(info.spec).toEqualTypeOf<ForecasterSpec>();
  expectTypeOf((await any.evaluate({ data, beam: 4 })).loss).toBeNumber();
  await any.generate();
  await any.generate({ condition: "x", length: 3 });
  expectTypeOf(await any.suggest("a")).toEqualTypeOf<Suggestion[]>();
  await any.predict(["a text"]);
  await any.predict([[1, 2]], { steps: 3 });
  await any.predict({ data, tagColumn: 3 });

  const options: StartOptions = { data };
  await any.start(options);
  const only: (connection: Connection) => void = () => {};
  only(connection<"classifier">());
  only(connection<"language-model">());

  // @ts-expect-error a misspelt field
  any.start({ task: "classifier", data, spec: { poolng: "max" } });
  // @ts-expect-error a field of classifiers, for a language model
  any.start({ data, spec: { pooling: "max" } });
  // @ts-expect-error an option of taggers
  any.start({ task: "classifier", data, tagColumn: 3 });
  // @ts-expect-error an unknown task
  any.start({ task: "juggling", data });
  // @ts-expect-error a misspelt option
  any.generate({ lenght: 3 });
  // @ts-expect-error a misspelt option
  any.predict(["a text"], { beem: 3 });
});

compiles("several tasks", async () => {
  const labels = connection<"classifier" | "tagger">();
  await labels.start({ task: "tagger", data, tagColumn: 3 });
  expectTypeOf(await labels.evaluate({ data })).toEqualTypeOf<LabelEvaluation>();
  expectTypeOf(await labels.predict(["a text"])).toEqualTypeOf<Classification[] | string[][]>();
  // @ts-expect-error another task
  labels.start({ task: "forecaster", data });
});

interface JugglerModel extends TaskModel {
  readonly spec: TaskModel["spec"] & { readonly task: "juggler"; readonly balls: number };
}
interface Juggled extends Evaluated {
  readonly drops: number;
}
interface Juggler
  extends Task<JugglerModel, Juggled, OptionNames & { readonly data: readonly "minCount"[] }> {
  predict(model: JugglerModel, inputs: readonly number[], options?: { readonly height?: number }): boolean[];
}

compiles("a task of one's own, by its type", async () => {
  const juggler = new Connection<Juggler>({});
  const { spec } = await juggler.start({ task: "juggler", data, minCount: 3, spec: { balls: 3 } });
  expectTypeOf(spec.balls).toBeNumber();
  expectTypeOf((await juggler.evaluate({ data })).drops).toBeNumber();
  expectTypeOf(await juggler.predict([1, 2], { height: 3 })).toEqualTypeOf<boolean[]>();
  const both = new Connection<Juggler | "tagger">({});
  await both.start({ task: "tagger", data, spec: { characters: 9 } });
  // @ts-expect-error a misspelt field
  juggler.start({ task: "juggler", data, spec: { bals: 3 } });
  // @ts-expect-error an option of forecasters
  juggler.start({ task: "juggler", data, column: ["a"] });
  // @ts-expect-error a misspelt option
  juggler.predict([1], { hight: 3 });
});
