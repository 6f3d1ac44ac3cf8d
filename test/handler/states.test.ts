import { expect, it } from "vitest";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../src/models/language-model/text.ts";
import { createRuntime, openModel, PackedLanguageModel } from "../../src/run/index.ts";
import { newForecaster, rowsOf, waves } from "../models/forecaster/forecasters.ts";
import { newGenerator } from "../models/generator/generators.ts";
import { newClassifier } from "../models/labels/labels.ts";
import { smallModel } from "../models/language-model/model.ts";
import { draw, newTranscriber } from "../models/transcriber/transcribers.ts";
import { describeRuntimes, startRuntime } from "../runtimes.ts";
import { ask, opened, served } from "./serving.ts";

describeRuntimes("states between requests", (rt, variant) => {
  it("a forecaster's forecasts are those of one stream", async () => {
    const forecaster = newForecaster(rt(), { horizon: 3 });
    const handler = await opened({ level: served(forecaster) });
    const rows = rowsOf(waves(8)).map((row) => [...row]);
    const stream = forecaster.pack().stream();
    let state: string | undefined;
    for (const row of rows) {
      const answer = await ask(handler, "/step", { inputs: [row], state });
      expect(answer.outputs[0].flat()).toEqual([...stream.push(row)]);
      state = answer.state;
    }
  });

  it("a transcriber writes what one stream writes, with vectors that wait", async () => {
    const transcriber = newTranscriber(rt(), { stack: 3, bidirectional: false });
    const handler = await opened({ voice: served(transcriber) });
    const vectors = draw("ab ba ab");
    const stream = transcriber.pack().stream();
    const expected = stream.push(vectors) + stream.end();
    let [text, state] = ["", undefined as string | undefined];
    for (let i = 0; i < vectors.length; i += 2) {
      const inputs = vectors.slice(i, i + 2);
      const answer = await ask(handler, "/step", { inputs, state, end: i + 2 >= vectors.length });
      text += answer.outputs.join("");
      state = answer.state;
    }
    expect(text).toBe(expected);
  });

  it("a language model of unrolled/run writes the same text at once, in pieces, and as generate does", async () => {
    const runtime = await createRuntime({ variant });
    for (const spec of [{}, { cell: "gru" as const, embedding: 4 }, { lines: true }]) {
      const { model, file } = served(smallModel(rt(), spec));
      const opened_ = openModel(runtime, file, [PackedLanguageModel]);
      const handler = await opened({ writer: { model: opened_, file } });
      const order = { temperature: 0.9, seed: 5 };
      const expected = [
        ...(model as LanguageModel).pack().generate({ ...order, prompt: "abc", length: 90 }),
      ].join("");
      const whole = await ask(handler, "/generate", { ...order, prompt: "abc", length: 90 });
      expect(whole.text).toBe(expected);
      let piece = await ask(handler, "/generate", { ...order, prompt: "abc", length: 40 });
      let text = piece.text;
      for (const length of [1, 49]) {
        piece = await ask(handler, "/generate", { ...order, length, state: piece.state });
        text += piece.text;
      }
      expect(text).toBe(expected);
      expect(piece.state).toBe(whole.state);
    }
  });

  it("a model of words joins them across requests, also around quotation marks", async () => {
    const spec = { ...defaultLanguageModelSpec("word"), hidden: 5, embedding: 5, layers: 1 };
    const text = 'he said " no " , and ( she ) said " yes " .\n'.repeat(4);
    const model = new LanguageModel(rt(), spec, textVocabulary(text, spec, { minCount: 1 }));
    const handler = await opened({ words: served(model) });
    const order = { temperature: 1.5, seed: 3 };
    const expected = [...model.pack().generate({ ...order, prompt: 'he said "', length: 60 })].join("");
    let answer = await ask(handler, "/generate", { ...order, prompt: 'he said "', length: 1 });
    let written = answer.text;
    for (let i = 1; i < 60; i++) {
      answer = await ask(handler, "/generate", { ...order, length: 1, state: answer.state });
      written += answer.text;
    }
    expect(written).toBe(expected);
    expect(expected).toContain('"');
  });

  it("a generator writes what generate writes, and says when it has ended", async () => {
    const generator = newGenerator(rt());
    const handler = await opened({ calls: served(generator) });
    for (const seed of [1, 2, 3]) {
      const order = { condition: "dog", temperature: 0.8, seed };
      const expected = [...generator.pack().generate({ ...order, length: 30 })].join("");
      const first = await ask(handler, "/generate", { ...order, length: 4 });
      const rest = first.ended
        ? { text: "" }
        : await ask(handler, "/generate", { ...order, length: 26, state: first.state });
      expect(first.text + rest.text).toBe(expected);
    }
    const wrong = await ask(handler, "/generate", { condition: "cow or so" });
    expect([wrong.status, wrong.code]).toEqual([400, "ERR_DATA"]);
  });

  it("/step of a language model names the next symbols, with the stream's probabilities", async () => {
    const model = smallModel(rt());
    const handler = await opened({ writer: served(model) });
    const stream = model.pack().stream();
    let state: string | undefined;
    for (const piece of ["ab", "c"]) {
      for (const id of model.vocabulary.encode(piece)) stream.feed(id);
      const answer = await ask(handler, "/step", { inputs: [piece], state, top: 3 });
      const all = model.vocabulary.symbols.map((symbol, id) => ({
        symbol,
        logProbability: stream.logProbability(id),
      }));
      all.sort((one, other) => other.logProbability - one.logProbability);
      expect(answer.outputs).toEqual([all.slice(0, 3)]);
      state = answer.state;
    }
  });
});

it("keeps texts apart that are written at the same time", async () => {
  const model = smallModel(await startRuntime());
  const handler = await opened({ writer: served(model) });
  const orders = [1, 2, 3, 4].map((seed) => ({ seed, prompt: "abcdef"[seed], length: 100 }));
  const answers = await Promise.all(orders.map((order) => ask(handler, "/generate", order)));
  const packed = model.pack();
  expect(answers.map(({ text }) => text)).toEqual(
    orders.map((order) => [...packed.generate(order)].join("")),
  );
});

it("refuses states of another model, cut, changed and random ones", async () => {
  const rt = await startRuntime();
  const handler = await opened({ level: served(newForecaster(rt)) });
  const other = await opened({ level: served(newForecaster(rt)) });
  const { state } = await ask(handler, "/step", { inputs: [[1, 2]] });
  const bytes = Uint8Array.from(atob(state), (byte) => byte.charCodeAt(0));
  const with_ = (change: (bytes: Uint8Array) => Uint8Array | undefined) => {
    const copy = bytes.slice();
    return btoa(String.fromCharCode(...(change(copy) ?? copy)));
  };
  const cases: [unknown, string][] = [
    [with_((b) => b.subarray(0, 10)), "not a state of this version"],
    [with_((b) => b.fill(3, 3, 4) && undefined), "not a state of this version"],
    [with_((b) => b.subarray(0, -8)), `${bytes.length - 8} bytes, expected ${bytes.length}`],
    [with_((b) => Uint8Array.of(...b, 0)), `${bytes.length + 1} bytes, expected ${bytes.length}`],
    [with_((b) => b.fill(77, 30, 31) && undefined), "its bytes were changed"],
    [with_((b) => b.map((_, i) => (i * 89) % 251)), "not a state of this version"],
    ["no base64!", "not base64"],
    ["", "not a state of this version"],
    [7, "not a text"],
    [null, "not a text"],
  ];
  for (const [state, message] of cases) {
    const { status, error } = await ask(handler, "/step", { inputs: [[1, 2]], state });
    expect([status, error], String(state)).toEqual([400, expect.stringContaining(message)]);
  }
  const foreign = await ask(other, "/step", { inputs: [[1, 2]], state });
  expect([foreign.status, foreign.error]).toEqual([
    400,
    "state: made by another model file; begin without a state",
  ]);
  expect((await ask(handler, "/step", { inputs: [[1, 2]], state })).status).toBe(200);
});

it("refuses a state with a right checksum and wrong numbers", async () => {
  const { StateCodec } = await import("../../src/handler/state.ts");
  const { digest } = await import("../../src/io/sha256.ts");
  const rt = await startRuntime();
  const models = { level: served(newForecaster(rt)), writer: served(smallModel(rt)) };
  const handler = await opened(models);
  const forge = async (
    name: keyof typeof models,
    change: (parts: (Float32Array | Float64Array)[]) => void,
  ) => {
    const inputs = name === "level" ? [[1, 2]] : ["a"];
    const { state } = await ask(handler, "/step", { model: name, inputs });
    const codec = new StateCodec(await digest(models[name].file));
    const n = name === "level" ? [5, 5, 4, 1] : [10, 10, 3];
    const like = n.map((size, i) => (i < 2 ? new Float32Array(size) : new Float64Array(size)));
    const parts = [...codec.decode(state, like)];
    change(parts);
    return ask(handler, "/step", { model: name, inputs, state: codec.encode(parts) });
  };
  const forged = [
    await forge("level", ([h]) => h!.fill(Number.NaN)),
    await forge("level", (parts) => parts[3]!.fill(-1)),
    await forge("level", (parts) => parts[2]!.fill(1e308)),
    await forge("writer", (parts) => parts[2]!.fill(0.5)),
    await forge("writer", (parts) => parts[2]!.set([0, 1e6, 0])),
    await forge("writer", ([h]) => h!.fill(Number.POSITIVE_INFINITY)),
  ];
  for (const { status, error } of forged) expect([status, error]).toEqual([400, expect.any(String)]);
});

it("needs the file of models with states, and no other", async () => {
  const rt = await startRuntime();
  const { createHandler } = await import("../../src/handler/index.ts");
  const handler = createHandler({ level: { model: newForecaster(rt) } }, { report: () => {} });
  await expect(handler.ready).rejects.toThrow("models.level.file");
  await opened({ mood: { model: newClassifier(rt) } });
  const mood = await opened({ mood: { model: newClassifier(rt) } });
  expect((await ask(mood, "/step", { inputs: ["a"] })).error).toBe("the model mood has no state");
});
