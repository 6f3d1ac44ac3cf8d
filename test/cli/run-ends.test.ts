import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openLanguageModelCheckpoint } from "../../src/models/language-model/checkpoint.ts";
import {
  CLI,
  contents,
  expectRefused,
  finish,
  newFolder,
  objects,
  SMALL,
  start,
  TINY,
  unrolled,
} from "./cli.ts";

/** Options of a run on text whose held-out part contradicts the rest, so that the validation loss soon rises. */
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
    `Stopped early at iteration ${done.iters}, after 6 validations without improvement, in `,
  );
  const last = (name: string) =>
    openLanguageModelCheckpoint(readFileSync(join(folder, `${name}.checkpoint.safetensors`)));
  expect(last("c").progress.plateau!.factor).toBe(0.5 ** 6);
  expect(last("a").progress.plateau!.factor).toBe(1);
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
    const { recipe, progress } = openLanguageModelCheckpoint(
      readFileSync(join(folder, `${name}.checkpoint.safetensors`)),
    );
    expect(recipe).toMatchObject({ schedule: "cosine", warmUp: 3, lrDecayOver: progress.iteration });
  }
});

it.concurrent("a run that fails says what went wrong, keeps the last good weights and says how to continue", async () => {
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
  const saved = openLanguageModelCheckpoint(readFileSync(join(folder, checkpoint)));
  expect(saved.progress.iteration).toBe(iters);
  expect(stderr).toContain(`The run up to iteration ${iters} is saved (no model yet`);
  const [, command = ""] = /To continue: npx unrolled (.*)/.exec(stderr)!;
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
  const then = openLanguageModelCheckpoint(readFileSync(join(folder, checkpoint)));
  expect(then.recipe).toEqual({ ...saved.recipe, lr: 1e-30, clip: 0.5, clipBy: "norm", earlyStop: 9 });
});

it.concurrent("weights without a finite loss do not replace those that were saved before", async () => {
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
  expect(spoilt.stderr).toContain("The run up to iteration 1 is saved");
  const again = await unrolled(folder, ...resume, "--lr", "1e-6", "--iters", "9");
  expect(again.code, again.stderr).toBe(0);
});

it.concurrent("a link to a file that a command reads is not written through", async () => {
  const folder = newFolder();
  symlinkSync("text.txt", join(folder, "model.safetensors"));
  const train = ["train", ...TINY, "--iters", "1"];
  await expectRefused(folder, train, "--out model.safetensors would overwrite text.txt");
});

it.concurrent("a run whose final loss is far worse than random guessing is a failure", async () => {
  const folder = newFolder();
  const wild = ["--optimizer", "sgd", "--lr", "30", "--clip", "5", "--iters", "12"];
  const [json, text] = await Promise.all([
    unrolled(folder, "train", ...TINY, ...wild, "--json", "--out", "a.safetensors"),
    unrolled(folder, "train", ...TINY, ...wild, "--out", "b.safetensors"),
  ]);
  expect([json!.code, text!.code]).toEqual([1, 1]);
  expect(objects(json!).at(-1)).toMatchObject({ done: false, stopped: "diverged", iters: 12 });
  expect(text!.stderr).toContain("Diverged: at iteration 12 the loss is far worse than random guessing");
});

it.concurrent("--resume of a run that has ended prints its result again, and changes nothing", async () => {
  const folder = contraryFolder();
  const early = ["--iters", "400", "--early-stop", "6", "--out", "early.safetensors"];
  const full = ["--iters", "20", "--out", "full.safetensors"];
  for (const [name, options] of [
    ["early", early],
    ["full", full],
  ] as const) {
    const first = objects(await unrolled(folder, "train", ...TINY, ...CONTRARY, ...options)).at(-1)!;
    const before = contents(folder);
    const resume = ["--resume", `${name}.checkpoint.safetensors`, "--iters", String(first.iters), "--json"];
    const again = objects(await unrolled(folder, "train", "--data", "text.txt", ...resume));
    const { seconds: _, training_seconds: __, ...result } = first;
    expect(again).toEqual([{ ...result, seconds: expect.any(Number), training_seconds: 0 }]);
    if (name === "early") {
      // More iterations are not what it waits for; another --early-stop is.
      const more = ["--resume", "early.checkpoint.safetensors", "--iters", "400", "--json"];
      const ended = objects(await unrolled(folder, "train", "--data", "text.txt", ...more));
      expect(ended.at(-1)).toMatchObject({ stopped: "early", iters: first.iters });
    }
    expect(contents(folder)).toEqual(before);
  }
});

it.concurrent("--force replaces the files of another run", async () => {
  const folder = newFolder();
  const options = [...TINY, "--iters", "1"];
  await unrolled(folder, "train", ...options);
  const before = contents(folder);
  await expectRefused(folder, ["train", ...options, "--seed", "2"], "--force");
  expect(await unrolled(folder, "train", ...options, "--seed", "2", "--force")).toMatchObject({ code: 0 });
  expect(contents(folder)["model.safetensors"]).not.toBe(before["model.safetensors"]);
});

// Only Linux has /dev/full, a device that is always full. Run the tests on Linux, or in a container with it.
it.runIf(process.platform === "linux")("a full disk behind standard output is a clean error", async () => {
  const folder = newFolder();
  const full = (...args: string[]) => {
    const command = [process.execPath, CLI, ...args].map((part) => `'${part}'`).join(" ");
    return finish(spawn("sh", ["-c", `${command} > /dev/full`], { cwd: folder }));
  };
  const run = await full("train", ...TINY, "--iters", "100000000", "--json");
  expect(run.code).toBe(1);
  for (const args of [["--version"], ["--help"], ["train", "--help"]]) {
    const printed = await full(...args);
    expect(printed).toMatchObject({ code: 1, stderr: expect.stringContaining("the disk is full") });
  }
  expect(run.stderr).toContain("cannot write standard output: the disk is full");
  expect(run.stderr).toContain("and saved");
  await unrolled(folder, "train", ...TINY, "--iters", "1", "--out", "m.safetensors");
  const info = await full("info", "m.safetensors", "--json");
  expect(info).toMatchObject({
    code: 1,
    stderr: "unrolled: cannot write standard output: the disk is full\n",
  });
});

it.concurrent("a schedule that counts epochs warns if the data are small", async () => {
  const folder = newFolder({ "text.txt": "the cat sat on the mat. ".repeat(40) });
  const network = ["--hidden", "2", "--layers", "1", "--batch", "4", "--seq", "50"];
  const run = [
    "train",
    "--data",
    "text.txt",
    ...network,
    "--iters",
    "2400",
    "--validate-every",
    "2400",
    "--json",
  ];
  const [falls, stays] = await Promise.all([
    unrolled(folder, ...run, "--out", "a.safetensors"),
    unrolled(folder, ...run, "--out", "b.safetensors", "--schedule", "constant"),
  ]);
  expect(falls).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("The exponential schedule counts epochs"),
  });
  expect(stays).toMatchObject({ code: 0, stderr: "" });
});

it.concurrent("files that another run writes meanwhile stay, and the run is saved under another name", async () => {
  const folder = newFolder();
  const child = start(folder, "train", ...TINY, "--iters", "100000000", "--json");
  const finished = finish(child);
  await once(child.stdout, "data");
  writeFileSync(join(folder, "model.safetensors"), "another model");
  child.kill("SIGINT");
  const { code, stderr } = await finished;
  expect(code).toBe(1);
  expect(stderr).toContain("another run has written model.safetensors since this one began");
  expect(stderr).toContain("--resume model-2.checkpoint.safetensors --out model-2.safetensors");
  expect(readFileSync(join(folder, "model.safetensors"), "utf8")).toBe("another model");
  // A model is there if the run validated before it ended.
  const files = Object.keys(contents(folder)).filter((name) => name !== "model-2.safetensors");
  expect(files.sort()).toEqual(["model-2.checkpoint.safetensors", "model.safetensors", "text.txt"]);
});

it.concurrent("--resume --out that is killed before it saves leaves nothing, so that it can be run again", async () => {
  const folder = newFolder();
  await unrolled(folder, "train", ...TINY, "--iters", "1");
  const before = contents(folder);
  const resume = ["--resume", "model.checkpoint.safetensors", "--out", "other.safetensors", "--json"];
  const args = ["train", "--data", "text.txt", ...resume, "--validate-every", "1000000000"];
  const child = start(folder, ...args, "--iters", "100000000");
  const finished = finish(child);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await finished;
  expect(contents(folder)).toEqual(before);
  const again = start(folder, ...args, "--iters", "100000000");
  const stopped = finish(again);
  await once(again.stdout, "data");
  again.kill("SIGINT");
  expect((await stopped).code).toBe(130);
  const after = contents(folder);
  expect(after["other.safetensors"]).toBe(before["model.safetensors"]);
  expect(Object.keys(after)).toContain("other.checkpoint.safetensors");
});

it.concurrent("predict --force does not replace its model", async () => {
  const folder = newFolder({ "mood.tsv": "good\tyes\nbad\tno\nfine\tyes\nsad\tno\n" });
  await unrolled(folder, "train", ...SMALL, "--data", "mood.tsv", "--out", "m.safetensors");
  symlinkSync("m.safetensors", join(folder, "link.csv"));
  for (const out of ["m.safetensors", "link.csv"]) {
    const args = ["predict", "m.safetensors", "--data", "mood.tsv", "--out", out, "--force"];
    await expectRefused(folder, args, `--out ${out} would overwrite m.safetensors`);
  }
});

it.concurrent("a model that is newer than its checkpoint is not replaced by a worse one", async () => {
  const folder = newFolder();
  await unrolled(folder, "train", ...TINY, "--iters", "2");
  await unrolled(folder, "train", ...TINY, "--iters", "60", "--out", "later.safetensors");
  copyFileSync(join(folder, "later.safetensors"), join(folder, "model.safetensors"));
  const before = contents(folder)["model.safetensors"];
  const resume = ["--resume", "model.checkpoint.safetensors", "--iters", "4", "--json"];
  const result = await unrolled(folder, "train", "--data", "text.txt", ...resume);
  expect(result.code, result.stderr).toBe(0);
  expect(contents(folder)["model.safetensors"]).toBe(before);
});
