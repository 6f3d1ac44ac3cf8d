import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startFrom } from "../../src/edge/start.ts";
import { compileKernels } from "../../src/runtime/load.ts";
import { createRuntime, createRuntimeSync } from "../../src/runtime/runtime.ts";
import { chooseVariant, supportsRelaxed } from "../../src/runtime/variant.ts";
import { expectError, expectRejection } from "../runtimes.ts";

afterEach(() => vi.restoreAllMocks());

describe("a start that fails", () => {
  it("can be repeated", async () => {
    const compile = vi
      .spyOn(WebAssembly, "compile")
      .mockRejectedValueOnce(new WebAssembly.CompileError("no"));
    await expectRejection(createRuntime({ variant: "strict" }), "ERR_WASM", "CompileError: no", "`module`");
    expect((await createRuntime({ variant: "strict" })).variant).toBe("strict");
    expect(compile).toHaveBeenCalledTimes(2);
  });
});

describe("chooseVariant", () => {
  it("takes the relaxed build by default if the engine can run it", () => {
    const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(true);
    expect([undefined, "auto", "strict", "relaxed"].map((v) => chooseVariant(v as "auto"))).toEqual([
      "relaxed",
      "relaxed",
      "strict",
      "relaxed",
    ]);
    validate.mockReturnValue(false);
    expect([undefined, "auto", "strict"].map((v) => chooseVariant(v as "auto"))).toEqual(
      Array(3).fill("strict"),
    );
    expectError(() => chooseVariant("relaxed"), "ERR_WASM", "no relaxed SIMD");
    expectError(() => chooseVariant("fast" as "strict"), "ERR_VALUE", "fast");
  });
});

describe("createRuntimeSync", () => {
  it("starts from a compiled module without waiting", async () => {
    const rt = createRuntimeSync({ module: await compileKernels("strict"), seed: 7 });
    expect([rt.variant, rt.random.state.seed]).toEqual(["strict", 7]);
  });

  it("refuses modules that are not of the package, or of the other build", async () => {
    const module = await compileKernels("strict");
    expectError(() => createRuntimeSync({ module, variant: "relaxed" }), "ERR_VALUE", "strict build");
    expectError(() => createRuntimeSync({} as { module: WebAssembly.Module }), "ERR_WASM", "`module`");
  });

  it("runs with only JavaScript and WebAssembly, as in an AudioWorklet", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { createRuntimeSync, nn } from "./src/index.ts";
          const gru = new nn.GRU(createRuntimeSync({ module: compiled }), { inputSize: 2, hiddenSize: 3 });
          globalThis.output = [...gru.pack().stream().step([1, 2])];`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      write: false,
      format: "iife",
      external: ["#wasm/*"],
    });
    const realm: { compiled: WebAssembly.Module; output?: number[] } = {
      compiled: await compileKernels("strict"),
    };
    runInNewContext(outputFiles[0]!.text, realm);
    expect(realm.output).toHaveLength(3);
    expect(realm.output!.every((x) => x !== 0 && Math.abs(x) < 1)).toBe(true);
  });
});

describe("kernels that the platform imports", () => {
  it("are started according to the variant", async () => {
    const strict = await compileKernels("strict");
    const one = startFrom({ strict }, createRuntimeSync);
    expect(await one.compileKernels()).toBe(strict);
    expect((await one.createRuntime({ seed: 7 })).random.state.seed).toBe(7);
    await expectRejection(one.createRuntime({ variant: "relaxed" }), "ERR_WASM", "only the strict build");
    if (!supportsRelaxed()) return;
    const relaxed = await compileKernels("relaxed");
    const both = startFrom({ strict, relaxed }, createRuntimeSync);
    expect((await both.createRuntime()).variant).toBe("relaxed");
    expect((await both.createRuntime({ variant: "strict" })).variant).toBe("strict");
    expect((await both.createRuntime({ module: strict })).variant).toBe("strict");
  });
});
