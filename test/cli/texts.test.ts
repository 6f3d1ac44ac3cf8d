import { describe, expect, it } from "vitest";
import { newFolder, objects, unrolled } from "./cli.ts";

// How texts are cut: the option --tokens, and the notes on standard error.

const SMALL = ["--hidden", "4", "--embedding", "4", "--iters", "2", "--batch", "2"];

const tagged = (...sentences: string[]) =>
  sentences.map((sentence) => `${sentence.replaceAll(" ", "\tX\n").replace(".\t", ".\t")}\tY\n\n`).join("");

describe("a tagger", () => {
  const data = tagged(...Array.from({ length: 8 }, () => "Bo saw Rio-Sul in 1999-12-31 ."));

  it("cuts texts as its training sentences are cut, and --tokens decides", async () => {
    const folder = newFolder({ "tags.conll": data });
    const train = ["train", "--task", "tagger", "--data", "tags.conll", ...SMALL];
    const found = await unrolled(folder, ...train, "--out", "found.st");
    expect(found).toMatchObject({ code: 0 });
    expect(found.stderr).toContain(
      "tags.conll: predict will cut texts at spaces, with punctuation marks cut off",
    );
    const tokens = async (model: string, ...args: string[]) => {
      const result = await unrolled(folder, "predict", model, "--json", ...args);
      expect(result).toMatchObject({ code: 0, stderr: "" });
      return objects(result).map((line) => (line as { tokens: string[] }).tokens.join("|"));
    };
    expect(await tokens("found.st", "Bo saw (Rio-Sul).", "Bo in 1999-12-31.")).toEqual([
      "Bo|saw|(|Rio-Sul|)|.",
      "Bo|in|1999-12-31|.",
    ]);
    expect(await tokens("found.st", "--tokens", "spaces", "Bo saw Rio-Sul.")).toEqual(["Bo|saw|Rio-Sul."]);
    expect(await tokens("found.st", "--tokens", "words", "Rio-Sul.")).toEqual(["Rio|-|Sul|."]);
    expect(await unrolled(folder, ...train, "--tokens", "spaces", "--out", "spaces.st")).toMatchObject({
      code: 0,
    });
    expect(await tokens("spaces.st", "Bo saw Rio-Sul.")).toEqual(["Bo|saw|Rio-Sul."]);
  });
});

describe("texts of other models", () => {
  const reviews = Array.from({ length: 8 }, (_, i) => `very so-so, sir ${i % 2}\t${i % 2}`).join("\n");

  it("--tokens spaces reads texts that are cut already", async () => {
    const folder = newFolder({ "reviews.tsv": reviews });
    const train = ["train", "--task", "classifier", "--data", "reviews.tsv", ...SMALL];
    expect(await unrolled(folder, ...train, "--tokens", "spaces", "--out", "m.st")).toMatchObject({
      code: 0,
    });
    const [info] = objects(await unrolled(folder, "info", "m.st", "--json"));
    expect(info).toMatchObject({ spec: { tokens: "spaces", normalForm: "NFC", segmentation: "unicode" } });
    expect(JSON.stringify(info)).toContain('"so-so,"');
    const wrong = await unrolled(folder, ...train, "--tokens", "edges", "--out", "n.st");
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toContain('tokens is "edges", expected words or spaces');
    const other = await unrolled(folder, "predict", "m.st", "--tokens", "spaces", "so");
    expect(other.stderr).toContain("--tokens goes with task tagger, not with classifier");
  });

  it("a note says that most tokens are unknown, unless the output is for programs", async () => {
    const folder = newFolder({ "reviews.tsv": reviews, "other.tsv": "ganz etwas anderes\t1\n" });
    expect(
      await unrolled(
        folder,
        "train",
        "--task",
        "classifier",
        "--data",
        "reviews.tsv",
        ...SMALL,
        "--out",
        "m.st",
      ),
    ).toMatchObject({ code: 0 });
    const note = "the model does not know 100% of the tokens";
    for (const args of [
      ["predict", "m.st", "ganz etwas anderes"],
      ["predict", "m.st", "--data", "other.tsv"],
      ["eval", "m.st", "--data", "other.tsv"],
    ]) {
      const shown = await unrolled(folder, ...args);
      expect(shown).toMatchObject({ code: 0, stderr: expect.stringContaining(note) });
      expect(await unrolled(folder, ...args, "--json")).toMatchObject({ code: 0, stderr: "" });
    }
    expect(await unrolled(folder, "predict", "m.st", "very so-so")).toMatchObject({ code: 0, stderr: "" });
  });
});
