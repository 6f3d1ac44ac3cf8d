// All tasks in one file, because each test goes through all of them or compares two.
import { describe, expect, it } from "vitest";
import { readColumns, readLabelledLines } from "../../src/data/labelled.ts";
import { sequenceTokens } from "../../src/data/words.ts";
import type { SequenceEmbedder } from "../../src/models/embedder/model.ts";
import { readTextPairs } from "../../src/models/embedder/pairs.ts";
import { evaluateEmbedder } from "../../src/models/embedder/trainer.ts";
import { evaluateForecasts } from "../../src/models/forecaster/evaluation.ts";
import type { Forecaster } from "../../src/models/forecaster/model.ts";
import { readSeries } from "../../src/models/forecaster/series.ts";
import { readConditioned } from "../../src/models/generator/examples.ts";
import type { ConditionalGenerator } from "../../src/models/generator/model.ts";
import { evaluateGenerator } from "../../src/models/generator/trainer.ts";
import { type Classifier, classifierExample } from "../../src/models/labels/classifier.ts";
import { readJsonExamples } from "../../src/models/labels/json-lines.ts";
import type { Tagger } from "../../src/models/labels/tagger.ts";
import { evaluateLabels } from "../../src/models/labels/trainer.ts";
import { evaluateText } from "../../src/models/language-model/evaluation.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../src/models/language-model/text.ts";
import type { Autoencoder } from "../../src/models/sequence-to-sequence/autoencoder.ts";
import { type EncoderDecoder, sequencePair } from "../../src/models/sequence-to-sequence/encoder-decoder.ts";
import { readPairs } from "../../src/models/sequence-to-sequence/pairs.ts";
import { evaluateSequences } from "../../src/models/sequence-to-sequence/trainer.ts";
import type { Transcriber } from "../../src/models/transcriber/model.ts";
import { evaluateTranscriber } from "../../src/models/transcriber/trainer.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { embedderTask } from "../../src/tasks/embedder.ts";
import { forecasterTask } from "../../src/tasks/forecaster.ts";
import { generatorTask } from "../../src/tasks/generator.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { languageModelTask } from "../../src/tasks/language-model.ts";
import { autoencoderTask, encoderDecoderTask } from "../../src/tasks/sequences.ts";
import { textSource } from "../../src/tasks/source.ts";
import { transcriberTask } from "../../src/tasks/transcriber.ts";
import { all, expectError, expectRejection, startRuntime } from "../runtimes.ts";
import { begin, EXAMPLES, sourcesOf, trained } from "./examples.ts";

// The results of a task equal those of the library's own calls, including error messages.

const held = (name: string) => EXAMPLES[name]!.validation;
const source = (name: string) => textSource(held(name), "held.txt");

it("all nine tasks are registered, each by its own name", () => {
  expect(TASKS.map(({ Model }) => Model.task).sort()).toEqual(
    [
      ...["autoencoder", "classifier", "embedder", "encoder-decoder"],
      ...["forecaster", "generator", "language-model", "tagger", "transcriber"],
    ].sort(),
  );
  expect(TASKS.map((task) => Boolean(task.predict || task.write))).not.toContain(false);
});

describe("a language model", () => {
  it("is measured on a text", async () => {
    const name = "a language model of characters";
    const model = await trained<LanguageModel>(name);
    const ids = model.encode(held(name));
    const characters = held(name).length;
    expect(await languageModelTask.evaluate(model, source(name))).toEqual(
      evaluateText(model, ids, { characters }),
    );
    const two = await languageModelTask.evaluate(model, source(name), { streams: 2 });
    expect(two).toEqual(evaluateText(model, ids, { streams: 2, characters }));
    expect(two).not.toEqual(evaluateText(model, ids, { characters }));
  });

  it("writes, and refuses wrong options before it starts", async () => {
    const model = await trained<LanguageModel>("a language model of words");
    const options = { prompt: "3 apples", length: 12, seed: 5, temperature: 0.7 };
    expect([...languageModelTask.write(model, options)]).toEqual([...model.pack().generate(options)]);
    expect([...languageModelTask.write(model)].join("")).toBe([...model.pack().generate()].join(""));
    expectError(() => languageModelTask.write(model, { temperature: -1 }), "ERR_VALUE", /temperature/);
  });
});

it("inputs are read from data with or without labels or targets", async () => {
  const inputs = async (name: string, text: string, options = {}, file = "x.txt") => {
    const task = TASKS.find(({ Model }) => Model.task === EXAMPLES[name]!.task)!;
    return task.inputs!(await trained(name), textSource(text, file), options);
  };
  expect(await inputs("a classifier", "red cow\tx\n\nblue\n")).toEqual(["red cow", "", "blue"]);
  expect(await inputs("a classifier", "x\tred\tcow\n", { labelFirst: true })).toEqual(["red\tcow"]);
  expect(await inputs("a classifier", '{"text":"red"}\n', {}, "x.jsonl")).toEqual(["red"]);
  const vectors = '{"input":[[1,2]],"label":"x"}\n';
  expect(await inputs("a classifier of vectors", vectors, { format: "jsonl" })).toEqual([[[1, 2]]]);
  expect(await inputs("a tagger", "Red\tB-x\ncow\n\nruns\n")).toEqual([["Red", "cow"], ["runs"]]);
  expect(await inputs("a tagger", '{"tokens":["Red"]}\n', { format: "jsonl" })).toEqual([["Red"]]);
  expect(await inputs("an autoencoder", "red cow \n\nblue\tx\n")).toEqual(["red cow", "", "blue\tx"]);
  expect(await inputs("a generator", "x\tred\ny\tblue\n")).toEqual(["x", "y"]);
  expect(await inputs("an embedder", "red\tblue\ncow\n")).toEqual(["red", "cow"]);
  const rows = (await inputs("a forecaster", "b,date,a\n1,x,2\n3,y,4\n")) as Float64Array[];
  expect(rows.map((row) => [...row])).toEqual([
    [2, 1],
    [4, 3],
  ]);
  expect(await inputs("an embedder", "\n")).toEqual([""]);
  expect(languageModelTask).not.toHaveProperty("inputs");
});

it("data are hashed before the spec is known", async () => {
  for (const [name, example] of Object.entries(EXAMPLES)) {
    const task = TASKS.find(({ Model }) => Model.task === example.task)!;
    const { hash } = await task.read(sourcesOf(example), example.options ?? {});
    expect(hash, name).toBe((await begin(example)).hash);
  }
});

it("a writer's weights are freed at the end, if it is left early and if it is refused", async () => {
  const model = await trained<LanguageModel>("a language model of characters");
  const { used } = model.runtime.memory;
  for (const _ of languageModelTask.write(model)) break;
  expect([...languageModelTask.write(model, { length: 3 })]).toHaveLength(3);
  expectError(
    () => languageModelTask.write(model, { prompt: "\u{1f404}" }),
    "ERR_DATA",
    /unknown characters/,
  );
  expect(model.runtime.memory.used).toBe(used);
});

describe("a classifier", () => {
  it("is measured on labelled lines, and labels texts", async () => {
    const name = "a classifier";
    const model = await trained<Classifier>(name);
    const lines = await all(readLabelledLines([held(name)], "x"));
    const examples = lines.map(({ text, label }) => classifierExample(text, label, model.spec));
    expect(await classifierTask.evaluate(model, source(name))).toEqual(evaluateLabels(model, examples));
    const turned = lines.map(({ text, label }) => `${label}\t${text}\n`).join("");
    const first = await classifierTask.evaluate(model, textSource(turned), { labelFirst: true });
    expect(first).toEqual(evaluateLabels(model, examples));
    const inputs = ["red cow", ["blue", "sleeps"]];
    expect(classifierTask.predict(model, inputs)).toEqual(model.predict(inputs));
  });

  it("of vectors is measured on JSON lines, and labels sequences of vectors", async () => {
    const name = "a classifier of vectors";
    const model = await trained<Classifier>(name);
    const lines = await all(readJsonExamples([held(name)], "x", { targetPer: "sequence" }));
    const examples = lines.map(({ tokens = [], labels }) => ({ tokens, labels }));
    const evaluation = await classifierTask.evaluate(model, source(name), { format: "jsonl" });
    expect(evaluation).toEqual(evaluateLabels(model, examples));
    const inputs = [
      [[3, 1]],
      [
        [1, 1],
        [2, 0],
      ],
    ];
    expect(classifierTask.predict(model, inputs)).toEqual(model.predict(inputs));
  });

  it("is not measured on labels of which it knows none, nor on other steps than it reads", async () => {
    const model = await trained<Classifier>("a classifier");
    await expect(classifierTask.evaluate(model, textSource("red\tz\n", "z.txt"))).rejects.toMatchObject({
      code: "ERR_DATA",
      message: "z.txt: the model knows none of the labels; is it the right file?",
    });
    const vectors = textSource(held("a classifier of vectors"), "z.jsonl");
    await expect(classifierTask.evaluate(model, vectors)).rejects.toThrow(
      "z.jsonl, line 1: sequences consist of vectors of 2 numbers, but the model reads tokens",
    );
  });
});

it("a tagger is measured on columns, and tags words, which it finds in a text", async () => {
  const name = "a tagger";
  const model = await trained<Tagger>(name);
  const sentences = await all(readColumns([held(name)], "x"));
  expect(await taggerTask.evaluate(model, source(name))).toEqual(evaluateLabels(model, sentences));
  const third = held(name).replaceAll("\t", "\t-\t");
  const evaluation = await taggerTask.evaluate(model, textSource(third), { tagColumn: 3 });
  expect(evaluation).toEqual(evaluateLabels(model, sentences));
  const words = ["Red", "cow", "runs", "."];
  const tags = model.predict([words]);
  expect(taggerTask.predict(model, [words, "Red cow runs."])).toEqual([...tags, ...tags]);
  expect(tags[0]).toHaveLength(4);
});

it("an encoder-decoder is measured on pairs, and writes targets", async () => {
  const name = "an encoder-decoder";
  const model = await trained<EncoderDecoder>(name);
  const lines = await all(readPairs([held(name)], "x"));
  const pairs = lines.map(({ source, target }) => sequencePair(source, target, model.spec));
  expect(await encoderDecoderTask.evaluate(model, source(name))).toEqual(evaluateSequences(model, pairs));
  const search = { beam: 2, maxLength: 3, lengthPenalty: 1 };
  const beam = await encoderDecoderTask.evaluate(model, source(name), search);
  expect(beam).toEqual(evaluateSequences(model, pairs, search));
  const texts = ["red cow", "blue"];
  expect(encoderDecoderTask.predict(model, texts)).toEqual(model.predict(texts));
  const options = { ...search, attention: true };
  expect(encoderDecoderTask.predict(model, texts, options)).toEqual(model.predict(texts, options));
});

it("an autoencoder is measured on sequences, and writes them again", async () => {
  const name = "an autoencoder";
  const model = await trained<Autoencoder>(name);
  const sequences = held(name).trimEnd().split("\n");
  const levels = { sourceLevel: model.spec.level, targetLevel: model.spec.level, lowerCase: false };
  const pairs = sequences.map((text) => sequencePair(text, text, levels));
  expect(await autoencoderTask.evaluate(model, source(name))).toEqual(evaluateSequences(model, pairs));
  expect(autoencoderTask.predict(model, sequences, { beam: 2 })).toEqual(
    model.predict(sequences, { beam: 2 }),
  );
});

it("a forecaster is measured on a series, and continues rows", async () => {
  const name = "a forecaster";
  const model = await trained<Forecaster>(name);
  const series = await readSeries([held(name)], "x", ["a", "b"]);
  expect(await forecasterTask.evaluate(model, source(name))).toEqual(evaluateForecasts(model, series));
  for (const options of [{ from: 30 }, { steps: 2 }, { from: 20, steps: 3 }]) {
    const evaluation = await forecasterTask.evaluate(model, source(name), options);
    expect(evaluation).toEqual(evaluateForecasts(model, series, options));
  }
  const past = [
    [1, 2],
    [2, 1],
    [3, 0],
  ];
  expect(forecasterTask.predict(model, past)).toEqual(model.forecast(past));
  expect(forecasterTask.predict(model, past, { steps: 3 })).toEqual(model.forecast(past, 3));
});

describe("a generator", () => {
  const name = "a generator";

  it("is measured on sequences and their conditions", async () => {
    const model = await trained<ConditionalGenerator>(name);
    const lines = await all(readConditioned([held(name)], "x"));
    const examples = lines.map(({ condition, text }) => ({
      condition,
      tokens: sequenceTokens(text, "char"),
    }));
    expect(await generatorTask.evaluate(model, source(name))).toEqual(evaluateGenerator(model, examples));
  });

  it("writes from a condition, and from each of several with its own seed", async () => {
    const model = await trained<ConditionalGenerator>(name);
    const write = (condition: string, seed: number, length = 500) =>
      [...model.pack().generate({ condition, seed, length })].join("");
    expect([...generatorTask.write(model, { condition: "x", seed: 4 })].join("")).toBe(write("x", 4));
    expect(generatorTask.predict(model, ["x", "y", "x"])).toEqual([
      write("x", 1),
      write("y", 2),
      write("x", 3),
    ]);
    expect(generatorTask.predict(model, ["y", "y"], { seed: 7, length: 2 })).toEqual([
      write("y", 7, 2),
      write("y", 8, 2),
    ]);
    expectError(() => generatorTask.write(model, { condition: "z" }), "ERR_DATA", /the model knows 2: x, y/);
  });
});

it("an embedder is measured on pairs, and gives vectors", async () => {
  const name = "an embedder";
  const model = await trained<SequenceEmbedder>(name);
  const pairs = await all(readTextPairs([held(name)], "x"));
  expect(await embedderTask.evaluate(model, source(name))).toEqual(evaluateEmbedder(model, pairs));
  expect(embedderTask.predict(model, ["red cow", "blue"])).toEqual(model.encode(["red cow", "blue"]));
});

describe("a transcriber", () => {
  const name = "a transcriber";
  const row = (vectors: object, text?: string) => `${JSON.stringify({ vectors, text })}\n`;

  it("is measured on JSON lines, and writes the text of vectors", async () => {
    const model = await trained<Transcriber>(name);
    const examples = held(name)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(await transcriberTask.evaluate(model, source(name))).toEqual(evaluateTranscriber(model, examples));
    const beam = { beam: 3 };
    expect(await transcriberTask.evaluate(model, source(name), beam)).toEqual(
      evaluateTranscriber(model, examples, beam),
    );
    const text = `${examples.map((example) => example.text).join("\n")}\n`;
    const language = { ...defaultLanguageModelSpec(), hidden: 4, layers: 1, lines: true };
    const languageModel = new LanguageModel(model.runtime, language, textVocabulary(text, language)).pack();
    const options = { languageModel, languageWeight: 5, lengthBonus: 2 };
    expect(await transcriberTask.evaluate(model, source(name), { ...options, beam: undefined })).toEqual(
      evaluateTranscriber(model, examples, options),
    );
    const sequences = [[[1, 2]], examples[0].vectors];
    expect(transcriberTask.predict(model, sequences, beam)).toEqual(model.predict(sequences, beam));
    expect((model as TaskModel).reading).toEqual({ format: "jsonl" });
  });

  it("reads fields of other names, arrays of objects and lines whatever the file is called", async () => {
    const data = Array.from({ length: 12 }, (_, i) => ({
      pen: [
        [i, 1],
        [2, 3],
      ],
      said: "xy"[i % 2],
      text: 1,
    }));
    const columns = { textColumn: "pen", labelColumn: "said" };
    const example = {
      task: "transcriber",
      data: JSON.stringify(data),
      options: { ...columns, format: "json" },
    } as const;
    const { trainer } = await begin(example);
    expect((trainer.model as Transcriber).symbols.symbols.toSorted()).toEqual(["x", "y"]);
    expect(trainer.model.reading).toEqual({ format: "json", ...columns });
    const lines = '{"pen":[[1,2]]}\n\n{"pen":[[3,4],[5,6]]}\n';
    expect(await transcriberTask.inputs(trainer.model as Transcriber, textSource(lines, "x.jsonl"))).toEqual([
      [[1, 2]],
      [],
      [
        [3, 4],
        [5, 6],
      ],
    ]);
    expect((await begin({ ...EXAMPLES[name]!, options: {} })).trainer.model.spec.task).toBe("transcriber");
  });

  it("tells which sequences are too short and which symbols it cannot write", async () => {
    const notes: string[] = [];
    const note = (text: string) => notes.push(text);
    const data = held(name) + row([[1, 2]], "xxy");
    const { trainer } = await begin({
      ...EXAMPLES[name]!,
      data,
      validation: row([[1, 1]], "z"),
      options: { note },
    });
    expect(notes).toEqual([
      'validation: the model cannot write "z": no example to learn from has them',
      "1 of 9 sequences have too few steps for their text, so they are not learnt from: a text needs a step for each symbol, and one between two equal neighbours",
    ]);
    notes.length = 0;
    await transcriberTask.evaluate(trainer.model as Transcriber, textSource(data, "x.jsonl"), { note });
    expect(notes).toEqual([
      expect.stringMatching(/^1 of 9 sequences .* which counts as errors, but not for the loss: /),
    ]);
  });

  it("names a sequence that is too long to train on, and says what to do", async () => {
    const data = held(name) + row(new Array(200_000).fill([1, 2]), "x");
    const run = begin({ ...EXAMPLES[name]!, data, validation: held(name), spec: { hidden: 2000 } });
    await expect(run).rejects.toThrow(
      /data\.txt, line 9: a sequence of 200000 steps is too long .* cut it into shorter examples, .*--stack N\), or/,
    );
  });

  it.each([
    ["x.jsonl", '{"text":"x"}\n', /^x\.jsonl, line 1: no vectors, expected \{"vectors"/],
    ["x.jsonl", '{"vectors":["a"],"text":"x"}\n', /^x\.jsonl, line 1: no vectors/],
    ["x.jsonl", '{"vectors":[1,2,3],"text":"x"}\n', /^x\.jsonl, line 1: step 1 is not a list of numbers/],
    ["x.jsonl", row([[1, 2], [3]], "x"), /step 2 has 1 number, expected 2/],
    ["x.jsonl", row([[1, 2]]), /no field text/],
    ["x.jsonl", row([], "x"), /vectors is not a list, or empty/],
    ["x.csv", "a,b\n1,2\n", /^x\.csv: a transcriber reads jsonl or json, not csv/],
    ["x.txt", "hello\n", /^x\.txt, line 1/],
    ["x.jsonl", "\n", /^x\.jsonl has no examples/],
    [
      "x.jsonl",
      row([[1, 2, 3]], "x"),
      /^x\.jsonl, line 1: sequences .* vectors of 3 numbers, but the model reads vectors of 2/,
    ],
  ])("refuses what it cannot read: %s %j", async (file, text, message) => {
    const model = await trained<Transcriber>(name);
    const read = transcriberTask.evaluate(model, textSource(text, file));
    await expect(read).rejects.toMatchObject({ code: "ERR_DATA", message: expect.stringMatching(message) });
  });
});

it("options of other tasks are refused by name", async () => {
  const all = {
    format: [
      ...["format", "header", "labelFirst", "textColumn", "labelColumn", "tokenColumn", "tagColumn"],
      ...["decimal", "fill", "missing", "cut"],
    ],
    data: ["level", "tokens", "vocabulary", "minCount", "multiLabel", "column", "target"],
    evaluate: [
      ...["streams", "beam", "maxLength", "lengthPenalty", "from", "steps"],
      ...["languageModel", "languageWeight", "lengthBonus"],
    ],
  };
  for (const { Model, options, ...task } of TASKS) {
    const data = textSource("a\tb\n");
    const calls = {
      data: (given: object) => task.read({ data }, given),
      evaluate: (given: object) => task.evaluate({} as TaskModel, data, given),
      ...(task.inputs && { inputs: (given: object) => task.inputs!({} as TaskModel, data, given) }),
    };
    for (const [call, refused] of Object.entries(calls)) {
      const names: readonly string[] = call === "inputs" ? [] : options[call as "data" | "evaluate"];
      const own = [...names, ...options.format];
      for (const name of Object.values(all).flat()) {
        if (own.includes(name)) continue;
        await expect(refused({ [name]: 1 }), `${call} ${name}`).rejects.toMatchObject({
          code: "ERR_VALUE",
          message: expect.stringMatching(`^${call} of task ${Model.task}: unknown option ${name}; `),
        });
      }
    }
  }
  const unset = Object.fromEntries(
    Object.values(all).flatMap((names) => names.map((name) => [name, undefined])),
  );
  const lines = textSource("red\tcow\n");
  expect(await generatorTask.read({ data: lines }, unset), "without values nothing is refused").toBeDefined();
  const used = TASKS.flatMap(({ options }) => [options.format, options.data, options.evaluate]).flat();
  expect([...new Set<string>(used)].sort(), "each belongs to a task").toEqual(
    Object.values(all).flat().sort(),
  );
});

it("data that cannot be measured are named", async () => {
  const model = await trained<SequenceEmbedder>("an embedder");
  await expect(embedderTask.evaluate(model, textSource("\n", "x.txt"))).rejects.toThrow(
    "x.txt has no examples: all its lines are blank",
  );
  const series = await trained<Forecaster>("a forecaster");
  await expect(forecasterTask.evaluate(series, textSource("a,b\n1,2\n", "x.csv"))).rejects.toThrow(
    /^x\.csv: /,
  );
});

it.each(["char", "word"] as const)(
  "lines that begin with zeros are sequences of their own: %s",
  async (level) => {
    const data = textSource("red cow.\nblue cow.\n".repeat(9));
    const prepared = async (spec: object) => {
      const task = await languageModelTask.read({ data }, { level, minCount: 1 });
      const run = await task.prepare((defaults) => ({ ...defaults, hidden: 4, ...spec }));
      return run.model(await startRuntime()).spec;
    };
    expect(await prepared({ zeroStart: true })).toMatchObject({ level, zeroStart: true, lines: true });
    await expectRejection(
      prepared({ zeroStart: true, lines: false }),
      "ERR_VALUE",
      /zeroStart is true, expected false/,
    );
  },
);
