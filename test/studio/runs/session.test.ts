import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "../../../studio/src/runs/run.ts";
import { FakeTrainer } from "./fake-worker.ts";

vi.mock("unrolled/storage", () => import("../../../src/storage/indexed-db.ts"));
vi.mock("unrolled/worker", () => ({
  connect: async ({ workers }: { workers: number }) => new FakeTrainer(workers),
}));
vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });

let session: typeof import("../../../studio/src/runs/session.ts");
let shelf: typeof import("../../../studio/src/runs/shelf.ts");
let notices: typeof import("../../../studio/src/ui/notices.tsx")["notices"];

/** Opens the page again: what is stored stays. */
async function reload(): Promise<void> {
  vi.resetModules();
  session = await import("../../../studio/src/runs/session.ts");
  shelf = await import("../../../studio/src/runs/shelf.ts");
  ({ notices } = await import("../../../studio/src/ui/notices.tsx"));
  await shelf.openShelf();
}

beforeEach(async () => {
  vi.stubGlobal("navigator", {});
  globalThis.indexedDB = new IDBFactory();
  FakeTrainer.all.length = 0;
  FakeTrainer.opening = Promise.resolve();
  FakeTrainer.restoresAt = 0;
  await reload();
});

const PLAN: Plan = {
  task: "language-model",
  source: { kind: "file", name: "a.txt", bytes: 4 },
  options: {},
  spec: { cell: "lstm" },
  recipe: {},
  length: { iterations: 100 },
  threads: 1,
};

const read = async () => new File(["text"], "a.txt");
const start = async (name = "a") => (await session.startRun(name, PLAN, read))!;
const trainer = () => FakeTrainer.all.at(-1)!;
const run = (id: string) => shelf.findRun(id)!;
const texts = () => notices.value.map(({ title, text }) => `${title}: ${text}`).join("\n");
const settled = () => vi.waitFor(() => expect(session.active.value).toBe(undefined));
const data = (id: string) => vi.waitFor(async () => expect(await shelf.fileOf(id, "data")).toBeTruthy());

test("trains to the end, and then shows the model of the best validation", async () => {
  const id = await start();
  const { modelOf } = await import("../../../studio/src/runs/models.ts");
  expect(session.phaseOf(id)).toBe("training");
  trainer().step(40);
  await trainer().validate(50, 0.5, true);
  await trainer().validate(100, 0.7, false);
  trainer().step(100);
  expect(modelOf(id)!.iteration).toBe(100);
  trainer().end();
  await settled();
  expect(run(id)).toMatchObject({
    state: "finished",
    iteration: 100,
    best: { iteration: 50 },
    last: { iteration: 100 },
  });
  await vi.waitFor(() => expect(modelOf(id)).toMatchObject({ iteration: 50, bytes: Uint8Array.of(50) }));
  expect(await shelf.fileOf(id, "latest")).toEqual(Uint8Array.of(100));
  expect(trainer().released).toBe(true);
});

test("a finished run trains as long again, and an early end does not end it at once", async () => {
  const id = await start();
  trainer().step(60);
  await trainer().validate(60, 0.5, true);
  await data(id);
  trainer().end("early");
  await settled();
  expect(run(id)).toMatchObject({ state: "finished", iterations: 60 });
  FakeTrainer.restoresAt = 60;
  await session.continueRun(id);
  expect(trainer().options.iterations).toBe(160);
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ recipe: { earlyStop: 0, lrDecayOver: 160 } });
});

test("after a reload in mid-training, the run goes on from its checkpoint and its losses go back to it", async () => {
  const id = await start();
  for (const iteration of [10, 20, 30, 40]) trainer().step(iteration);
  await trainer().validate(40, 0.5, true);
  await data(id);
  await reload();
  expect(run(id)).toMatchObject({ state: "stopped", iteration: 40, interrupted: true });
  FakeTrainer.restoresAt = 20;
  await session.continueRun(id);
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ checkpoint: Uint8Array.of(40) });
  expect(run(id).losses.steps.map(({ iteration }) => iteration)).toEqual([10, 20]);
  expect(run(id)).toMatchObject({ iteration: 20, best: undefined, interrupted: undefined });
});

test("a run that starts before the runs of earlier visits are read is kept beside them", async () => {
  await start("a");
  vi.resetModules();
  session = await import("../../../studio/src/runs/session.ts");
  shelf = await import("../../../studio/src/runs/shelf.ts");
  const opened = shelf.openShelf();
  await start("b");
  await opened;
  expect(shelf.runs.value.map(({ name }) => name)).toEqual(["b", "a"]);
});

test("a start that fails leaves the run under way alone", async () => {
  const id = await start();
  const first = trainer();
  FakeTrainer.opening = Promise.reject(new Error("too short"));
  await expect(start("b")).rejects.toThrow("too short");
  expect(session.phaseOf(id)).toBe("training");
  expect([first.released, trainer().released]).toEqual([false, true]);
  expect(shelf.runs.value.length).toBe(1);
});

test("a new run stops the one under way; two clicks at once give two runs, of which the later trains", async () => {
  const [one, other] = await Promise.all([start(), start()]);
  expect([session.phaseOf(one!), session.phaseOf(other!)]).toEqual([undefined, "training"]);
  expect(run(one!).state).toBe("stopped");
  expect(shelf.runs.value.map(({ name }) => name)).toEqual(["a 2", "a"]);
});

test("two clicks on Continue start one worker", async () => {
  const id = await start();
  await data(id);
  await session.stopRun(id);
  await Promise.all([session.continueRun(id), session.continueRun(id)]);
  expect(FakeTrainer.all.length).toBe(2);
});

test("Stop says so at once, and ends a worker that does not answer in time", async () => {
  const id = await start();
  trainer().stuck = true;
  const stopped = session.stopRun(id);
  expect(session.phaseOf(id)).toBe("stopping");
  await vi.advanceTimersByTimeAsync(4000);
  await stopped;
  expect(session.phaseOf(id)).toBe(undefined);
  expect(run(id).state).toBe("stopped");
  expect(texts()).toMatch(/“a” had done about 0 iterations. None of them were kept, so “Start again” begins/);
});

test("a run that is paused can be stopped, and its pause is kept", async () => {
  const id = await start();
  trainer().step(30);
  await session.pauseRun();
  expect([session.phaseOf(id), trainer().paused]).toEqual(["paused", true]);
  expect(await shelf.fileOf(id, "checkpoint")).toEqual(Uint8Array.of(30));
  await session.stopRun(id);
  expect(run(id)).toMatchObject({ state: "stopped", iteration: 30 });
  expect(texts()).toBe("");
});

test("says that a run has stopped only after its state is stored, so a reload goes on from there", async () => {
  const id = await start();
  trainer().step(20);
  await trainer().validate(20, 0.5, true);
  trainer().step(33);
  await data(id);
  const store = await import("../../../studio/src/runs/store.ts");
  let seen: unknown;
  const unsubscribe = session.active.subscribe((now) => {
    if (!now) seen = Promise.all([store.loadFile(id, "checkpoint"), store.loadRuns()]);
  });
  await session.stopRun(id);
  unsubscribe();
  expect(await seen).toMatchObject([Uint8Array.of(33), [{ state: "stopped", iteration: 33, kept: 33 }]]);
});

test("a new run that is cancelled while its data are loaded, or read, leaves nothing and keeps the run under way", async () => {
  const id = await start();
  let loading = session.startRun("b", PLAN, () => new Promise(() => {}));
  await vi.waitFor(() => expect(session.starting.value?.name).toBe("b"));
  await session.stopRun(session.starting.value!.id);
  expect(await loading).toBe(undefined);
  FakeTrainer.opening = new Promise(() => {});
  loading = session.startRun("c", PLAN, read);
  await vi.waitFor(() => expect(trainer().start).toHaveBeenCalled());
  await session.stopRun(session.starting.value!.id);
  expect(await loading).toBe(undefined);
  expect(shelf.runs.value.map(({ name }) => name)).toEqual(["a"]);
  expect([session.phaseOf(id), session.starting.value, texts()]).toEqual(["training", undefined, ""]);
});

test("Stop ends a run that has just started, even while it is being stored", async () => {
  const started = start();
  await vi.waitFor(() => expect(session.active.value).toBeTruthy());
  const { id } = session.active.value!;
  await session.stopRun(id);
  await started;
  expect([session.phaseOf(id), run(id).state]).toEqual([undefined, "stopped"]);
});

test("a worker that is ended says how much of the run is kept, and where it continues", async () => {
  const id = await start();
  await data(id);
  trainer().step(20);
  await trainer().validate(20, 0.5, true);
  trainer().step(33);
  trainer().stuck = true;
  const stopped = session.stopRun(id);
  await vi.advanceTimersByTimeAsync(4000);
  await stopped;
  expect(texts()).toMatch(
    /had done about 33 iterations. Its state after about 20 of them is kept; “Continue” goes/,
  );
  expect(session.continueName(run(id))).toBe("Continue");
  await shelf.deleteRun(id);
  expect(texts()).toBe("Deleted: a");
});

test("trains a model further from its checkpoint, which is kept from the start", async () => {
  const plan = { ...PLAN, from: "a" };
  const id = (await session.startRun("a, further", plan, read, { checkpoint: Uint8Array.of(9) }))!;
  await data(id);
  const { checkpoint, iterations } = trainer().restore.mock.calls[0]![0] as never;
  expect([checkpoint, iterations]).toEqual([Uint8Array.of(9), 100]);
  trainer().die();
  await settled();
  expect(session.continueName(run(id))).toBe("Start again");
  await session.continueRun(id);
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ checkpoint: Uint8Array.of(9) });
});

test("a start that is stopped leaves nothing", async () => {
  const id = await start();
  await data(id);
  await session.stopRun(id);
  FakeTrainer.opening = new Promise(() => {});
  const continued = session.continueRun(id);
  await vi.waitFor(() => expect(trainer().restore).toHaveBeenCalled());
  expect(session.phaseOf(id)).toBe("starting");
  await session.stopRun(id);
  await continued;
  expect([session.phaseOf(id), run(id).state, texts()]).toEqual([undefined, "stopped", ""]);
});

test("says that the worker has died, and Continue goes on from the last checkpoint", async () => {
  const id = await start();
  trainer().step(35);
  await trainer().validate(35, 0.5, true);
  await data(id);
  trainer().die();
  await settled();
  expect(texts()).toMatch(
    /“a” had done about 35 iterations. Its state after about 35 of them is kept; “Continue” .*out of memory/,
  );
  FakeTrainer.restoresAt = 35;
  notices.value[0]!.action!.run();
  await vi.waitFor(() => expect(session.phaseOf(id)).toBe("training"));
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ checkpoint: Uint8Array.of(35) });
  expect(texts()).toBe("");
});

test("a run whose worker died before its first checkpoint begins again", async () => {
  const id = await start();
  await data(id);
  trainer().die();
  await settled();
  await session.continueRun(id);
  expect(trainer().start).toHaveBeenCalledOnce();
});

test("on a full disk, the run goes on with one notice, and can be continued in this visit", async () => {
  const id = await start();
  await data(id);
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  trainer().step(20);
  await trainer().validate(20, 0.5, true);
  expect(texts()).toMatch(
    /The run is not kept: “a” stays here until you close this page, but .*no more room/,
  );
  notices.value = [];
  await trainer().validate(40, 0.4, true);
  expect(session.phaseOf(id)).toBe("training");
  await session.stopRun(id);
  await session.continueRun(id);
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ checkpoint: Uint8Array.of(20) });
  expect(texts()).toBe("");
  IDBObjectStore.prototype.put = put;
});

test("in a browser that stores nothing, says so and continues within the visit", async () => {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = () => {
    throw new DOMException("denied", "SecurityError");
  };
  await reload();
  expect(texts()).toMatch(/A reload will lose your runs: .*does not let this page store/);
  const id = await start();
  await data(id);
  trainer().step(20);
  await session.stopRun(id);
  await session.continueRun(id);
  expect(trainer().restore.mock.calls[0]![0]).toMatchObject({ checkpoint: Uint8Array.of(20) });
  IDBFactory.prototype.open = open;
});

test("a tab that is not the first keeps nothing and says so", async () => {
  const request = vi.fn(() => Promise.reject(new DOMException("taken", "TimeoutError")));
  vi.stubGlobal("navigator", { locks: { request } });
  await reload();
  expect([shelf.elsewhere.value, texts()]).toEqual([true, ""]);
  await start("b");
  vi.stubGlobal("navigator", {});
  await reload();
  expect(shelf.runs.value).toEqual([]);
});

test("trains the same with another cell", async () => {
  const id = await start("Tales, LSTM");
  await data(id);
  const other = await session.startWithCell(run(id), "gru");
  expect(run(other!)).toMatchObject({
    name: "Tales, GRU",
    plan: { spec: { cell: "gru" } },
    dataName: "a.txt",
  });
});
