import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileKernels } from "../../src/runtime/load.ts";
import type { OwnWorker } from "../../worker/connect.ts";
import { TEXT } from "../train/run.ts";
import { connect, dist, expectRejection, TINY } from "./connected.ts";

let folder: string;
let script: URL;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unrolled-"));
  const file = join(folder, "own.mjs");
  writeFileSync(
    file,
    `import { languageModelTask } from ${JSON.stringify(dist("tasks.js"))};
     import { serve } from ${JSON.stringify(dist("serve.node.js"))};
     serve([languageModelTask]);`,
  );
  script = pathToFileURL(file);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("an own worker, as an address or a worker, does the tasks that it serves", async () => {
  for (const worker of [script, script.href, () => new Worker(script) as unknown as OwnWorker]) {
    const trainer = await connect({ worker: typeof worker === "string" ? new URL(worker) : worker });
    try {
      expect(trainer.place).toBe("worker");
      await trainer.start(TINY);
      expect((await trainer.train({ iterations: 2 })).iterations).toBe(2);
      await expectRejection(
        trainer.start({ task: "tagger", data: TEXT }),
        "ERR_VALUE",
        "expected one of language-model",
      );
    } finally {
      trainer.release();
    }
  }
});

it("a compiled module is used in the worker and in the thread", async () => {
  const module = await compileKernels("strict");
  for (const worker of [true, false]) {
    const trainer = await connect({ module, worker });
    expect((await trainer.start(TINY)).variant).toBe("strict");
    trainer.release();
    await expectRejection(
      connect({ module, worker, variant: "relaxed" }),
      "ERR_VALUE",
      "module is the strict build",
    );
  }
  const wrong = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  for (const worker of [true, false]) {
    await expectRejection(
      connect({ module: wrong, worker }),
      "ERR_WASM",
      "not a WebAssembly.Module of a .wasm file",
    );
  }
});

it("crossOrigin changes nothing in Node, and is true or false", async () => {
  const trainer = await connect({ crossOrigin: true });
  expect(trainer.place).toBe("worker");
  trainer.release();
  await expectRejection(
    connect({ crossOrigin: "yes" as never }),
    "ERR_VALUE",
    'crossOrigin is "yes", expected true or false',
  );
});
