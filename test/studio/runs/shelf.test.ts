import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import type { Run } from "../../../studio/src/runs/run.ts";

/** The next stores wait for these before they open. */
const { waits } = vi.hoisted(() => ({ waits: [] as Promise<void>[] }));

vi.mock("unrolled/storage", async () => {
  const { openStore } = await import("../../../src/storage/indexed-db.ts");
  return {
    openStore: async (name: string) => {
      await waits.shift();
      return openStore(name);
    },
  };
});
vi.useFakeTimers({ toFake: ["setTimeout"] });

let shelf: typeof import("../../../studio/src/runs/shelf.ts");
let store: typeof import("../../../studio/src/runs/store.ts");
let notices: typeof import("../../../studio/src/ui/notices.tsx")["notices"];

async function reload(): Promise<void> {
  vi.resetModules();
  shelf = await import("../../../studio/src/runs/shelf.ts");
  store = await import("../../../studio/src/runs/store.ts");
  ({ notices } = await import("../../../studio/src/ui/notices.tsx"));
  await shelf.openShelf();
}

beforeEach(async () => {
  vi.stubGlobal("navigator", {});
  globalThis.indexedDB = new IDBFactory();
  await reload();
  await shelf.addRun({ id: "1", name: "one", created: 1 } as Run);
  await shelf.addRun({ id: "2", name: "two", created: 2 } as Run);
  await shelf.keepFile("1", "latest", Uint8Array.of(7));
});

const names = () => shelf.runs.value.map(({ name }) => name);

test("keeps runs and their names, the latest first", async () => {
  await shelf.renameRun("1", "first");
  await reload();
  expect(names()).toEqual(["two", "first"]);
});

test("gives no two runs one name", async () => {
  await shelf.renameRun("1", "two");
  expect(names()).toEqual(["two", "two 2"]);
  await shelf.renameRun("1", "two 2");
  expect(names()).toEqual(["two", "two 2"]);
});

test("takes a deletion back, also when its notice is gone", async () => {
  await shelf.deleteRun("1");
  expect(names()).toEqual(["two"]);
  expect(notices.value.map(({ text }) => text)).toEqual(["one"]);
  vi.runAllTimers();
  expect(notices.value).toEqual([]);
  await shelf.undeleteRun("1");
  await reload();
  expect(names()).toEqual(["two", "one"]);
  expect(await shelf.fileOf("1", "latest")).toEqual(Uint8Array.of(7));
});

test("Take back closes the notice", async () => {
  await shelf.deleteRun("1");
  await shelf.undeleteRun("1");
  expect(notices.value).toEqual([]);
  expect(shelf.deletedRuns.value).toEqual([]);
});

test("news vanish after a while; a deletion can be taken back for longer, and warnings stay", async () => {
  const { tell } = await import("../../../studio/src/ui/notices.tsx");
  tell({ kind: "info", title: "news", text: "" });
  tell({ kind: "warning", title: "a warning", text: "" });
  await shelf.deleteRun("1");
  const titles = () => notices.value.map(({ title }) => title);
  vi.advanceTimersByTime(10_000);
  expect(titles()).toEqual(["a warning", "Deleted"]);
  vi.advanceTimersByTime(20_000);
  expect(titles()).toEqual(["a warning"]);
});

test("errors go with their page, but not those about a run", async () => {
  const { tell, tellError, closeErrors } = await import("../../../studio/src/ui/notices.tsx");
  tellError(new Error("here"));
  tell({ kind: "error", title: "", text: "of the run" }, { about: "1" });
  closeErrors();
  expect(notices.value.map(({ text }) => text)).toEqual(["of the run"]);
  await shelf.deleteRun("1");
  expect(notices.value.map(({ text }) => text)).toEqual(["one"]);
});

test("a run that is added again after its deletion stays at the next visit", async () => {
  await shelf.deleteRun("1");
  await shelf.addRun({ id: "1", name: "one", created: 3 } as Run);
  expect(shelf.deletedRuns.value).toEqual([]);
  await reload();
  expect(names()).toEqual(["one", "two"]);
});

test("removing deleted runs for good makes room for what was not kept", async () => {
  await shelf.deleteRun("1");
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  expect(await shelf.keepFile("2", "latest", Uint8Array.of(8))).toBe(false);
  expect(notices.value.some(({ title }) => title === "The run is not kept")).toBe(true);
  IDBObjectStore.prototype.put = put;
  await shelf.emptyDeleted();
  expect(notices.value).toEqual([]);
  expect([await store.loadFile("1", "latest"), await store.loadFile("2", "latest")]).toEqual([
    undefined,
    Uint8Array.of(8),
  ]);
});

test("names are cut to what can be read", async () => {
  await shelf.renameRun("1", "😀".repeat(100));
  expect([...names()[1]!].length).toBe(80);
  await shelf.renameRun("2", "<b>two</b>");
  expect(names()[0]).toBe("<b>two</b>");
});

test("removes the files of deleted runs at the next visit", async () => {
  await shelf.deleteRun("1");
  await reload();
  expect(names()).toEqual(["two"]);
  expect(await store.loadFile("1", "latest")).toBe(undefined);
});

test("keeps the last of versions that are saved at once, however slow the first is", async () => {
  let open = () => {};
  waits.push(
    new Promise((resolve) => {
      open = resolve;
    }),
  );
  const first = shelf.renameRun("1", "a");
  const second = shelf.renameRun("1", "b");
  await Promise.race([second, new Promise((resolve) => setImmediate(resolve))]);
  open();
  await Promise.all([first, second]);
  await reload();
  expect(names()).toEqual(["two", "b"]);
});
