import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { trainOneStep } from "../../src/wide/self-test.ts";
import { wasmOf } from "../builds.ts";
import { newFolder, TINY, unrolled } from "../cli/cli.ts";
import { hasWideVectors } from "../runtimes/wide-vectors.mjs";

// How V8 computes with 256 bits is tested by `npm run test:wide` and `npm run test:runtimes`, which need Node 24.

/** Whether `auto` is wide here. */
const isWide = hasWideVectors() && Number(process.versions.node.split(".")[0]) >= 24;

/** The entry of the built package, which reads the kernels beside it. */
const { wideKernels } = (await import(
  new URL("../../dist/wide.js", import.meta.url).href
)) as typeof import("../../src/wide/wide.node.ts");

it("compiles wide kernels only where they are known to work", async () => {
  expect((await wideKernels()).wide).toBe(isWide);
  expect((await wideKernels({ variant: "strict", wide: "auto" })).wide).toBe(isWide);
  expect((await wideKernels({ wide: "off" })).wide).toBe(false);
});

it.skipIf(isWide)("says why wide kernels cannot run here", async () => {
  await expect(wideKernels({ wide: "on" })).rejects.toMatchObject({
    code: "ERR_WASM",
    message: expect.stringMatching(
      /256 bits are not possible here: .*(Node|x64|AVX2).*; use wide auto or off$/,
    ),
  });
});

it.each([
  [{ wide: "yes" }, /wide/],
  [{ wide: true }, /wide/],
  [{ variant: "fast" }, /variant/],
  [{ width: 256 }, /width/],
])("refuses %o", async (options, message) => {
  await expect(wideKernels(options as never)).rejects.toMatchObject({
    code: "ERR_VALUE",
    message: expect.stringMatching(message),
  });
});

it("tests itself with numbers that depend on the kernels, and are the same in the wide builds", () => {
  const train = (name: Parameters<typeof wasmOf>[0]) => trainOneStep(new WebAssembly.Module(wasmOf(name)));
  const strict = train("strict");
  expect(strict.every(Number.isFinite)).toBe(true);
  expect(train("wide-strict")).toEqual(strict);
  const relaxed = train("relaxed");
  expect(relaxed).not.toEqual(strict);
  expect(train("wide-relaxed")).toEqual(relaxed);
});

it("trains the same model with and without", async () => {
  const folder = newFolder({ "text.txt": "to be or not to be, that is the question\n".repeat(200) });
  const models = [];
  for (const wide of ["off", "auto"]) {
    const sizes = ["--hidden", "24", "--layers", "1", "--batch", "7", "--seq", "20", "--iters", "5"];
    const args = ["--data", "text.txt", ...sizes, "--wide", wide, "--out", `${wide}.safetensors`];
    const { code, stderr } = await unrolled(folder, "train", ...args);
    expect(code, stderr).toBe(0);
    models.push(readFileSync(`${folder}/${wide}.safetensors`));
  }
  expect(models[1]).toEqual(models[0]);
});

it.skipIf(isWide)("says on the command line that it cannot", async () => {
  const { code, stderr } = await unrolled(newFolder(), "train", ...TINY, "--wide", "on");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^unrolled: wideKernels: vectors of 256 bits are not possible here: .*\n$/);
});
