import { expect, it, vi } from "vitest";
import { createRuntime, openModel, PackedClassifier, PackedTagger } from "../../src/run/index.ts";
import { newEmbedder } from "../models/embedder/embedders.ts";
import { newForecaster, rowsOf, waves } from "../models/forecaster/forecasters.ts";
import { newClassifier, newTagger } from "../models/labels/labels.ts";
import { smallModel } from "../models/language-model/model.ts";
import { newEncoderDecoder } from "../models/sequence-to-sequence/pairs.ts";
import { draw, newTranscriber } from "../models/transcriber/transcribers.ts";
import { describeRuntimes } from "../runtimes.ts";
import { asJson, ask, figures, opened, post, served } from "./serving.ts";

const TEXTS = ["the film was good", "the meal surely was not bad", "a book", "not", "good good bad"];

describeRuntimes("/predict", (rt, variant) => {
  it("answers what each model returns", async () => {
    const classifier = newClassifier(rt());
    const tagger = newTagger(rt());
    const embedder = newEmbedder(rt());
    const translator = newEncoderDecoder(rt());
    const transcriber = newTranscriber(rt());
    const forecaster = newForecaster(rt());
    const writer = smallModel(rt());
    const series = rowsOf(waves(9)).map((row) => [...row]);
    const cases = {
      classifier: [classifier, TEXTS, classifier.predict(TEXTS)],
      tagger: [tagger, [["we", "saw", "Ann"], "Bob ."], tagger.predict([["we", "saw", "Ann"], "Bob ."])],
      embedder: [embedder, ["ab", "ba"], embedder.encode(["ab", "ba"])],
      translator: [translator, ["abc", "ca"], translator.predict(["abc", "ca"])],
      transcriber: [transcriber, [draw("ab"), draw("a")], transcriber.predict([draw("ab"), draw("a")])],
      forecaster: [
        forecaster,
        [series, series.slice(3)],
        [series, series.slice(3)].map((rows) => forecaster.forecast(rows)),
      ],
      writer: [writer, ["abc", "fed"], ["abc", "fed"].map((text) => writer.pack().score(text))],
    } as const;
    const models = Object.fromEntries(Object.entries(cases).map(([name, [model]]) => [name, served(model)]));
    const handler = await opened(models);
    for (const [name, [, inputs, outputs]] of Object.entries(cases)) {
      const answer = await ask(handler, "/predict", { model: name, inputs });
      expect(answer.outputs, name).toEqual(asJson(outputs));
    }
  });

  it("answers the same bits for inputs of many requests as for each alone", async () => {
    const classifier = newClassifier(rt());
    const sizes: number[] = [];
    const model = {
      predict: (inputs: readonly string[]) => {
        sizes.push(inputs.length);
        return classifier.predict(inputs);
      },
    };
    const handler = await opened({ mood: { model } }, { batch: 4, wait: 5 });
    const answers = await Promise.all(TEXTS.map((text) => ask(handler, "/predict", { inputs: [text] })));
    expect(sizes).toEqual([4, 1]);
    expect(answers.map(({ outputs }) => outputs[0])).toEqual(
      TEXTS.map((text) => classifier.predict([text])[0]),
    );
  });

  it("answers the same bits in a batch as alone, whatever the model", async () => {
    const models = {
      tagger: [newTagger(rt()), ["we saw Ann Lee .", "Bob", "then Bob ."]],
      embedder: [newEmbedder(rt()), ["ab", "b", "a long text of some words"]],
      translator: [newEncoderDecoder(rt()), ["abc", "a", "cabba"]],
      transcriber: [newTranscriber(rt()), [draw("ab ba"), draw("a"), draw("bb")]],
    } as const;
    const entries = Object.entries(models);
    const handler = await opened(Object.fromEntries(entries.map(([name, [model]]) => [name, served(model)])));
    for (const [model, [, inputs]] of entries) {
      const alone = [];
      for (const input of inputs)
        alone.push((await ask(handler, "/predict", { model, inputs: [input] })).outputs[0]);
      expect((await ask(handler, "/predict", { model, inputs })).outputs, model).toEqual(alone);
    }
  });

  it("serves models of unrolled/run", async () => {
    const runtime = await createRuntime({ variant });
    const [classifier, tagger] = [newClassifier(rt()), newTagger(rt())];
    const models = {
      mood: { model: openModel(runtime, served(classifier).file, [PackedClassifier]) },
      names: { model: openModel(runtime, served(tagger).file, [PackedTagger]) },
    };
    const handler = await opened(models);
    const moods = await ask(handler, "/predict", { model: "mood", inputs: TEXTS });
    expect(moods.outputs).toEqual(classifier.predict(TEXTS));
    const names = await ask(handler, "/predict", { model: "names", inputs: ["we saw Ann Lee ."] });
    expect(names.outputs).toEqual(tagger.predict(["we saw Ann Lee ."]));
  });

  it("does not let a wrong input spoil those of other requests", async () => {
    const classifier = newClassifier(rt());
    const handler = await opened({ mood: { model: classifier } }, { wait: 5 });
    const bodies = ["a film", "", 7, "a book"].map((input) => ({ inputs: [input] }));
    const [film, empty, number, book] = await Promise.all(
      bodies.map((body) => ask(handler, "/predict", body)),
    );
    expect(film.outputs).toEqual(classifier.predict(["a film"]));
    expect(book.outputs).toEqual(classifier.predict(["a book"]));
    expect([empty.status, empty.code]).toEqual([400, "ERR_DATA"]);
    expect([number.status, number.code]).toEqual([400, "ERR_VALUE"]);
    expect(await figures(handler)).toContain('unrolled_batch_size_sum{model="mood"} 4');
  });
});

it("waits for models of one's own, and refuses a wrong number of outputs", async () => {
  const errors: unknown[] = [];
  const report = (error: unknown) => errors.push(error);
  const own = { predict: async (inputs: readonly number[]) => inputs.map((x) => 2 * x) };
  const short = { predict: () => [] };
  const handler = await opened({ own: { model: own }, short: { model: short } }, { report });
  expect((await ask(handler, "/predict", { model: "own", inputs: [1, 2] })).outputs).toEqual([2, 4]);
  const wrong = await ask(handler, "/predict", { model: "short", inputs: [1] });
  expect([wrong.status, wrong.code, wrong.error]).toEqual([
    500,
    "ERR_INTERNAL",
    "the server has an error; its log says more",
  ]);
  expect(String(errors[0])).toContain("predict returned 0 outputs, expected 1");
});

it("takes outputs that JSON cannot hold for faults of the server", async () => {
  const errors: unknown[] = [];
  const wrong = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    () => 1,
    Symbol("a"),
    1n,
    [1, [undefined]],
    { score: Number.NEGATIVE_INFINITY },
    { score: () => 1 },
    Float32Array.of(1, Number.NaN),
  ];
  const right = [null, 0, "", [], { label: "a", note: undefined }, Float32Array.of(1)];
  const all = [...wrong, ...right];
  const model = { predict: (inputs: readonly number[]) => inputs.map((i) => all[i]) };
  const handler = await opened({ own: { model } }, { report: (error) => errors.push(error) });
  const answers = await Promise.all(all.map((_, i) => ask(handler, "/predict", { inputs: [i] })));
  const expected = [...wrong.map(() => [500, "ERR_INTERNAL"]), ...right.map(() => [200, undefined])];
  expect(answers.map(({ status, code }) => [status, code])).toEqual(expected);
  expect(answers.slice(wrong.length).map(({ outputs }) => outputs[0])).toEqual(right.map(asJson));
  expect(errors.length).toBe(wrong.length);
  expect(String(errors[1])).toBe("Error: an answer has NaN, which JSON cannot hold");
});

it("leaves out the inputs of clients that have left", async () => {
  const seen: unknown[] = [];
  const model = {
    predict: (inputs: readonly unknown[]) => {
      seen.push(...inputs);
      return inputs;
    },
  };
  const handler = await opened({ echo: { model } }, { wait: 50 });
  const gone = new AbortController();
  const [first, second] = [1, 2].map((input) =>
    handler.fetch(post("/predict", { inputs: [input] }, input === 1 ? { signal: gone.signal } : {})),
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await figures(handler)).toMatch(/^unrolled_queue_length 2$/m);
  gone.abort();
  expect((await first!).status).toBe(499);
  expect(await figures(handler)).toMatch(/^unrolled_queue_length 1$/m);
  expect((await second!).status).toBe(200);
  expect(seen).toEqual([2]);
});

it("refuses requests when its queue is full, and takes them when there is room again", async () => {
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const model = { predict: (inputs: readonly unknown[]) => opening.then(() => inputs) };
  const handler = await opened({ slow: { model } }, { queue: 3 });
  const waiting = [[1], [2, 3]].map((inputs) => ask(handler, "/predict", { inputs }));
  await new Promise((resolve) => setTimeout(resolve, 10));
  const refused = await ask(handler, "/predict", { inputs: [4] });
  expect([refused.status, refused.code, refused.headers.get("retry-after")]).toEqual([503, "ERR_BUSY", "1"]);
  expect((await handler.fetch(new Request("http://localhost/health"))).status).toBe(200);
  open();
  expect((await Promise.all(waiting)).map(({ outputs }) => outputs)).toEqual([[1], [2, 3]]);
  expect((await ask(handler, "/predict", { inputs: [4] })).outputs).toEqual([4]);
  expect((await ask(handler, "/predict", { inputs: [1, 2, 3, 4] })).status).toBe(413);
  expect(await figures(handler)).toMatch(/^unrolled_inputs_in_work 0$/m);
});

it("gives no place to requests whose body has not come", async () => {
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const model = { predict: (inputs: readonly unknown[]) => opening.then(() => inputs) };
  const handler = await opened({ slow: { model } }, { queue: 2 });
  const ends = Array.from({ length: 4 }, () => {
    let end = () => {};
    const body = new ReadableStream({
      start(controller) {
        end = () => {
          controller.enqueue(new TextEncoder().encode('{"inputs":[0]}'));
          controller.close();
        };
      },
    });
    const answer = handler.fetch(post("/predict", {}, { body, duplex: "half" } as RequestInit));
    return { end, answer };
  });
  const expectInWork = async (count: number) =>
    expect(await figures(handler)).toMatch(new RegExp(`^unrolled_inputs_in_work ${count}$`, "m"));
  await expectInWork(0);
  const inTime = [1, 2].map((input) => ask(handler, "/predict", { inputs: [input] }));
  await vi.waitFor(() => expectInWork(2));
  for (const { end } of ends) end();
  for (const { answer } of ends) expect((await answer).status).toBe(503);
  open();
  expect((await Promise.all(inTime)).map(({ outputs }) => outputs)).toEqual([[1], [2]]);
  await expectInWork(0);
});
