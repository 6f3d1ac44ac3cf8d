import { History } from "../runs/history.ts";
import { newId } from "../runs/new-id.ts";
import { notesOf } from "../runs/notes.ts";
import type { Run } from "../runs/run.ts";
import { addRun, findRun, keepFile, openShelf } from "../runs/shelf.ts";
import { closeErrors } from "../ui/notices.tsx";
import { ask } from "./ask.ts";

/** Largest file that is read, so that a film that is dropped by mistake does not fill the memory. */
const MOST_BYTES = 256 * 2 ** 20;

/** Puts a model file on the shelf, whatever its task. @returns the id of its run @throws Error if it is not a model */
export async function openModelFile(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} is larger than 256 MB, too large for a page.`);
  const name = file.name.replace(/\.safetensors$/i, "");
  return openBytes(new Uint8Array(await file.arrayBuffer()), name, "file", newId());
}

/** Puts the model of a link on the shelf. A link that is opened again leads to the same run. */
export async function openShared(bytes: Uint8Array<ArrayBuffer>, id: string): Promise<string> {
  await openShelf();
  return findRun(id) ? id : openBytes(bytes, "Shared model", "link", id);
}

async function openBytes(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  opened: Run["opened"],
  id: string,
): Promise<string> {
  closeErrors();
  await openShelf();
  const { task, spec, parameters } = await ask({ key: id, run: id, iteration: 0, bytes }, "info").catch(
    (error) => {
      throw Object.assign(error, { code: "ERR_FORMAT" }); // a code does not survive the way from the worker
    },
  );
  const notes = notesOf(bytes);
  await addRun({
    ...(notes?.plan.task === task
      ? notes
      : {
          name,
          iteration: 0,
          iterations: 0,
          plan: {
            task: task as Run["plan"]["task"],
            source: { kind: "model", name },
            options: {},
            spec,
            recipe: {},
            length: { iterations: 0 },
            threads: 1,
          },
          losses: new History().losses,
        }),
    id,
    created: Date.now(),
    state: "finished",
    planned: 0,
    dataName: "",
    threads: 1,
    opened,
    parameters,
    spec,
  });
  await keepFile(id, "model", bytes);
  return id;
}
