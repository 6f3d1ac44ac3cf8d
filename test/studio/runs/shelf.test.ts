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

test("Undo closes the notice", async () => {
  await shelf.deleteRun("1");
  await shelf.undeleteRun("1");
  expect(notices.value).toEqual([]);
  expect(shelf.deletedRuns.value).toEqual([]);
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
