import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import { writeOnnx } from "../../src/formats/onnx/write.ts";
import * as library from "../../src/index.ts";
import { parseSafetensors } from "../../src/io/safetensors.ts";
import { unpacked } from "../formats/files.ts";
import torch from "../formats/torch/files.json" with { type: "json" };
import { expectRefused, jsonLines, newFolder, TINY, unrolled } from "./cli.ts";
import { trainOnce } from "./describe-task.ts";
import { accumulator } from "./foreign-models.ts";

const trained = trainOnce({}, ["train", ...TINY, "--iters", "9"]);
const convert = (out: string, ...more: string[]) => ["convert", "model.safetensors", "--out", out, ...more];
const read = (folder: string, file: string) => new Uint8Array(readFileSync(join(folder, file)));

it.concurrent("convert writes an ONNX file, and tells the largest error", async () => {
  const { folder } = await trained();
  const [printed] = await jsonLines(folder, ...convert("model.onnx"));
  const bytes = read(folder, "model.onnx");
  expect(printed).toMatchObject({ from: "safetensors", to: "onnx", bytes_after: bytes.length, notes: [] });
  expect(printed!.largest_error).toBeLessThan(1e-5);
  const graph = readOnnx(bytes);
  expect(graph.inputs.map(({ name }) => name)).toEqual(["tokens"]);
  const { stdout } = await unrolled(folder, ...convert("states.onnx", "--states"));
  expect(stdout).toMatch(
    /^states\.onnx is the model of model\.safetensors as an ONNX file, [\d,]+ bytes\.\nIts outputs for random inputs differ by \S+ at most\.\n$/,
  );
  expect(readOnnx(read(folder, "states.onnx")).inputs.map(({ name }) => name)).toEqual(["tokens", "h", "c"]);
});

it.concurrent("convert writes models that read a source, whole and in two parts", async () => {
  const rt = await library.createRuntime();
  const small = { hidden: 4, embedding: 3, layers: 1 };
  const pairs = [{ source: [..."abc"], target: [..."xy"] }];
  const translator = { ...library.defaultEncoderDecoderSpec(), ...small, attention: "additive" as const };
  const vectors = { ...library.defaultAutoencoderSpec("char", 2), ...small, embedding: 0 };
  const steps = [[[1, 5], [3, 9]]]; // biome-ignore format: a sequence of two vectors
  const names = { ...library.defaultGeneratorSpec(), ...small };
  const texts = { ...names, condition: "sequence" as const };
  const vocabulary = library.generatorVocabulary([{ condition: "", tokens: [..."abcd"] }]);
  const generator = (spec: library.GeneratorSpec) =>
    new library.ConditionalGenerator(rt, spec, {
      vocabulary,
      ...library.conditionTables(["up", "down"], spec, 1),
    });
  const models = [
    new library.EncoderDecoder(rt, translator, library.EncoderDecoder.tablesOf(pairs, translator)),
    new library.Autoencoder(rt, vectors, library.Autoencoder.tablesOf(steps, vectors)),
    generator(names),
    generator(texts),
  ];
  const folder = newFolder(
    Object.fromEntries(models.map((model, i) => [`${i}.safetensors`, library.serializeModel(model)])),
  );
  for (const i of models.keys()) {
    for (const part of [[], ["--part", "encoder"], ["--part", "decoder"]]) {
      const args = ["convert", `${i}.safetensors`, "--out", "m.onnx", "--force", ...part];
      const [printed] = await jsonLines(folder, ...args);
      expect(printed!.largest_error, args.join(" ")).toBeLessThan(1e-5);
      const inputs = readOnnx(read(folder, "m.onnx")).inputs.map(({ name }) => name);
      const decodes = part.includes("decoder");
      expect(inputs.some((name) => /^(source|condition)$/.test(name))).toBe(!decodes);
      expect(inputs.includes("h")).toBe(decodes);
    }
  }
  const states = ["convert", "0.safetensors", "--out", "s.onnx", "--states"];
  await expectRefused(folder, states, "states is true, which the decoder alone has; use part decoder");
});

it.concurrent("convert writes files for Keras and PyTorch, and says how Python loads them", async () => {
  const { folder } = await trained();
  const [keras] = await jsonLines(folder, ...convert("model.h5"));
  expect(keras).toMatchObject({
    to: "keras",
    notes: ['In Python: keras.models.load_model("model.h5", compile=False)'],
  });
  expect(keras!.largest_error).toBeLessThan(1e-5);
  const [pytorch] = await jsonLines(folder, ...convert("torch.safetensors", "--to", "pytorch"));
  expect(pytorch).toMatchObject({ to: "pytorch" });
  expect((pytorch!.notes as string[])[0]).toContain('"rnn": nn.LSTM(20, 8),');
  const { tensors } = parseSafetensors(read(folder, "torch.safetensors"));
  expect(Object.keys(tensors)).toContain("rnn.weight_ih_l0");
});

it.concurrent("convert writes a model file again with the same outputs", async () => {
  const { folder } = await trained();
  expect(await jsonLines(folder, ...convert("again.safetensors"))).toMatchObject([
    { to: "safetensors", largest_error: 0 },
  ]);
  expect(read(folder, "again.safetensors")).toEqual(read(folder, "model.safetensors"));
});

it.concurrent("convert fixes axes and inputs of an ONNX file", async () => {
  const folder = newFolder({ "a.onnx": writeOnnx(accumulator()) });
  const printed = await jsonLines(
    folder,
    ...["convert", "a.onnx", "--out", "b.onnx", "--dims", "batch=3", "--set", "scale=2"],
  );
  expect(printed).toMatchObject([{ from: "onnx", to: "onnx", largest_error: 0 }]);
  const graph = readOnnx(read(folder, "b.onnx"));
  expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([
    ["x", [3, 2]],
    ["state", [3, 2]],
  ]);
  expect([...graph.constants.values()].map(({ data }) => [...data])).toEqual([[2]]);
});

it.concurrent("convert turns weights of PyTorch into ONNX, and into a model file with a vocabulary", async () => {
  const bytes = unpacked(torch.lstm.file);
  const folder = newFolder({ "m.pt": bytes });
  const [onnx] = await jsonLines(folder, "convert", "m.pt", "--out", "m.onnx");
  expect(onnx).toMatchObject({ from: "torch", to: "onnx", largest_error: 0 });
  expect((onnx!.notes as string[])[0]).toMatch(
    /^What the weights are is guessed from their names and shapes: \{/,
  );
  const [state] = await jsonLines(folder, "convert", "m.pt", "--out", "m.safetensors", "--to", "pytorch");
  expect(state).toMatchObject({ to: "pytorch", largest_error: null });
  const names = Object.keys(parseSafetensors(read(folder, "m.safetensors")).tensors);
  expect(names.some((name) => name.endsWith("weight_ih_l0"))).toBe(true);
  await expectRefused(
    folder,
    ["convert", "m.pt", "--out", "n.safetensors"],
    /m\.pt: --(vocabulary|labels) is missing/,
  );
});

it.concurrent("convert refuses what it cannot do", async () => {
  const { folder: from } = await trained();
  const folder = newFolder({
    "model.safetensors": readFileSync(join(from, "model.safetensors")),
    "a.onnx": writeOnnx(accumulator()),
    "a.tflite": "\x1c\0\0\0TFL3\0\0\0\0",
  });
  const foreign = (out: string, ...more: string[]) => ["convert", "a.onnx", "--out", out, ...more];
  for (const [args, message] of [
    [
      convert("m.pt"),
      "--out m.pt: pickles are not written; give --out a name that ends in .safetensors, and --to pytorch",
    ],
    [convert("m.keras"), "Keras 2 and 3 read .h5"],
    [convert("m.out"), "--out m.out: its ending tells no format"],
    [convert("m.onnx", "--to", "keras"), "--out m.onnx is the name of an ONNX file, and --to is keras"],
    [convert("m.onnx", "--to", "tflite"), "Allowed choices are onnx, keras, pytorch, safetensors"],
    [
      convert("m.onnx", "--dims", "batch=1"),
      "batch=1 is for models of other frameworks, and model.safetensors is none",
    ],
    [convert("m.onnx", "--part", "decoder"), 'part is "decoder", which only models of generator'],
    [foreign("m.onnx", "--part", "decoder"), "--part is for model files, and a.onnx is none"],
    [convert("m.onnx", "--labels", "l.txt"), "--labels is for models of other frameworks"],
    [convert("m.checkpoint.safetensors"), "is a checkpoint's name"],
    [convert("model.safetensors", "--force"), "would overwrite model.safetensors"],
    [convert("a.onnx"), "a.onnx exists; give another --out, or --force to replace it"],
    [convert("none/m.onnx"), "cannot write none/m.onnx"],
    [["convert", "text.txt", "--out", "m.onnx"], "text.txt: safetensors: not a file of this format"],
    [
      ["convert", "a.tflite", "--out", "m.onnx"],
      "a.tflite: this is a model of TensorFlow Lite: convert it to ONNX",
    ],
    [foreign("m.onnx", "--dims", "time=1"), 'a.onnx: dims: no axis is called "time"; there are batch'],
    [foreign("m.onnx", "--dims", "batch"), "expected name=value"],
    [foreign("m.onnx", "--dims", "batch=0"), "expected a whole number from 1"],
    [foreign("m.onnx", "--set", "y=1"), 'a.onnx: set: no input is called "y"; there are x, state, scale'],
    [foreign("m.onnx", "--set", "scale=much"), "expected a number, not much"],
    [foreign("m.onnx", "--states"), "--states is for model files, and a.onnx is none"],
    [foreign("m.onnx", "--task", "tagger"), "--task is for model files"],
    [foreign("m.safetensors", "--set", "scale=1"), "scale=1 is for ONNX files"],
    [foreign("m.safetensors", "--labels", "text.txt"), /a\.onnx: (?!toModel)/],
  ] as const) {
    await expectRefused(folder, args, message);
  }
});

it.concurrent("convert writes a folder for PyTorch, from which the same model comes back", async () => {
  const { folder } = await trained();
  const [printed] = await jsonLines(folder, ...convert("torch", "--to", "pytorch"));
  expect(printed).toMatchObject({ from: "safetensors", to: "pytorch", notes: [] });
  expect(readdirSync(join(folder, "torch")).sort()).toEqual(
    ["README.md", "config.json", "data.py", "model.py", "train.py", "weights.safetensors"].sort(),
  );
  const { tensors } = parseSafetensors(read(folder, "torch/weights.safetensors"));
  expect(Object.keys(tensors)).toEqual(expect.arrayContaining(["rnn.weight_ih_l0", "head.weight"]));
  await unrolled(folder, "convert", "torch", "--out", "back.safetensors");
  expect(read(folder, "back.safetensors")).toEqual(read(folder, "model.safetensors"));
  await expectRefused(folder, convert("torch", "--to", "pytorch"), "torch/model.py exists");
});

it.concurrent("convert gives a spec the weights with which train begins, and needs its tables", async () => {
  const spec = { task: "language-model", cell: "gru", hidden: 4, layers: 1, dropout: 0, embedding: 0 };
  const folder = newFolder({
    "spec.json": JSON.stringify({ spec, recipe: { batch: 4, seq: 6 } }),
    "typo.json": JSON.stringify({ task: "language-modle" }),
    "cut.json": '{ "task": "language-model"',
    "words.json": JSON.stringify({ task: "language-model", level: "word" }),
    "text.json": JSON.stringify({ spec, vocabulary: "ab" }),
    "tables.json": JSON.stringify({ spec, tables: ["a"] }),
    "flat.json": JSON.stringify({ ...spec, vocabulary: 7 }),
    "own.json": JSON.stringify({ spec, vocabulary: ["a", "b", "<UNK>"], recipe: { seed: 7 } }),
  });
  const to = (file: string, out: string) => ["convert", file, "--to", "pytorch", "--out", out];
  await unrolled(folder, ...to("spec.json", "run"), "--data", "text.txt", "--seed", "3");
  const config = JSON.parse(readFileSync(join(folder, "run", "config.json"), "utf8"));
  expect(config).toMatchObject({ spec, recipe: { seed: 3 } });
  await unrolled(folder, ...to("own.json", "own"));
  const { tensors } = parseSafetensors(read(folder, "own/weights.safetensors"));
  expect(tensors["head.weight"]!.shape).toEqual([3, 4]);
  const { stdout } = await unrolled(folder, ...to("spec.json", "ascii"), "--json");
  expect(JSON.parse(stdout).notes[0]).toContain("the characters of ASCII");
  const { tables } = JSON.parse(readFileSync(join(folder, "ascii", "config.json"), "utf8"));
  expect(tables.vocabulary).toHaveLength(97);
  await expectRefused(folder, to("words.json", "none"), "needs the table vocabulary");
  await expectRefused(folder, to("typo.json", "none"), 'has the task "language-modle", expected one of');
  await expectRefused(
    folder,
    to("text.json", "none"),
    'text.json: vocabulary is "ab", expected a list of texts',
  );
  await expectRefused(
    folder,
    to("flat.json", "none"),
    "flat.json: vocabulary is 7, expected a list of texts",
  );
  await expectRefused(folder, to("tables.json", "none"), 'tables is ["a"], expected an object');
  await expectRefused(folder, to("cut.json", "none"), "cut.json is no JSON");
});
