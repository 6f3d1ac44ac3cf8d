import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { evaluateText } from "../../src/models/language-model/evaluation.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { loadModel } from "../../src/network/model-file.ts";
import { startRuntime } from "../runtimes.ts";
import { TEXT } from "../train/run.ts";
import { expectRefused, jsonLines, newFolder, objects, TINY, unrolled } from "./cli.ts";

it.concurrent("train, info, eval and sample for people", async () => {
  const folder = newFolder();
  const trained = await unrolled(folder, "train", ...TINY, "--iters", "30");
  expect(trained.stderr).toMatch(
    /^LSTM 1 x 8, [\d,]+ parameters, 20 symbols, strict build; 30 iterations \(0\.\d epochs\), rmsprop, lr 0.002, exponential$/m,
  );
  expect(trained.stderr).toMatch(/^iteration 30\/30 {2}loss \d\.\d{4} {2}[\d,]+ chars\/s$/m);
  expect(trained.stderr).toMatch(
    /^iteration 30: validation \d\.\d{4} nats, perplexity [\d.]+, best so far$/m,
  );
  expect(trained.stderr).toMatch(/^Done in [\d.]+ s\. model\.safetensors holds /m);
  expect(trained).toMatchObject({ code: 0, stdout: "" });

  const [info, evaluated, sampled] = await Promise.all([
    unrolled(folder, "info", "model.safetensors"),
    unrolled(folder, "eval", "model.safetensors", "--data", "text.txt"),
    unrolled(folder, "sample", "model.safetensors", "--prompt", "3 app", "--length", "20"),
  ]);
  for (const { code, stderr } of [info, evaluated, sampled])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(info.stdout).toMatch(/^cell +lstm$/m);
  expect(info.stdout).toMatch(/^ {2}head\.weight +\[20, 8\]$/m);
  const lines = evaluated.stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  const last = JSON.parse(lines[1]!);
  expect(Object.keys(last)).toEqual(["nats", "bits", "perplexity", "tokens", "bits_per_character"]);
  expect(lines[0]).toContain(`${last.nats.toFixed(4)} nats`);
  expect(sampled.stdout).toMatch(/^3 app(?:.|\n){20}\n$/);
});

it.concurrent("train, info, eval and sample for programs: nothing but JSON on standard output", async () => {
  const folder = newFolder();
  const options = ["--json", "--iters", "12", "--validate-every", "5", "--out", "own.safetensors"];
  const trained = await unrolled(folder, "train", ...TINY, ...options, "--cell", "gru");
  expect(trained).toMatchObject({ code: 0, stderr: "" });
  const events = objects(trained);
  const steps = events.filter((event) => "loss" in event);
  expect(steps.map(({ iter }) => iter)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (const step of steps) {
    expect(step).toEqual({ iter: step.iter, loss: expect.any(Number), chars_per_second: expect.any(Number) });
  }
  const validations = events.filter((event) => "best" in event);
  expect(validations.map(({ iter }) => iter)).toEqual([5, 10, 12]);
  const done = events.at(-1)!;
  expect(done).toEqual({
    done: true,
    stopped: "end",
    iters: 12,
    validation_nats: expect.any(Number),
    last_validation_nats: expect.any(Number),
    test_nats: expect.any(Number),
    model: "own.safetensors",
    checkpoint: "own.checkpoint.safetensors",
    seconds: expect.any(Number),
    training_seconds: expect.any(Number),
  });
  expect(done.validation_nats).toBe(Math.min(...validations.map((event) => event.validation_nats as number)));

  const sampling = [
    "--prompt",
    "1",
    "--length",
    "30",
    "--temperature",
    "0.7",
    "--top-k",
    "5",
    "--top-p",
    "0.9",
    "--seed",
    "4",
  ];
  const [info, evaluated, sampled] = await Promise.all([
    unrolled(folder, "info", "own.safetensors", "--json"),
    unrolled(folder, "eval", "own.safetensors", "--data", "text.txt", "--streams", "1", "--json"),
    unrolled(folder, "sample", "own.safetensors", ...sampling, "--json"),
  ]);
  for (const result of [info, evaluated, sampled]) {
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(objects(result)).toHaveLength(1);
  }
  const model = loadModel(await startRuntime(), readFileSync(join(folder, "own.safetensors")), [
    LanguageModel,
  ]);
  expect(objects(info)[0]).toMatchObject({
    spec: model.spec,
    parameters: Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0),
    vocabulary: { size: 20, unknown: 19, symbols: model.vocabulary.symbols },
  });
  const expected = evaluateText(model, model.vocabulary.encode(TEXT), { streams: 1 });
  const found = objects(evaluated)[0] as unknown as typeof expected;
  expect(found.tokens).toBe(TEXT.length - 1);
  expect(found.nats).toBeCloseTo(expected.nats, 5);
  const text = [
    ...model.pack().generate({ prompt: "1", length: 30, temperature: 0.7, topK: 5, topP: 0.9, seed: 4 }),
  ].join("");
  expect(objects(sampled)[0]).toEqual({ prompt: "1", text });
});

it.concurrent("every cell, an embedding, dropout and another optimiser", async () => {
  const folder = newFolder();
  const runs = ["rnn", "gru", "lstm"].map((cell) =>
    unrolled(
      folder,
      ...[
        "train",
        ...TINY,
        "--json",
        "--cell",
        cell,
        "--embedding",
        "4",
        "--dropout",
        "0.2",
        "--layers",
        "2",
      ],
      ...[
        "--optimizer",
        "adam",
        "--clip",
        "1",
        "--clip-by",
        "norm",
        "--iters",
        "3",
        "--out",
        `${cell}.safetensors`,
      ],
    ),
  );
  for (const result of await Promise.all(runs)) {
    expect(result.code).toBe(0);
    expect(objects(result).at(-1)).toMatchObject({ done: true, iters: 3 });
  }
});

it.concurrent("a network of another spec, which info shows, sample reads and --resume continues", {}, async () => {
  const folder = newFolder();
  const flags =
    "--cell lstm --layers 3 --embedding 6 --connections highway --norm batch --head 8,6 --head-activation tanh";
  const more =
    "--tied --peepholes previous --forget-gate coupled --input-dropout 0.1 --dropout 0.1 --variational-dropout";
  const cell = "--activations hardSigmoid:0.2:0.5,tanh,softsign --gate-clip 3 --gate-norm batch";
  const spec = [flags, more, cell].join(" ").split(" ");
  const trained = await unrolled(folder, "train", ...TINY, ...spec, "--iters", "3", "--out", "m.safetensors");
  expect(trained.code, trained.stderr).toBe(0);
  const info = await unrolled(folder, "info", "m.safetensors");
  for (const line of [
    /^connections +highway$/m,
    /^head +\[8,6\]$/m,
    /^forgetGate +coupled$/m,
    /^peepholes +previous$/m,
    /^gateNorm +batch$/m,
    / rnn\.gate_norm_l2\.weight +\[/m,
    /^tied +true$/m,
    /^activations +\[\{"name":"hardSigmoid","alpha":0.2,"beta":0.5\},"tanh","softsign"\]$/m,
    / rnn\.norm_l2\.weight +\[/m,
  ]) {
    expect(info.stdout).toMatch(line);
  }
  expect(info.stdout, "a field with its default").not.toContain("resetAfter");
  const sampled = await unrolled(folder, "sample", "m.safetensors", "--length", "20");
  expect(sampled.stdout.length).toBeGreaterThan(10);
  const data = TINY[TINY.indexOf("--data") + 1]!;
  const resumed = await unrolled(
    folder,
    "train",
    "--data",
    data,
    "--resume",
    "m.checkpoint.safetensors",
    "--iters",
    "4",
  );
  expect(resumed.code, resumed.stderr).toBe(0);
});

it.concurrent("options that do not go together are refused by name", async () => {
  const folder = newFolder();
  for (const [flags, ...patterns] of [
    ["--cell gru --peepholes", "peepholes is true, which needs cell lstm, but cell is gru"],
    ["--gate-norm layer", "--gate-norm", "layer", "expected batch, or no value"],
    ["--peepholes next", "--peepholes", "next", "expected previous, or no value"],
    ["--tied", "embedding is 0, expected"],
    ["--input-dropout 0.1", "use an embedding"],
    ["--head 64,0", "a whole number from 1 on"],
    ["--layers 101", "1 to 100"],
    ["--activations tanh,step,tanh", "step"],
    ["--activations elu:1:0:3,tanh,tanh", "--activations", "elu:1:0:3"],
  ] as const) {
    await expectRefused(folder, ["train", ...TINY, ...flags.split(" "), "--iters", "1"], ...patterns);
  }
});

it.concurrent("--epochs counts passes over the training text", async () => {
  const folder = newFolder();
  const [one, half] = await Promise.all(
    ["1", "0.5"].map((epochs) =>
      unrolled(folder, "train", ...TINY, "--json", "--epochs", epochs, "--out", `${epochs}.safetensors`),
    ),
  );
  const batches = Math.floor(TEXT.length / 24);
  const epoch = Math.floor(batches * 0.9);
  expect(objects(one!).at(-1)!.iters).toBe(epoch);
  expect(objects(half!).at(-1)!.iters).toBe(Math.ceil(epoch / 2));
});

it.concurrent("--lines: train, eval and sample line by line", async () => {
  const folder = newFolder();
  const options = [
    ...["--data", "text.txt", "--lines", "--hidden", "8", "--layers", "1", "--batch", "4"],
    "--lr",
    "0.02",
  ];
  const trained = objects(await unrolled(folder, "train", ...options, "--iters", "60", "--json")).at(-1)!;
  expect(trained).toMatchObject({ done: true, iters: 60, test_nats: expect.any(Number) });
  const model = loadModel(await startRuntime(), readFileSync(join(folder, "model.safetensors")), [
    LanguageModel,
  ]);
  expect(model.spec.lines).toBe(true);
  const [evaluated, sampled] = await Promise.all([
    unrolled(folder, "eval", "model.safetensors", "--data", "text.txt", "--json"),
    unrolled(folder, "sample", "model.safetensors", "--length", "60", "--json"),
  ]);
  expect(objects(evaluated)[0]!.tokens).toBe(TEXT.length);
  expect(objects(evaluated)[0]!.nats).toBeCloseTo(trained.validation_nats as number, 0);
  const text = objects(sampled)[0]!.text as string;
  expect(text).toHaveLength(60);
  expect(text).toContain("\n");
  const line = text.slice(0, text.indexOf("\n"));
  expect((await jsonLines(folder, "sample", "model.safetensors"))[0]!.text).toBe(line);
  expect((await unrolled(folder, "sample", "model.safetensors")).stdout).toBe(`${line}\n`);
});

it.concurrent("the same seed makes the same files, another seed different ones", async () => {
  const folder = newFolder();
  const run = (seed: string, out: string) =>
    unrolled(folder, "train", ...TINY, "--iters", "5", "--seed", seed, "--out", out);
  await Promise.all([run("7", "a.safetensors"), run("7", "b.safetensors"), run("8", "c.safetensors")]);
  const [a, b, c] = ["a", "b", "c"].map((name) => readFileSync(join(folder, `${name}.safetensors`), "hex"));
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

it.concurrent("eval counts characters that the model never saw as its unknown symbol, and says so", async () => {
  const folder = newFolder({ "other.txt": "3 äpples\n", "control.txt": "\x1b[2Jan\x9b \x7f\n" });
  await unrolled(folder, "train", ...TINY, "--iters", "2");
  const result = await unrolled(folder, "eval", "model.safetensors", "--data", "other.txt");
  expect(result.stderr).toContain('"ä"');
  expect(result.code).toBe(0);
  expect(objects({ ...result, stdout: result.stdout.split("\n")[1]! })[0]!.tokens).toBe(8);
  const { stderr } = await unrolled(folder, "eval", "model.safetensors", "--data", "control.txt");
  for (const code of ["001b", "009b", "007f"]) expect(stderr).toContain(`"\\u${code}"`);
  expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
});
