import { History } from "../runs/history.ts";
import { newId } from "../runs/new-id.ts";
import { notesOf } from "../runs/notes.ts";
import { refusal, refuseBySize, refuseOthers } from "../runs/refuse.ts";
import type { Run } from "../runs/run.ts";
import { addRun, findRun, keepFile, openShelf } from "../runs/shelf.ts";
import { closeErrors } from "../ui/notices.tsx";
import { ask } from "./ask.ts";

/** Puts a model file on the shelf, whatever its task. @returns the id of its run @throws OpenError if it is not a model */
export async function openModelFile(file: File): Promise<string> {
  refuseBySize(file);
  return openBytes(new Uint8Array(await file.arrayBuffer()), file.name, "file", newId());
}

/** Puts the model of a link on the shelf. A link that is opened again leads to the same run. */
export async function openShared(bytes: Uint8Array<ArrayBuffer>, id: string): Promise<string> {
  await openShelf();
  return findRun(id) ? id : openBytes(bytes, "The model of the link", "link", id);
}

async function openBytes(
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
  opened: Run["opened"],
  id: string,
): Promise<string> {
  closeErrors();
  refuseOthers(bytes, fileName);
  await openShelf();
  const name = fileName.replace(/\.safetensors$/i, "");
  const { task, spec, parameters } = await ask({ key: id, run: id, iteration: 0, bytes }, "info").catch(
    (error) => {
      // A file that is wrong is an error of the library. Others, such as too little memory, are not of the file.
      if (error.name !== "UnrolledError" || /memory/.test(error.message)) throw error;
      throw refusal(fileName, error.message);
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
