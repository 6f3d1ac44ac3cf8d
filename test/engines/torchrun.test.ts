import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readFolder } from "../../src/formats/pytorch-folder/index.ts";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  languageModelRecipe,
  loadModel,
  type Runtime,
  textVocabulary,
} from "../../src/index.ts";
import { folderOf, newFolder } from "./folders.ts";
import { describeEngine, linesOf, type Ran, runPython } from "./python.ts";

// Training with several processes of torchrun: it equals one process, and a process that is killed loses nothing.

const ITERATIONS = 16;
/** Five streams on two processes: one has a stream more than the other. */
const RECIPE = { batch: 5, seq: 6, clip: 1, clipBy: "norm", schedule: "constant", average: 0.9 } as const;
const TEXT = Array.from(
  { length: 50 },
  (_, i) => `line ${i}: ${"the cat eats fish ".slice(0, 4 + (i % 14))}`,
).join("\n");

/** Starts train.py of a folder on processes of torchrun. */
const torchrun = (folder: string, data: string, processes: number, watch?: Parameters<typeof runPython>[1]) =>
  runPython(
    [
      ...["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", String(processes)],
      ...[join(folder, "train.py"), "--data", data, "--iters", String(ITERATIONS), "--save-every", "4"],
    ],
    watch,
  );

const lossesOf = (run: Ran) =>
  linesOf(run).flatMap(({ iter, loss }) => (loss === undefined ? [] : [[iter!, loss] as const]));

/** Kills a child of a process without warning. */
function killChildOf(pid: number): void {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  process.kill(rows.filter(([, parent]) => parent === pid).at(-1)![0]!, "SIGKILL");
}

describeEngine("torchrun", { modules: ["torch"], long: true }, () => {
  let rt: Runtime;
  let data: string;

  beforeAll(async () => {
    rt = await createRuntime();
    data = join(newFolder(), "data.txt");
    writeFileSync(data, TEXT);
  });
  afterAll(() => rt?.dispose());

  const modelOf = (own: object) => {
    const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 2, embedding: 4, ...own };
    return new LanguageModel(rt, spec, textVocabulary(TEXT, spec));
  };
  const trainerOf = (model: LanguageModel) =>
    new LanguageModelTrainer(model, model.encode(TEXT), { ...languageModelRecipe("char"), ...RECIPE });

  it("has our losses on two processes, and the model comes back", async () => {
    const model = modelOf({});
    const folder = folderOf(model, trainerOf(model).recipe);
    const found = await torchrun(folder, data, 2);
    const trainer = trainerOf(model);
    for (const [iteration, loss] of lossesOf(found)) {
      expect(Math.abs(loss - trainer.step()), `iteration ${iteration}`).toBeLessThan(1e-4);
    }
    expect(trainer.iteration).toBe(ITERATIONS);
    const files = ["config.json", "weights.safetensors"].map((name) => readFileSync(join(folder, name)));
    const again = loadModel(rt, readFolder(files[0]!.toString(), files[1]!), [LanguageModel]);
    const { best } = linesOf(found).at(-1)!;
    expect(Math.abs(trainer.validate(again).loss - best!)).toBeLessThan(1e-4);
  }, 600_000);

  it("divides lines, also if a batch has fewer than there are processes", async () => {
    const model = modelOf({ lines: true });
    const { recipe } = trainerOf(model);
    const folder = folderOf(model, recipe); // 45 lines in batches of 5; on 3 processes one has a single line
    const trainer = trainerOf(model);
    for (const [iteration, loss] of lossesOf(await torchrun(folder, data, 3))) {
      expect(Math.abs(loss - trainer.step()), `iteration ${iteration}`).toBeLessThan(1e-4);
    }
    expect(trainer.iteration).toBe(ITERATIONS);
  }, 600_000);

  it("continues as if a killed process had not been killed, with as many processes or with others", async () => {
    const whole = folderOf(modelOf({ dropout: 0.2 }), trainerOf(modelOf({})).recipe);
    const [killed, alone] = [newFolder(), newFolder()];
    cpSync(whole, killed, { recursive: true });
    const expected = lossesOf(await torchrun(whole, data, 2));
    let done = false;
    const broken = await torchrun(killed, data, 2, (text, pid) => {
      if (done || !text.includes('"iter": 10')) return;
      done = true;
      killChildOf(pid);
    });
    expect(broken.code).not.toBe(0);
    cpSync(killed, alone, { recursive: true });
    const rest = lossesOf(await torchrun(killed, data, 2));
    expect(rest[0]![0]).toBeGreaterThan(4);
    expect(rest).toEqual(expected.slice(-rest.length));
    const weights = [whole, killed].map((folder) => readFileSync(join(folder, "weights.safetensors")));
    expect(Buffer.compare(weights[0]!, weights[1]!)).toBe(0);
    const single = lossesOf(await torchrun(alone, data, 1));
    expect(single.at(-1)![0]).toBe(ITERATIONS);
  }, 600_000);
});
