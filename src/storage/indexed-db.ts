/**
 * Storage for training runs: IndexedDB in browsers, a folder in Node, Deno and Bun.
 *
 * @module unrolled/storage
 */
import { type IDBPDatabase, openDB } from "idb";
import { UnrolledError } from "../errors.ts";
import { checkBytes, checkPart, type OpenStore, type Store, trainStore } from "./store.ts";

export type { OpenStore, Part, Store } from "./store.ts";

/** Name of the database. It contains all stores of an origin (a website). Its keys are [name of the store, part]. */
const DATABASE = "unrolled";
const PARTS = "parts";

/** Opens a store. {@link OpenStore} describes the parameter and the errors. */
export const openStore: OpenStore = async (name) => {
  await inDatabase(`open the store ${name}`, async () => {});
  const save: Store["save"] = async (part, bytes) => {
    checkBytes("save: bytes", bytes);
    return inDatabase(`save the ${checkPart(part)} of ${name}`, async (database) => {
      const { store, done } = database.transaction(PARTS, "readwrite", { durability: "strict" });
      // The bytes are copied, because IndexedDB stores the whole buffer of a view.
      await Promise.all([store.put(bytes.slice(), [name, part]), done]);
    });
  };
  return {
    ...trainStore(save),
    save,
    load: async (part) =>
      inDatabase(`load the ${checkPart(part)} of ${name}`, (database) => database.get(PARTS, [name, part])),
    remove: () =>
      inDatabase(`remove ${name}`, (database) =>
        database.delete(PARTS, IDBKeyRange.bound([name], [name, []])),
      ),
  };
};

/**
 * Opens the database, runs one request and closes the database. While the database is open, other pages of the site cannot delete
 * the database.
 */
async function inDatabase<T>(what: string, request: (database: IDBPDatabase) => Promise<T>): Promise<T> {
  let database: IDBPDatabase | undefined;
  try {
    if (!globalThis.indexedDB) throw new Error("there is no IndexedDB here, and no disk");
    database = await openDB(DATABASE, 1, { upgrade: (made) => void made.createObjectStore(PARTS) });
    return await request(database);
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot ${what}: ${reason(cause)}`, { cause });
  } finally {
    database?.close();
  }
}

function reason(cause: unknown): string {
  const { name, message } = cause as Error;
  if (name === "QuotaExceededError") {
    return "the browser gives this site no more room; free some on the disk or delete what the site has stored";
  }
  if (name === "SecurityError" || name === "InvalidStateError") {
    return `the browser does not let this page store anything, as in some private windows (${message})`;
  }
  return message;
}
