import { expect, it } from "vitest";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";

const FILES = {
  "text.txt": "the cat sat on the mat. the dog sat on the rug.\n".repeat(20),
  "names.tsv": "anna\tf\nbob\tm\n".repeat(20),
  "glove.txt": "the 1 2 3 4\nCat 1 1 1 1\nthe 5 5 5 5\nzebra 0 0 0 0\n",
  "bad.txt": "the 1 2\ncat 1\n",
};
const TRAIN = [
  "train",
  "--data",
  "text.txt",
  "--level",
  "word",
  "--hidden",
  "4",
  "--batch",
  "2",
  "--seq",
  "5",
];
const VECTORS = ["--vectors", "glove.txt"];

it.concurrent("--vectors: the size of the vectors, a note, and a run that is continued", async () => {
  const folder = newFolder(FILES);
  const { code, stderr } = await unrolled(
    folder,
    ...TRAIN,
    "--iters",
    "2",
    "--schedule",
    "constant",
    ...VECTORS,
    "--freeze-vectors",
  );
  expect(code).toBe(0);
  expect(stderr).toContain(
    "text.txt: 2 of 8 words have a vector of 4 numbers in glove.txt " +
      "(1 of them in another case, 1 repeated vectors left out); the others begin at random\n",
  );
  const info = async () => (await jsonLines(folder, "info", "model.safetensors"))[0];
  expect(await info()).toMatchObject({ spec: { embedding: 4, freezeVectors: true, tied: false } });
  const resume = ["train", "--data", "text.txt", "--resume", "model.checkpoint.safetensors"];
  await jsonLines(folder, ...resume, "--iters", "4");
  expect(await info()).toMatchObject({ spec: { freezeVectors: true } });
  await expectRefused(folder, [...resume, ...VECTORS], /--vectors cannot be given with --resume/);
});

it.concurrent.each<[string, string[], RegExp]>([
  [
    "two files",
    ["train", "--level", "word", "--data", "text.txt", ...VECTORS, ...VECTORS],
    /--vectors .*It may be given only once/,
  ],
  [
    "characters",
    ["train", "--data", "text.txt", ...VECTORS],
    /glove.txt has vectors of words, but the model reads characters/,
  ],
  [
    "texts that are read as characters",
    ["train", "--task", "classifier", "--data", "names.tsv", ...VECTORS],
    /the model reads characters; use words \(--level word\)/,
  ],
  [
    "another size",
    [...TRAIN, ...VECTORS, "--embedding", "8"],
    /embedding is 8, but the vectors of glove.txt have 4/,
  ],
  ["a bad line", [...TRAIN, "--vectors", "bad.txt"], /bad.txt, line 2: "cat" has 1 number, expected 2/],
  ["no file", [...TRAIN, "--vectors", "none.txt"], /none.txt: no such file/],
  [
    "--freeze-vectors alone",
    [...TRAIN, "--freeze-vectors"],
    /freezeVectors is true, but there are no vectors/,
  ],
  ["to be overwritten", [...TRAIN, ...VECTORS, "--out", "glove.txt", "--force"], /would overwrite glove.txt/],
  [
    "a forecaster",
    ["train", "--task", "forecaster", "--data", "names.tsv", ...VECTORS],
    /--vectors goes with task .*, not with forecaster/,
  ],
])("--vectors refuses %s", async (_, args, message) => expectRefused(newFolder(FILES), args, message));

it.concurrent("search keeps the size of the vectors", async () => {
  const options = ["--trials", "2", "--iters", "1", "--task", "tagger", "--data", "tags.tsv"];
  const folder = newFolder({ ...FILES, "tags.tsv": "the\tD\ncat\tN\n\nthe\tD\nmat\tN\n\n".repeat(20) });
  const lines = await jsonLines(folder, "search", ...options, ...VECTORS, "--hidden", "4");
  expect(JSON.stringify(lines)).not.toContain("embedding is");
  expect(lines.at(-1)).toMatchObject({ done: true, trials: 2 });
});
