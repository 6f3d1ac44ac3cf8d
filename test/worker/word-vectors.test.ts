import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { loadModel } from "../../src/network/model-file.ts";
import type { Connection, StartOptions } from "../../worker/connect.ts";
import { startRuntime } from "../runtimes.ts";
import { connect, expectRejection } from "./connected.ts";

const VECTORS = "the 1 2 3 4\nCat 1 1 1 1\nzebra 0 0 0 0\n";
const STROKES = '{"vectors":[[1,2],[2,3]]}\n{"vectors":[[2,1]]}\n'.repeat(20);
const WORDS: StartOptions<"language-model"> = {
  data: "the cat sat on the mat. the dog sat on the rug.\n".repeat(20),
  level: "word",
  spec: { hidden: 4, layers: 1, freezeVectors: true },
  recipe: { batch: 2, seq: 5, schedule: "constant" },
};

/** Reads the vector of a word from a model file. */
async function vectorOf(file: Uint8Array, word: string): Promise<number[]> {
  const { embedding, vocabulary } = loadModel(await startRuntime("strict"), file, [LanguageModel]);
  const id = vocabulary.symbols.indexOf(word);
  return [...embedding!.weight.data.slice(4 * id, 4 * id + 4)];
}

describe.each(["worker", "thread"] as const)("word vectors in a %s", (place) => {
  let trainer: Connection;
  beforeEach(async () => {
    trainer = await connect({ variant: "strict", ...(place === "thread" && { worker: false }) });
  });
  afterEach(() => trainer.release());

  const bytes = () => new TextEncoder().encode(VECTORS);
  it.each<[string, () => StartOptions["vectors"]]>([
    ["a text", () => VECTORS],
    ["a file", () => new File([VECTORS], "glove.txt")],
    ["bytes", bytes],
    ["a buffer", () => bytes().buffer],
  ])(
    "start an embedding from %s, which stays frozen, also in a run that is continued",
    async (_, vectors) => {
      const info = await trainer.start({ ...WORDS, vectors: vectors()! });
      expect(info.spec).toMatchObject({ embedding: 4, freezeVectors: true, tied: false });
      await trainer.train({ iterations: 2 });
      await trainer.restore({ checkpoint: trainer.lastCheckpoint!, data: WORDS.data });
      await trainer.train({ iterations: 4 });
      const file = await trainer.model();
      expect(await vectorOf(file, "the")).toEqual([1, 2, 3, 4]);
      expect(await vectorOf(file, "cat")).toEqual([1, 1, 1, 1]);
    },
  );

  it("are trained further if they are not frozen", async () => {
    await trainer.start({ ...WORDS, spec: { hidden: 4, layers: 1 }, vectors: VECTORS });
    expect(await vectorOf(await trainer.model(), "the")).toEqual([1, 2, 3, 4]);
    await trainer.train({ iterations: 2 });
    expect(await vectorOf(await trainer.model(), "the")).not.toEqual([1, 2, 3, 4]);
  });

  it("name what is wrong", async () => {
    const start = (options: object) => trainer.start({ ...WORDS, ...options });
    await expectRejection(
      start({ vectors: VECTORS, level: "char" }),
      "ERR_VALUE",
      "the file of word vectors has vectors of words, but the model reads characters",
    );
    await expectRejection(
      start({ vectors: new File(["the 1 2\ncat 1\n"], "glove.txt") }),
      "ERR_DATA",
      'glove.txt, line 2: "cat" has 1 number, expected 2',
    );
    await expectRejection(
      start({ vectors: VECTORS, spec: { embedding: 8 } }),
      "ERR_VALUE",
      "embedding is 8, but the vectors of the file of word vectors have 4 numbers; leave embedding out",
    );
    await expectRejection(start({}), "ERR_VALUE", "freezeVectors is true, but there are no vectors");
    await expectRejection(start({ vectors: [VECTORS] }), "ERR_VALUE", "expected a string");
    await expectRejection(
      trainer.start({ task: "autoencoder", format: "jsonl", data: STROKES, vectors: VECTORS }),
      "ERR_VALUE",
      "the file of word vectors has vectors of words, but the model reads numbers; leave the vectors out",
    );
    await expectRejection(
      trainer.start({ task: "forecaster", data: `x\n${"1\n2\n".repeat(50)}`, vectors: VECTORS }),
      "ERR_VALUE",
      "the file of word vectors has vectors of words, but the model reads numbers; leave the vectors out",
    );
  });
});
