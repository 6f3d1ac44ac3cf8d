import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadModel } from "../../src/models/model-file.ts";
import { parseCheckpoint } from "../../src/train/checkpoint.ts";
import { evaluateText } from "../../src/train/evaluate.ts";
import { startRuntime } from "../runtimes.ts";
import { TEXT } from "../train/run.ts";
import { contents, newFolder, objects, TINY, unrolled } from "./cli.ts";

it.concurrent("train, info, eval and sample for people", async () => {
  const folder = newFolder();
  const trained = await unrolled(folder, "train", ...TINY, "--iters", "30");
  expect(trained.stderr).toMatch(
    /^LSTM 1 x 8, [\d,]+ parameters, 20 symbols, strict build; 30 iterations \(0\.\d epochs\)$/m,
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
  expect(Object.keys(last)).toEqual(["nats", "bits", "perplexity", "tokens"]);
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
  const model = loadModel(await startRuntime(), readFileSync(join(folder, "own.safetensors")));
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

it.concurrent("a network of another spec, which info shows, sample reads and --resume goes on with", {
  timeout: 30_000,
}, async () => {
  const folder = newFolder();
  const flags =
    "--cell lstm --layers 3 --embedding 6 --connections highway --norm batch --head 8,6 --head-activation tanh";
  const more =
    "--tied --peepholes --forget-gate coupled --input-dropout 0.1 --dropout 0.1 --variational-dropout";
  const cell = "--activations hardSigmoid:0.2:0.5,tanh,softsign --gate-clip 3";
  const spec = [flags, more, cell].join(" ").split(" ");
  const trained = await unrolled(folder, "train", ...TINY, ...spec, "--iters", "3", "--out", "m.safetensors");
  expect(trained.code, trained.stderr).toBe(0);
  const info = await unrolled(folder, "info", "m.safetensors");
  for (const line of [
    /^connections +highway$/m,
    /^head +\[8,6\]$/m,
    /^forgetGate +coupled$/m,
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

it.concurrent("options that do not go together are refused, and by name", { timeout: 30_000 }, async () => {
  const folder = newFolder();
  for (const [flags, pattern] of [
    ["--cell gru --peepholes", "peepholes is true, which only cell lstm has"],
    ["--tied", "no embedding to tie"],
    ["--input-dropout 0.1", "use an embedding"],
    ["--head 64,0", "a whole number from 1 on"],
    ["--layers 101", "1 to 100"],
    ["--activations tanh,step,tanh", "step"],
    ["--activations elu:1:0:3,tanh,tanh", "--activations", "elu:1:0:3"],
  ] as const) {
    const { code, stderr } = await unrolled(folder, "train", ...TINY, ...flags.split(" "), "--iters", "1");
    expect(code, flags).toBe(1);
    expect(stderr).toContain(pattern);
  }
});

it.concurrent("--epochs counts readings of the training text", async () => {
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

/** Options of a run on text that contradicts itself where it is held out, so that the validation loss soon rises. */
const CONTRARY = ["--batch", "1", "--lr", "0.02", "--validate-every", "5", "--json"];
const contraryFolder = () => newFolder({ "text.txt": `${"abc".repeat(72)}${"acb".repeat(8)}` });

it.concurrent("--early-stop ends a run and says so; --schedule plateau slows it down", async () => {
  const folder = contraryFolder();
  const options = [...CONTRARY, "--iters", "400", "--early-stop", "6"];
  const [json, text, slower] = await Promise.all([
    unrolled(folder, "train", ...TINY, ...options, "--out", "a.safetensors"),
    unrolled(
      folder,
      "train",
      ...TINY,
      ...options.filter((option) => option !== "--json"),
      "--out",
      "b.safetensors",
    ),
    unrolled(
      folder,
      "train",
      ...TINY,
      ...options,
      "--schedule",
      "plateau",
      "--patience",
      "0",
      "--out",
      "c.safetensors",
    ),
  ]);
  for (const { code } of [json, text, slower]) expect(code).toBe(0);
  const validations = objects(json!).filter((event) => "best" in event);
  expect(validations.slice(-7).map(({ best }) => best)).toEqual([true, ...new Array(6).fill(false)]);
  const done = objects(json!).at(-1)!;
  expect(done).toMatchObject({ done: true, stopped: "early", iters: 5 * validations.length });
  expect(text!.stderr).toContain(
    `Stopped at iteration ${done.iters}, as 6 validations brought no smaller loss, and done in `,
  );
  const last = (name: string) =>
    parseCheckpoint(readFileSync(join(folder, `${name}.checkpoint.safetensors`)));
  expect(last("c").progress.seen!.factor).toBe(0.5 ** 6);
  expect(last("a").progress.seen!.factor).toBe(1);
  expect(last("c").recipe).toMatchObject({ schedule: "plateau", patience: 0, lrDecay: 0.5, earlyStop: 6 });
});

it.concurrent("--schedule cosine falls over the iterations of the run, given by --epochs too", async () => {
  const folder = newFolder();
  const options = ["--schedule", "cosine", "--warm-up", "3"];
  await Promise.all([
    unrolled(folder, "train", ...TINY, ...options, "--iters", "7", "--out", "a.safetensors"),
    unrolled(folder, "train", ...TINY, ...options, "--epochs", "0.5", "--out", "b.safetensors"),
  ]);
  for (const name of ["a", "b"]) {
    const { recipe, progress } = parseCheckpoint(
      readFileSync(join(folder, `${name}.checkpoint.safetensors`)),
    );
    expect(recipe).toMatchObject({ schedule: "cosine", warmUp: 3, lrDecayOver: progress.iteration });
  }
});

it.concurrent("a run that breaks down says what went wrong, keeps what was good and how to go on", async () => {
  const folder = newFolder();
  const broken = [
    "--optimizer",
    "sgd",
    "--lr",
    "1e39",
    "--clip",
    "0",
    "--iters",
    "40",
    "--validate-every",
    "1000",
  ];
  const { code, stderr, stdout } = await unrolled(folder, "train", ...TINY, ...broken, "--json");
  expect(code).toBe(1);
  expect(stderr).toMatch(/iteration \d+: .* is -?(NaN|Infinity) at element \d+/);
  const { iters, ...end } = objects({ code, stderr, stdout }).at(-1)!;
  const checkpoint = "model.checkpoint.safetensors";
  expect(end).toEqual({ done: false, stopped: "nan", model: null, checkpoint });
  const saved = parseCheckpoint(readFileSync(join(folder, checkpoint)));
  expect(saved.progress.iteration).toBe(iters);
  expect(stderr).toContain(`The run as of iteration ${iters} is saved (no model yet`);
  const [, command = ""] = /Go on with: npx unrolled (.*)/.exec(stderr)!;
  expect(command).toContain("--lr 5e+38");
  const again = command
    .trim()
    .replace("5e+38", "1e-30")
    .replace("--iters 40", `--iters ${Number(iters) + 1}`);
  const resumed = await unrolled(
    folder,
    ...again.split(" "),
    "--clip",
    "0.5",
    "--clip-by",
    "norm",
    "--early-stop",
    "9",
  );
  expect(resumed.code, resumed.stderr).toBe(0);
  const then = parseCheckpoint(readFileSync(join(folder, checkpoint)));
  expect(then.recipe).toEqual({ ...saved.recipe, lr: 1e-30, clip: 0.5, clipBy: "norm", earlyStop: 9 });
});

it.concurrent("weights that give no finite loss do not take the place of what was saved before them", async () => {
  const folder = newFolder();
  const net = [
    "--data",
    "text.txt",
    "--cell",
    "rnn",
    "--nonlinearity",
    "relu",
    "--hidden",
    "16",
    "--batch",
    "4",
  ];
  const start = ["--seq", "30", "--lr", "1e-6", "--clip", "0", "--validate-every", "1", "--iters", "1"];
  const first = await unrolled(folder, "train", ...net, ...start);
  expect(first.code, first.stderr).toBe(0);
  const resume = ["train", "--data", "text.txt", "--resume", "model.checkpoint.safetensors"];
  const spoilt = await unrolled(folder, ...resume, "--lr", "1e9", "--iters", "9", "--validate-every", "100");
  expect(spoilt.code).toBe(1);
  expect(spoilt.stderr).toMatch(/iteration 3: (the state|a logit|the loss).* is -?(NaN|Infinity)/);
  expect(spoilt.stderr).toContain("The run as of iteration 1 is saved");
  const again = await unrolled(folder, ...resume, "--lr", "1e-6", "--iters", "9");
  expect(again.code, again.stderr).toBe(0);
});

it.concurrent("a link to a file that a command reads is not written through", async () => {
  const folder = newFolder();
  symlinkSync("text.txt", join(folder, "model.safetensors"));
  const before = contents(folder);
  const { code, stderr } = await unrolled(folder, "train", ...TINY, "--iters", "1");
  expect(code).toBe(1);
  expect(stderr).toContain("--out model.safetensors would overwrite text.txt");
  expect(contents(folder)).toEqual(before);
});

it.concurrent("a run whose loss is far beyond guessing at its end is no success", async () => {
  const folder = newFolder();
  const wild = ["--optimizer", "sgd", "--lr", "30", "--clip", "5", "--iters", "12"];
  const [json, text] = await Promise.all([
    unrolled(folder, "train", ...TINY, ...wild, "--json", "--out", "a.safetensors"),
    unrolled(folder, "train", ...TINY, ...wild, "--out", "b.safetensors"),
  ]);
  expect([json!.code, text!.code]).toEqual([1, 1]);
  expect(objects(json!).at(-1)).toMatchObject({ done: false, stopped: "diverged", iters: 12 });
  expect(text!.stderr).toContain("Diverged: at iteration 12 the loss is far beyond guessing");
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
  const model = loadModel(await startRuntime(), readFileSync(join(folder, "model.safetensors")));
  expect(model.spec.lines).toBe(true);
  const [evaluated, sampled] = await Promise.all([
    unrolled(folder, "eval", "model.safetensors", "--data", "text.txt", "--json"),
    unrolled(folder, "sample", "model.safetensors", "--length", "60", "--json"),
  ]);
  expect(objects(evaluated)[0]!.tokens).toBe(TEXT.length);
  expect(objects(evaluated)[0]!.nats).toBeCloseTo(trained.validation_nats as number, 0);
  expect(objects(sampled)[0]!.text).toHaveLength(60);
});

it.concurrent("the same seed makes the same files, another seed others", async () => {
  const folder = newFolder();
  const run = (seed: string, out: string) =>
    unrolled(folder, "train", ...TINY, "--iters", "5", "--seed", seed, "--out", out);
  await Promise.all([run("7", "a.safetensors"), run("7", "b.safetensors"), run("8", "c.safetensors")]);
  const [a, b, c] = ["a", "b", "c"].map((name) => readFileSync(join(folder, `${name}.safetensors`), "hex"));
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

it.concurrent("eval counts characters that the model never saw as its unknown symbol, and says so", async () => {
  const folder = newFolder({ "other.txt": "3 äpples\n" });
  await unrolled(folder, "train", ...TINY, "--iters", "2");
  const result = await unrolled(folder, "eval", "model.safetensors", "--data", "other.txt");
  expect(result.stderr).toContain('"ä"');
  expect(result.code).toBe(0);
  expect(objects({ ...result, stdout: result.stdout.split("\n")[1]! })[0]!.tokens).toBe(8);
});
