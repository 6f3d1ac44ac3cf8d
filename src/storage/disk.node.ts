import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkText } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { readBytes, reason, writeWhole } from "./files.node.ts";
import { checkPart, type OpenStore, type Part, type Store, trainStore } from "./store.ts";

export type { OpenStore, Part, Store } from "./store.ts";

const FILES: Record<Part, string> = {
  model: "model.safetensors",
  checkpoint: "checkpoint.safetensors",
  data: "data",
  notes: "notes",
};

export const openStore: OpenStore = async (folder) => {
  checkText("openStore: name", folder);
  await doing(`make the folder ${folder}`, () => mkdir(folder, { recursive: true }));
  const fileOf = (part: Part) => join(folder, FILES[checkPart(part)]);
  const save: Store["save"] = async (part, bytes) => writeWhole(fileOf(part), bytes);
  return {
    ...trainStore(save),
    save,
    async load(part) {
      const file = fileOf(part);
      try {
        return new Uint8Array(await readBytes(file)); // a copy with its own ArrayBuffer, which can be transferred to a worker
      } catch (error) {
        const { code } = (error as Error).cause as NodeJS.ErrnoException;
        if (code !== "ENOENT") throw error;
      }
    },
    /** Deletes the files of all parts. The folder stays, because it may contain other files. */
    remove: () =>
      doing(`remove the run in ${folder}`, async () => {
        await Promise.all(Object.values(FILES).map((file) => rm(join(folder, file), { force: true })));
      }),
  };
};

async function doing(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot ${what}: ${reason(cause)}`, { cause });
  }
}
