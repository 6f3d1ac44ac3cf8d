import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readFolder } from "../../src/formats/pytorch-folder/index.ts";
import { createRuntime, loadModel, type Runtime } from "../../src/index.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import { folderOf, newFolder } from "./folders.ts";
import { type Case, makeCases } from "./forward-cases.ts";
import { describeEngine, runPython } from "./python.ts";

// The modules of folders give the outputs of our models, and the models come back bit for bit.

describeEngine("modules of PyTorch", { modules: ["torch"] }, () => {
  let rt: Runtime;
  let cases: readonly Case[] = [];
  let found: { shape: number[]; data: number[] }[] = [];
  let folders: string[] = [];

  beforeAll(async () => {
    rt = await createRuntime();
    cases = makeCases(rt);
    folders = cases.map(({ model }) => folderOf(model));
    const file = join(newFolder(), "cases.json");
    writeFileSync(
      file,
      JSON.stringify(cases.map((one, i) => ({ folder: folders[i], arguments: one.arguments }))),
    );
    const { code, stdout, stderr } = await runPython([new URL("forward.py", import.meta.url).pathname, file]);
    if (code !== 0) throw new Error(stderr);
    found = JSON.parse(stdout);
  }, 300_000);
  afterAll(() => rt?.dispose());

  it("give our outputs within 4e-6", () => {
    const wrong = cases.flatMap(({ name, expected }, i) => {
      const own = expected.toArray();
      const { shape, data } = found[i]!;
      if (String(shape) !== String(expected.shape))
        return [`${name}: [${shape}], expected [${expected.shape}]`];
      const worst = data.reduce(
        (most, y, at) => Math.max(most, Math.abs(y - own[at]!) / Math.max(1, Math.abs(own[at]!))),
        0,
      );
      return worst <= 4e-6 ? [] : [`${name}: ${worst}`];
    });
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThan(100);
  });

  it("come back as the same model files", () => {
    const wrong = cases.filter(({ model }, i) => {
      const [config, weights] = ["config.json", "weights.safetensors"].map((name) =>
        readFileSync(join(folders[i]!, name)),
      );
      const kind = model.constructor as never;
      const again = loadModel(rt, readFolder(config!.toString(), weights!), [kind]) as TaskModel;
      return Buffer.compare(serializeModel(again), serializeModel(model)) !== 0;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
