import "fake-indexeddb/auto";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openStore as onDisk } from "../../src/storage/disk.node.ts";
import { openStore as inBrowser } from "../../src/storage/indexed-db.ts";
import type { OpenStore, Part } from "../../src/storage/store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes);
const newFolder = () => mkdtempSync(join(tmpdir(), "unrolled-storage-"));

/** Imitates browsers that notice at once that there is no room: the request fails. */
function failRequest(error: Error): void {
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, _value, key) {
    const request = this.add("taken", key); // the database's own error, under another name
    Object.defineProperty(request, "error", { get: () => error, set() {} });
    return request;
  });
}

/** Imitates browsers that notice it when they write: the request succeeds, the transaction fails. */
function failTransaction(error: Error): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
    const request = put.apply(this, args);
    request.addEventListener("success", () => {
      Object.defineProperty(this.transaction, "error", { get: () => error, set() {} });
      this.transaction.abort();
    });
    return request;
  });
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const places: [string, OpenStore, () => string][] = [
  ["IndexedDB", inBrowser, () => crypto.randomUUID()],
  ["disk", onDisk, () => join(newFolder(), "a", "run")],
];

describe.each(places)("a store in %s", (_place, openStore, newName) => {
  it("refuses bytes that are not a Uint8Array, and keeps the old ones", async () => {
    const store = await openStore(newName());
    await store.saveModel(bytes("good"));
    const transferred = bytes("gone");
    structuredClone(transferred, { transfer: [transferred.buffer] });
    const others = [new ArrayBuffer(3), 5, {}, "text", null, undefined, [1, 2], new Float32Array(2)];
    for (const other of [transferred, ...others]) {
      for (const save of [store.saveModel, (given: Uint8Array) => store.save("model", given)]) {
        await expect(save(other as Uint8Array)).rejects.toMatchObject({ code: "ERR_VALUE" });
      }
    }
    expect(text(await store.load("model"))).toBe("good");
  });

  it("gives back what was saved last, to any store of the same name", async () => {
    const name = newName();
    const store = await openStore(name);
    await store.saveModel(bytes("old model"));
    await store.saveModel(bytes("model"));
    await store.saveCheckpoint(bytes("checkpoint"));
    await store.save("data", bytes("a text"));
    await store.save("notes", new Uint8Array(0));

    const again = await openStore(name);
    const found = await Promise.all((["model", "checkpoint", "data", "notes"] as const).map(again.load));
    expect(found.map(text)).toEqual(["model", "checkpoint", "a text", ""]);
  });

  it("returns bytes in a new buffer, even if part of a buffer was saved", async () => {
    const store = await openStore(newName());
    const all = bytes("0123456789");
    await store.save("data", all.subarray(2, 5));
    all.fill(0);
    const loaded = await store.load("data");
    expect(loaded).toEqual(bytes("234"));
    expect(loaded?.buffer.byteLength).toBe(3);
    expect(loaded?.constructor).toBe(Uint8Array);
  });

  it("removes all that it has, and nothing of another store", async () => {
    const [one, other] = [await openStore(newName()), await openStore(newName())];
    await one.saveModel(bytes("one"));
    await one.save("data", bytes("one"));
    await other.saveModel(bytes("other"));
    await one.remove();
    await one.remove();
    expect([await one.load("model"), await one.load("data")]).toEqual([undefined, undefined]);
    expect(text(await other.load("model"))).toBe("other");
  });

  it("saves parts side by side, the last of one part at the end", async () => {
    const store = await openStore(newName());
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    await Promise.all(
      texts.flatMap((text) => [store.saveModel(bytes(text)), store.save("notes", bytes(text))]),
    );
    expect(text(await store.load("model"))).toBe("19");
    expect(text(await store.load("notes"))).toBe("19");
  });

  it("refuses a part that there is not", async () => {
    const store = await openStore(newName());
    for (const call of [store.save("config" as Part, bytes("x")), store.load("config" as Part)]) {
      await expect(call).rejects.toMatchObject({
        code: "ERR_VALUE",
        message: expect.stringContaining("config"),
      });
    }
  });
});

describe("IndexedDB", () => {
  it.each([
    ["at once", failRequest],
    ["with the transaction", failTransaction],
  ])("keeps what was saved before if there is no more room, and says so %s", async (_when, fail) => {
    const store = await inBrowser("full");
    await store.saveCheckpoint(bytes("before"));
    fail(new DOMException("no room", "QuotaExceededError"));
    const saving = store.saveCheckpoint(bytes("after"));
    await expect(saving).rejects.toMatchObject({
      code: "ERR_FILE",
      message: expect.stringMatching(/^cannot save the checkpoint of full: .* no more room; free some/),
      cause: { name: "QuotaExceededError" },
    });
    vi.restoreAllMocks();
    expect(text(await store.load("checkpoint"))).toBe("before");
    await store.saveCheckpoint(bytes("after"));
    expect(text(await store.load("checkpoint"))).toBe("after");
  });

  it("says if a page may store nothing, and opens when it may", async () => {
    const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    await expect(inBrowser("private")).rejects.toMatchObject({
      code: "ERR_FILE",
      message: expect.stringMatching(/cannot open the store private: .*does not let this page.*denied/),
    });
    open.mockRestore();
    await (await inBrowser("private")).saveModel(bytes("kept"));
  });

  it("says if there is neither IndexedDB nor a disk", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const refused = { code: "ERR_FILE", message: expect.stringContaining("no IndexedDB here, and no disk") };
    await expect(inBrowser("edge")).rejects.toMatchObject(refused);
  });

  it("continues after its database was deleted", async () => {
    const store = await inBrowser("deleted");
    await store.saveModel(bytes("gone"));
    await new Promise((resolve, reject) => {
      Object.assign(indexedDB.deleteDatabase("unrolled"), {
        onsuccess: resolve,
        onerror: reject,
        onblocked: reject,
      });
    });
    expect(await store.load("model")).toBeUndefined();
    await store.saveModel(bytes("new"));
    expect(text(await store.load("model"))).toBe("new");
  });
});

describe("disk", () => {
  it("has a file for each part, and no others", async () => {
    const folder = newFolder();
    const store = await onDisk(folder);
    const parts: Part[] = ["model", "checkpoint", "data", "notes"];
    for (const part of parts) await store.save(part, bytes(part));
    expect(readdirSync(folder).sort()).toEqual([
      "checkpoint.safetensors",
      "data",
      "model.safetensors",
      "notes",
    ]);
    writeFileSync(join(folder, "mine.txt"), "");
    await store.remove();
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });

  it("names the file that cannot be written or read, and why", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "file"), "");
    await expect(onDisk(join(folder, "file"))).rejects.toMatchObject({
      code: "ERR_FILE",
      message: `cannot make the folder ${join(folder, "file")}: a file of that name exists`,
    });
    const store = await onDisk(join(folder, "run"));
    await onDisk(join(folder, "run", "data")); // a folder at the path of the part
    const refused = { code: "ERR_FILE", message: expect.stringMatching(/run\/data: it is a folder/) };
    await expect(store.save("data", bytes("text"))).rejects.toMatchObject(refused);
    await expect(store.load("data")).rejects.toMatchObject(refused);
  });
});
