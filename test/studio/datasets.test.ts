import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "unrolled/worker";
import { describe, expect, it } from "vitest";
import { DATASETS, type Dataset, LICENCES } from "../../studio/src/tasks/datasets.ts";

// The data of the studio: each can be learnt by its task, and all together are small.

/** Bytes of all files. Each is in the page's folder once. */
const LIMIT = 640_000;

const data = new URL("../../studio/data/", import.meta.url);
const examples = new URL("../../examples/data/", import.meta.url);

/** Trains for two iterations, then predicts the examples or writes from them. */
async function tryOut(dataset: Dataset): Promise<readonly unknown[]> {
  const connection = await connect({ worker: false, variant: "strict" });
  try {
    const { file, task, options, spec, recipe } = dataset;
    await connection.start({
      ...options,
      task,
      data: readFileSync(new URL(file), "utf8"),
      spec,
      recipe,
      iterations: 2,
    } as Parameters<typeof connection.start>[0]);
    await connection.train();
    if (task !== "language-model") return await connection.predict([...dataset.examples] as never);
    const texts = [];
    for (const prompt of dataset.examples) texts.push(await connection.generate({ prompt, length: 20 }));
    return texts;
  } finally {
    connection.release();
  }
}

describe.each(DATASETS.map((dataset) => [dataset.id, dataset] as const))("%s", (_, dataset) => {
  it("has the size that it names", () => {
    expect(statSync(new URL(dataset.file)).size).toBe(dataset.bytes);
  });

  it("is learnt by its task, which answers the examples", async () => {
    const answers = await tryOut(dataset);
    const count = dataset.task === "forecaster" ? dataset.spec.horizon : dataset.examples.length;
    expect(answers).toHaveLength(count!);
  });
});

describe("all data", () => {
  it("have one to three sets for each task", () => {
    const counts = new Map<string, number>();
    for (const { task } of DATASETS) counts.set(task, (counts.get(task) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([
      "autoencoder",
      "classifier",
      "embedder",
      "encoder-decoder",
      "forecaster",
      "generator",
      "language-model",
      "tagger",
      "transcriber",
    ]);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(3);
  });

  it("have names that differ", () => {
    expect(new Set(DATASETS.map(({ id }) => id)).size).toBe(DATASETS.length);
  });

  it("are small together", () => {
    const sizes = new Map(DATASETS.map(({ file, bytes }) => [file, bytes]));
    expect([...sizes.values()].reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(LIMIT);
  });

  it("come with every licence that asks for its text", () => {
    const licences = readFileSync(new URL(LICENCES), "utf8");
    for (const { licence } of DATASETS.map(({ origin }) => origin)) {
      expect(["MIT", "BSD-2-Clause", "CC BY 4.0", "public domain", "facts, public"]).toContain(licence);
    }
    for (const text of [
      "Copyright (c) 2017 Sean Robertson",
      "Carnegie Mellon University",
      "Rebecca Marvin",
    ]) {
      expect(licences).toContain(text);
    }
    expect(licences).toContain("https://creativecommons.org/licenses/by/4.0/");
  });

  it("are what make.mjs makes", () => {
    const folder = mkdtempSync(join(tmpdir(), "studio-data-"));
    try {
      const made = join(folder, "studio/data");
      const source = join(folder, "examples/data");
      for (const path of [made, source]) mkdirSync(path, { recursive: true });
      copyFileSync(new URL("make.mjs", data), join(made, "make.mjs"));
      for (const entry of readdirSync(examples, { withFileTypes: true })) {
        if (entry.isFile()) copyFileSync(new URL(entry.name, examples), join(source, entry.name));
      }
      execFileSync(process.execPath, [join(made, "make.mjs")]);
      const files = readdirSync(data).sort();
      expect(readdirSync(made).sort()).toEqual(files);
      for (const name of files) {
        expect(readFileSync(join(made, name), "utf8")).toBe(
          readFileSync(fileURLToPath(new URL(name, data)), "utf8"),
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
