import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Connection, OwnWorker } from "../../worker/connect.ts";
import { digest, MemoryStore, TEXT } from "../train/run.ts";
import { beginTraining, connect, connectToThread, dist, expectRejection, TINY } from "./connected.ts";

let connection: Connection;
let thread: Worker;
beforeEach(async () => {
  ({ connection, thread } = await connectToThread());
});
afterEach(() => connection.release());

describe("a worker that dies", () => {
  it("in the middle of a run rejects all calls; the next one continues from the last checkpoint, bit for bit", async () => {
    await connection.start({ ...TINY, iterations: 40 });
    await connection.train({ validateEvery: 10 });
    const whole = digest(await connection.model());

    await connection.start({ ...TINY, iterations: 40 });
    const store = new MemoryStore();
    const done = connection.train({
      validateEvery: 10,
      store,
      onValidation: ({ iteration }) => {
        if (iteration === 20) thread.terminate();
      },
    });
    await expectRejection(done, "ERR_STATE", "exit code 1");
    await expectRejection(
      connection.model(),
      "ERR_STATE",
      "exit code 1; start, restore or load starts another one",
    );
    await expectRejection(connection.train(), "ERR_STATE", "exit code 1");
    expect(connection.lastCheckpoint).toBe(store.checkpoints.at(-1));

    const checkpoint = connection.lastCheckpoint!;
    const info = await connection.restore({ checkpoint, data: TEXT, iterations: 40 });
    expect(info.run!.iteration).toBeGreaterThanOrEqual(20);
    expect(connection.place).toBe("worker");
    await connection.train({ validateEvery: 10 });
    expect(digest(await connection.model())).toBe(whole);
  });

  it("while it starts or is idle is replaced as well", async () => {
    const start = connection.start(TINY);
    thread.terminate();
    await expectRejection(start, "ERR_STATE", "exit code 1");
    await connection.start(TINY);
    expect(await connection.generate({ length: 3 })).toHaveLength(3);
  });

  it("from an error outside any call rejects pending calls", async () => {
    await connection.start(TINY);
    const { done } = await beginTraining(connection);
    thread.emit("error", new RangeError("out of memory"));
    await expectRejection(done, "ERR_STATE", "RangeError: out of memory");
  });

  it("because its script is missing or throws is reported by connect", async () => {
    const missing = new URL("./missing.js", import.meta.url);
    await expectRejection(connect({ worker: missing }), "ERR_STATE", "missing.js");
    const broken = new URL("data:text/javascript,throw new Error('broken script')");
    await expectRejection(connect({ worker: broken }), "ERR_STATE", "broken script");
  });
});

describe("connect", () => {
  it("leaves no thread if it fails", async () => {
    const threads: Worker[] = [];
    const note = (started: Worker) => threads.push(started);
    const left = () => expect.poll(() => threads.map(({ threadId }) => threadId));
    process.on("worker", note);
    try {
      const module = (() => {}) as never;
      await expectRejection(connect({ module, workers: 2 }), "ERR_VALUE", "plain data only");
      await left().toEqual([-1, -1]);

      threads.length = 0;
      let some = 2;
      const worker = () => {
        if (!some--) throw new RangeError("no more");
        return new Worker("setInterval(() => {}, 1000)", { eval: true }) as unknown as OwnWorker;
      };
      const half = connect({ worker, workers: 4 });
      await expectRejection(half, "ERR_STATE", "the worker does not start: RangeError: no more");
      await left().toEqual([-1, -1]);
      await expectRejection(connect({ worker: "no/address" }), "ERR_STATE", "the worker does not start");

      threads.length = 0;
      await expectRejection(connect({ workers: 257 }), "ERR_VALUE", "from 1 to 256");
      expect(threads).toHaveLength(0);
    } finally {
      process.off("worker", note);
    }
  });

  it("can be cancelled if the script never answers", async () => {
    const worker = () => new Worker("setInterval(() => {}, 1000)", { eval: true }) as unknown as OwnWorker;
    await expectRejection(connect({ worker, signal: AbortSignal.timeout(50) }), "ERR_ABORTED", "cancelled");
  });
});

describe("a call that cannot be sent", () => {
  it("is refused with a readable message, and the worker continues", async () => {
    const lr = () => 1;
    await expectRejection(
      connection.start({ ...TINY, recipe: { lr: lr as never } }),
      "ERR_VALUE",
      "plain data only",
    );
    const data = new TextEncoder().encode(TEXT);
    await connection.start({ ...TINY, data, validation: data });
    expect(data.byteLength, "bytes are moved, not copied").toBe(0);
    await expectRejection(connection.start({ ...TINY, data }), "ERR_VALUE", "plain data only");
    expect(await connection.generate({ length: 3 })).toHaveLength(3);
  });

  it("moves no bytes that are a part of others", async () => {
    const all = new TextEncoder().encode(`${TEXT}and more`);
    await connection.start({ ...TINY, data: all.subarray(0, TEXT.length) });
    expect(all.byteLength).toBe(TEXT.length + 8);
  });
});

describe("memory that cannot grow", () => {
  it("is reported with its code, and the model before it stays", async () => {
    await connection.start(TINY);
    await expectRejection(connection.start({ ...TINY, spec: { hidden: 20_000 } }), "ERR_MEMORY", /./);
    expect(await connection.generate({ length: 3 })).toHaveLength(3);
  });
});

describe("two trainers at once", () => {
  it("do not know of each other, in workers and in the thread", async () => {
    await connection.start(TINY);
    await connection.train({ iterations: 12, validateEvery: 6 });
    const alone = digest(await connection.model());
    const others = await Promise.all([
      connect({ variant: "strict" }),
      connect({ variant: "strict", worker: false }),
    ]);
    try {
      const all = [connection, ...others];
      await Promise.all(all.map((one) => one.start(TINY)));
      await Promise.all(all.map((one) => one.train({ iterations: 12, validateEvery: 6 })));
      for (const one of all) expect(digest(await one.model())).toBe(alone);
    } finally {
      for (const one of others) one.release();
    }
  });
});

describe("the process", () => {
  const script = (body: string) => {
    const folder = mkdtempSync(join(tmpdir(), "unrolled-"));
    const file = join(folder, "script.mjs");
    writeFileSync(file, `import { connect } from ${JSON.stringify(dist("worker.node.js"))};\n${body}`);
    return promisify(execFile)(process.execPath, [file], { timeout: 30_000 }).finally(() =>
      rmSync(folder, { recursive: true }),
    );
  };
  const begin = `const trainer = await connect(); await trainer.start(${JSON.stringify(TINY)});`;

  it.each([
    ["after release", "trainer.release();"],
    ["without release, if no call is pending", ""],
  ])("ends by itself %s", async (_, end) => {
    const { stdout } = await script(
      `${begin} console.log((await trainer.generate({ length: 3 })).length); ${end}`,
    );
    expect(stdout).toBe("3\n");
  });

  it("ends if the worker that replaced another one is idle", async () => {
    const { stdout } = await script(
      `let thread;
       process.once("worker", (started) => { thread = started; });
       ${begin}
       const lost = trainer.train({ iterations: 1e9, onStep: () => thread.terminate() });
       console.log((await lost.catch((error) => error)).code);
       await trainer.start(${JSON.stringify(TINY)});
       console.log((await trainer.generate({ length: 3 })).length);`,
    );
    expect(stdout).toBe("ERR_STATE\n3\n");
  });

  it("waits for pending calls", async () => {
    const { stdout } = await script(
      `${begin} trainer.train({ iterations: 30 }).then(({ iterations }) => console.log(iterations));`,
    );
    expect(stdout).toBe("30\n");
  });
});
