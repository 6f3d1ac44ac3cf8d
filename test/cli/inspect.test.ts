import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { textGradientFlow } from "../../src/models/language-model/gradient-flow.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import { diagnoseFlow } from "../../src/train/gradient-flow.ts";
import { startRuntime } from "../runtimes.ts";
import { newTrainer, TEXT } from "../train/run.ts";
import { contents, expectRefused, newFolder, objects, TINY, unrolled } from "./cli.ts";

const files: Record<string, Uint8Array> = {};
const OPTIONS = ["--data", "text.txt", "--steps", "40", "--batch", "7"];

beforeAll(async () => {
  for (const cell of ["rnn", "lstm"] as const) {
    const { model } = newTrainer(await startRuntime(), { spec: { cell } });
    files[`${cell}.safetensors`] = serializeModel(model);
  }
});

it.concurrent("for people: a chart, a table and a diagnosis", async () => {
  const { code, stdout, stderr } = await unrolled(newFolder(files), "inspect", "rnn.safetensors", ...OPTIONS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ *1e-\d+┤ +b/m);
  expect(stdout).toMatch(/^ {2}a {2}layer 0\n {2}b {2}layer 1$/m);
  expect(stdout).toMatch(/^ +at the loss +39 before$/m);
  for (const layer of [0, 1]) {
    const row = `^ {2}layer ${layer} +\\d\\.\\d+e[-+]\\d+ +\\d\\.\\d+e[-+]\\d+ +vanishes: falls by a factor 0\\.\\d+ a step, below 1/1000 after \\d+ steps$`;
    expect(stdout).toMatch(new RegExp(row, "m"));
  }
  expect(stdout).toMatch(/^ {2}gradient of all weights: norm [\d.]+, after clipping [\d.]+$/m);
});

it.concurrent("says which characters a model never saw", async () => {
  const folder = newFolder({ ...files, "other.txt": `${TEXT}zebra` });
  const args = ["inspect", "rnn.safetensors", ...OPTIONS, "--data", "other.txt"];
  const [people, programs] = await Promise.all([
    unrolled(folder, ...args),
    unrolled(folder, ...args, "--json"),
  ]);
  expect(people).toMatchObject({
    code: 0,
    stderr: 'characters that rnn.safetensors never saw (2): "z" "b"\n',
  });
  expect(programs).toMatchObject({ code: 0, stderr: "" });
});

it.concurrent("for programs: one JSON object per model", async () => {
  const models = ["rnn.safetensors", "lstm.safetensors"];
  const clip = ["--clip", "0.01", "--clip-by", "norm"];
  const result = await unrolled(newFolder(files), "inspect", ...models, ...OPTIONS, ...clip, "--json");
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const found = objects(result);
  expect(found.map(({ model }) => model)).toEqual(models);
  for (const [i, cell] of (["rnn", "lstm"] as const).entries()) {
    const { model } = newTrainer(await startRuntime(), { spec: { cell } });
    const { flow, gradientNorm } = textGradientFlow(model, model.vocabulary.encode(TEXT), {
      steps: 40,
      batch: 7,
    });
    const { layers, ...norms } = found[i] as { layers: object[]; gradient_norm: number };
    expect(norms).toEqual({
      model: `${cell}.safetensors`,
      gradient_norm: expect.closeTo(gradientNorm, 3),
      clipped_norm: expect.closeTo(0.01, 6),
    });
    expect(layers).toHaveLength(2);
    layers.forEach((layer, j) => {
      const { verdict, factor } = diagnoseFlow(flow[j]!);
      expect(layer).toEqual({
        layer: j,
        direction: 0,
        norms: flow[j]!.norms.map((norm) => expect.closeTo(norm, 5)),
        verdict,
        factor: expect.closeTo(factor, 3),
        thousandth: expect.any(Number),
      });
    });
  }
});

it.concurrent("draws a picture that compares models, in addition to the rest", async () => {
  const folder = newFolder(files);
  const args = ["inspect", "rnn.safetensors", "lstm.safetensors", ...OPTIONS, "--json", "--svg", "out.svg"];
  const result = await unrolled(folder, ...args);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(objects(result)).toHaveLength(2);
  const svg = readFileSync(join(folder, "out.svg"), "utf8");
  expect(svg).toMatch(/^<svg .*<\/svg>$/s);
  for (const name of ["rnn, layer 0", "rnn, layer 1", "lstm, layer 0", "lstm, layer 1"]) {
    expect(svg).toContain(`>${name}</text>`);
  }
  expect(Object.keys(contents(folder)).sort()).toEqual([
    "lstm.safetensors",
    "out.svg",
    "rnn.safetensors",
    "text.txt",
  ]);
});

it.concurrent("train --gradient-flow measures it during training", async () => {
  const folder = newFolder();
  const args = ["train", ...TINY, "--iters", "4", "--gradient-flow", "2"];
  const [people, programs] = await Promise.all([
    unrolled(folder, ...args),
    unrolled(folder, ...args, "--json", "--out", "own.safetensors"),
  ]);
  expect(people).toMatchObject({ code: 0, stdout: "" });
  expect(people.stderr).toMatch(/^iteration 2: gradient flow\n.*\n {2}layer 0 .* a step/m);
  const flows = objects(programs).filter((event) => "layers" in event);
  expect(flows.map(({ iter }) => iter)).toEqual([2, 4]);
  expect(flows[0]).toEqual({
    iter: 2,
    gradient_norm: expect.any(Number),
    clipped_norm: expect.any(Number),
    layers: [expect.objectContaining({ layer: 0, norms: Array(6).fill(expect.any(Number)) })],
  });
});

it.concurrent.each<[string, string[], ...string[]]>([
  ["no model", ["--data", "text.txt"], "models"],
  ["no data", ["rnn.safetensors"], "--data"],
  ["steps 0", ["rnn.safetensors", ...OPTIONS, "--steps", "0"], "--steps", "whole number from 1"],
  ["batch 1.5", ["rnn.safetensors", ...OPTIONS, "--batch", "1.5"], "--batch", "whole number"],
  ["a negative limit", ["rnn.safetensors", ...OPTIONS, "--clip", "-1"], "--clip", "from 0"],
  ["another kind of clipping", ["rnn.safetensors", ...OPTIONS, "--clip-by", "size"], "--clip-by", "norm"],
  ["a missing text", ["rnn.safetensors", "--data", "none.txt"], "none.txt", "no such file"],
  ["a text that is too short", ["rnn.safetensors", ...OPTIONS, "--steps", "9999"], "text.txt", "fewer steps"],
  ["a second model that is missing", ["rnn.safetensors", "none.safetensors", ...OPTIONS], "none.safetensors"],
  ["a text as model", ["text.txt", ...OPTIONS], "text.txt", "safetensors"],
  ["a picture over the text", ["rnn.safetensors", ...OPTIONS, "--svg", "./text.txt"], "overwrite"],
  ["a picture over a model", ["rnn.safetensors", ...OPTIONS, "--svg", "rnn.safetensors"], "overwrite"],
  ["a picture over another file", ["rnn.safetensors", ...OPTIONS, "--svg", "lstm.safetensors"], "--force"],
  ["a picture in a missing folder", ["rnn.safetensors", ...OPTIONS, "--svg", "none/out.svg"], "no such"],
])("%s: is refused, and changes nothing", (_, args, ...patterns) =>
  expectRefused(newFolder(files), ["inspect", ...args], ...patterns),
);

const NAMES = Array.from(
  { length: 40 },
  (_, i) => `${"abc"[i % 3]}${"xyz"[i % 2]}${"mn"[i % 2]}\t${"xy"[i % 2]}`,
);

/** A folder with a classifier of names, and the names. */
async function classifierFolder(): Promise<string> {
  const folder = newFolder({ ...files, "names.tsv": `${NAMES.join("\n")}\n` });
  const args = [
    "--data",
    "names.tsv",
    "--layers",
    "1",
    "--hidden",
    "4",
    "--iters",
    "2",
    "--out",
    "names.safetensors",
  ];
  const { code, stderr } = await unrolled(folder, "train", "--task", "classifier", ...args);
  expect({ code }, stderr).toEqual({ code: 0 });
  return folder;
}

it.concurrent("gates, for people: means, and a line for each symbol of each text", async () => {
  const { code, stdout, stderr } = await unrolled(
    newFolder(files),
    "inspect",
    "lstm.safetensors",
    "ae",
    "ea",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^$|never saw/) });
  expect(stdout).toMatch(/^"ae"\n\n {2}mean +i +f +g +o +c +h\n {2}layer 0( +-?0\.\d{3}){6}\n {2}layer 1/);
  expect(stdout).toMatch(/^f of layer 0: \d+ units, 2 steps$/m);
  expect(stdout).toMatch(/^ {2}"a" +0\.\d{3} {2}[ ░▒▓█]+$/m);
  expect(stdout).toMatch(/\n\n"ea"\n/);
});

it.concurrent("gates, for programs: all numbers of all layers, and a picture of the chosen one", async () => {
  const folder = newFolder(files);
  const args = ["--json", "--gate", "o", "--layer", "1", "--svg", "o.svg"];
  const result = await unrolled(folder, "inspect", "lstm.safetensors", "aeea", ...args);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const [found] = objects(result) as [{ layers: Record<string, unknown>[] }];
  expect(found).toMatchObject({ model: "lstm.safetensors", text: "aeea" });
  expect(found.layers).toHaveLength(2);
  for (const [i, layer] of found.layers.entries()) {
    expect(layer).toMatchObject({ part: "rnn", layer: i, direction: 0, symbols: [..."aeea"] });
    const gates = layer.gates as Record<string, number[][]>;
    expect(Object.keys(gates).join("")).toBe("ifgoch");
    for (const steps of Object.values(gates)) expect(steps).toHaveLength(4);
  }
  expect(readFileSync(join(folder, "o.svg"), "utf8")).toContain("o of layer 1</text>");
});

it.concurrent("a classifier: gates of texts and of a row, and its gradient flow", async () => {
  const folder = await classifierFolder();
  const inspect = (...args: string[]) => unrolled(folder, "inspect", "names.safetensors", "--json", ...args);
  const [text, row, flow, wrong] = await Promise.all([
    inspect("axm"),
    inspect("--data", "names.tsv", "--row", "1"),
    inspect("--data", "names.tsv", "--batch", "7"),
    inspect("--data", "names.tsv", "--steps", "5"),
  ]);
  const [byText] = objects(text) as [{ layers: object[] }];
  const [byRow] = objects(row) as [{ row: number; text: string; layers: object[] }];
  expect(byRow).toMatchObject({ row: 1, text: "axm" });
  expect(byRow.layers).toEqual(byText.layers);
  expect(objects(flow)).toEqual([
    expect.objectContaining({ model: "names.safetensors", gradient_norm: expect.any(Number) }),
  ]);
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("--steps is for texts and series");
});

it.concurrent.each<[string, string[], ...string[]]>([
  ["nothing to read", ["lstm.safetensors"], "--data", "texts"],
  ["a row without a file", ["lstm.safetensors", "ab", "--row", "1"], "--row", "--data"],
  ["a text beside a row", ["lstm.safetensors", "ab", "--data", "text.txt", "--row", "1"], "either texts or"],
  ["a gate of another cell", ["lstm.safetensors", "ab", "--gate", "z"], "--gate z", "i, f, g, o, c, h"],
  ["a gate of an RNN", ["rnn.safetensors", "ab", "--gate", "f"], "--gate f", "has h;"],
  ["a layer that is missing", ["lstm.safetensors", "ab", "--layer", "2"], "--layer 2", "layers 0 to 1"],
  ["a row past the end", ["lstm.safetensors", "--data", "text.txt", "--row", "9999"], "--row 9999", "inputs"],
  ["an empty text", ["lstm.safetensors", ""], "empty"],
  ["a picture of two texts", ["lstm.safetensors", "a", "b", "--svg", "x.svg"], "--svg", "one"],
  ["clipping beside a text", ["lstm.safetensors", "a", "--clip", "1"], "--clip", "gradient flow"],
  ["an option of another task", ["lstm.safetensors", "a", "--fill", "linear"], "--fill", "forecaster"],
])("gates, %s: is refused, and changes nothing", (_, args, ...patterns) =>
  expectRefused(newFolder(files), ["inspect", ...args], ...patterns),
);
