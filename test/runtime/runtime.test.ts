import { describe, expect, it } from "vitest";
import { exp } from "../../src/autograd/activation.ts";
import { sum } from "../../src/autograd/elementwise.ts";
import type { ErrorCode } from "../../src/errors.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { RuntimeOptions } from "../../src/runtime/runtime-options.ts";
import { supportsRelaxed } from "../../src/runtime/variant.ts";
import { describeRuntimes, expectError, startRuntime } from "../runtimes.ts";

describe("createRuntime", () => {
  const refuses = (options: RuntimeOptions, code: ErrorCode) =>
    expect(createRuntime(options)).rejects.toMatchObject({ name: "UnrolledError", code });

  it("loads the strict build on request, and by default the best one", async () => {
    const [strict, auto] = [await createRuntime({ variant: "strict" }), await createRuntime()];
    expect(strict.variant).toBe("strict");
    expect(auto.variant).toBe(supportsRelaxed() ? "relaxed" : "strict");
    for (const rt of [strict, auto]) expect(exp(rt.tensor([0], [1])).item()).toBe(1);
  });

  it("loads the relaxed build if the engine can run it, else says how to get it", async () => {
    if (supportsRelaxed()) expect((await createRuntime({ variant: "relaxed" })).variant).toBe("relaxed");
    else await refuses({ variant: "relaxed" }, "ERR_WASM");
  });

  it("takes a module that the caller has compiled", async () => {
    const rt = await startRuntime("strict");
    expect(rt.variant).toBe("strict");
  });

  it("refuses invalid options", async () => {
    await refuses({ variant: "fast" as "strict" }, "ERR_VALUE");
    await refuses({ seed: -1 }, "ERR_VALUE");
    await refuses({ seed: 0.5 }, "ERR_VALUE");
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    await refuses({ module: empty }, "ERR_WASM");
    await refuses({ module: {} as WebAssembly.Module }, "ERR_WASM");
  });

  it("refuses a module of the other build", async () => {
    const { readFile } = await import("node:fs/promises");
    const bytes = await readFile(new URL("../../dist/named/strict.wasm", import.meta.url));
    const module = await WebAssembly.compile(new Uint8Array(bytes));
    await refuses({ module, variant: "relaxed" }, "ERR_VALUE");
  });
});

describeRuntimes("a runtime", (rt, variant) => {
  it("makes tensors of numbers, floats and integers", () => {
    const x = rt().tensor([1, 2.5, -3], [3]);
    expect([x.dtype, [...x.shape], x.size, [...x.toArray()]]).toEqual(["float32", [3], 3, [1, 2.5, -3]]);
    const ids = rt().tensor(Int32Array.of(7, -8), [2, 1]);
    expect([ids.dtype, [...ids.toArray()]]).toEqual(["int32", [7, -8]]);
    expect(rt().tensor([5], []).item()).toBe(5);
    expect(rt().zeros([2, 0, 3]).size).toBe(0);
  });

  it("gives a live view and a copy of a tensor's elements", () => {
    const x = rt().tensor([1, 2], [2]);
    const copy = x.toArray();
    x.data[0] = 9;
    expect([x.data[0], copy[0]]).toEqual([9, 1]);
  });

  it("refuses data that does not fill the shape, and invalid shapes", () => {
    const before = rt().memory.used;
    expectError(() => rt().tensor([1, 2, 3], [2, 2]), "ERR_SHAPE", "3 elements", "expected 4", "[2,2]");
    expectError(() => rt().tensor([1], [-1]), "ERR_SHAPE", "[-1]", "whole numbers");
    expectError(() => rt().zeros([1.5]), "ERR_SHAPE", "1.5");
    expectError(() => rt().zeros(3 as never), "ERR_SHAPE", "3");
    expectError(() => rt().zeros([...new Array(30).fill(2 ** 50), 0]), "ERR_SHAPE", "whole numbers");
    for (const data of [null, ["1", "2"]]) {
      expectError(() => rt().tensor(data as never, [2]), "ERR_VALUE", "expected number");
    }
    expectError(
      () => rt().tensor(Int32Array.of(1), [1], { requiresGrad: true }),
      "ERR_DTYPE",
      "int32",
      "float32",
    );
    expectError(() => rt().tensor([1, 2], [2]).item(), "ERR_SHAPE", "[2]", "single");
    expect(rt().memory.used - before).toBeLessThan(128);
  });

  it("says that the memory cannot grow, and continues", () => {
    expectError(() => rt().zeros([2 ** 31]), "ERR_MEMORY", "cannot grow", "smaller batch");
    expect(exp(rt().tensor([0], [1])).item()).toBe(1);
  });

  it("is independent of another runtime: memory, seed and graph", async () => {
    const other = await startRuntime(variant, 2);
    const sizes = { inputSize: 3, hiddenSize: 4 };
    const [a, b] = [new nn.GRU(rt(), sizes), new nn.GRU(other, sizes)];
    expect(a.stateDict()).not.toEqual(b.stateDict());
    b.loadStateDict(a.stateDict());
    const x = [0.1, 0.2, 0.3, -0.1, -0.2, -0.3];
    const run = (module: nn.GRU) => module.forward(module.runtime.tensor(x, [2, 1, 3])).output;
    const [ya, yb] = [run(a), run(b)];
    expect(ya.toArray()).toEqual(yb.toArray());
    sum(ya).backward();
    other.dispose();
    expectError(() => yb.data, "ERR_DISPOSED");
    expect(run(a).toArray()).toEqual(ya.toArray());
  });

  it("repeats its random numbers from a seed and from a state", async () => {
    const values = (runtime: typeof rt extends () => infer R ? R : never) =>
      new nn.Linear(runtime, { inFeatures: 5, outFeatures: 3 }).stateDict();
    const first = values(rt());
    const { state } = rt().random;
    const second = values(rt());
    expect(second).not.toEqual(first);
    rt().random.state = state;
    expect(values(rt())).toEqual(second);
    expect(values(await startRuntime(variant))).toEqual(first);
    const before = rt().random.state;
    expectError(
      () => {
        rt().random.state = { seed: 99, position: -1 };
      },
      "ERR_VALUE",
      "position is -1",
    );
    expect(rt().random.state).toEqual(before);
  });

  it("frees everything at dispose; using it afterwards throws", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 3 });
    const x = rt().zeros([1, 1, 2]);
    const y = sum(lstm.forward(x).output);
    const optimizer = new optim.SGD(lstm.parameters(), { lr: 1 });
    const stream = lstm.pack().stream();
    rt().dispose();
    rt().dispose();
    expect(rt().memory).toEqual({ used: 0, total: 0 });
    for (const use of [
      () => x.data,
      () => x.toArray(),
      () => rt().tensor([1], [1]),
      () => rt().zeros([1]),
      () => exp(x),
      () => y.backward(),
      () => lstm.forward(x),
      () => lstm.stateDict(),
      () => lstm.pack(),
      () => new nn.Linear(rt(), { inFeatures: 1, outFeatures: 1 }),
      () => optimizer.step(),
      () => optimizer.zeroGrad(),
      () => stream.step([1, 2]),
      () => stream.reset(),
      () => stream.state,
    ]) {
      expectError(use, "ERR_DISPOSED");
    }
    for (const free of [
      () => x.dispose(),
      () => lstm.dispose(),
      () => optimizer.dispose(),
      () => stream.dispose(),
    ]) {
      free();
    }
  });
});
