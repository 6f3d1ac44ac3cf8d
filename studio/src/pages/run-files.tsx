import { useRef, useState } from "preact/hooks";
import { thinned } from "../runs/history.ts";
import { MOST_CHARACTERS, packed, SAFE_CHARACTERS } from "../runs/link.ts";
import { withNotes } from "../runs/notes.ts";
import { CELL_NAMES, type Run } from "../runs/run.ts";
import { nameWithCell, phaseOf, starting, startWithCell, stopRun } from "../runs/session.ts";
import { bestFile, deleteRun, fileOf } from "../runs/shelf.ts";
import { tell, tellError } from "../ui/notices.tsx";
import { address, go } from "../ui/router.ts";
import { fileName, saveFile } from "../ui/save-file.ts";
import { whole } from "../ui/words.ts";
import { follow, problemHere } from "./start.ts";

/** Points of each loss in a link, which has to be short. */
const POINTS = 100;

/** Returns the best model of a run, or an error if there is none yet. */
async function modelFile(run: Run, which: "best" | "latest"): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await (which === "best" ? bestFile(run.id) : fileOf(run.id, "latest"));
  if (bytes) return bytes;
  throw new Error("There is no model yet. Try again in a moment.");
}

/** What one does with a run: keep it, pass it on, train it with another cell, delete it. */
export function RunFiles({ run, isEmpty }: { readonly run: Run; readonly isEmpty: boolean }) {
  const save = async (which: "best" | "latest") => {
    const bytes = withNotes(await modelFile(run, which), run);
    const name = `${fileName(run.name)}${which === "latest" ? "-latest" : ""}.safetensors`;
    saveFile(name, bytes, "application/octet-stream");
  };
  return (
    <section class="card" aria-labelledby="files-title">
      <h2 id="files-title">Keep, share, compare</h2>
      <div class="buttons">
        {!isEmpty && (
          <button type="button" onClick={() => save("best").catch(tellError)}>
            Save the model
          </button>
        )}
        {!run.opened && !isEmpty && (
          <button type="button" onClick={() => save("latest").catch(tellError)}>
            Save the latest model
          </button>
        )}
        {!isEmpty && <ShareLink run={run} />}
        <button type="button" onClick={() => remove(run).catch(tellError)}>
          Delete
        </button>
      </div>
      {!isEmpty && (
        <p class="about">
          “Save the model” takes{" "}
          {run.best ? "the weights of the best test" : "the weights of the last iteration"}
          {!run.opened &&
            run.best &&
            ", “Save the latest model” those of the last iteration, which may know its examples by heart"}
          . The file also has the settings and the losses. “Open a model” on the page{" "}
          <a href={address("runs")}>Your runs</a> takes it, on any computer, and so do the programs of
          unrolled.
        </p>
      )}
      {!run.opened && !run.plan.from && run.state === "finished" && <OtherCells run={run} />}
      {!run.opened && !isEmpty && run.state !== "training" && (
        <p class="about">
          <a href={address("further", run.id)}>Train its network further</a> on other data.
        </p>
      )}
    </section>
  );
}

async function remove(run: Run): Promise<void> {
  go("runs");
  if (phaseOf(run.id)) await stopRun(run.id);
  await deleteRun(run.id);
}

function OtherCells({ run }: { readonly run: Run }) {
  const own = run.spec.cell as string | undefined;
  const problem = problemHere();
  if (!own || !CELL_NAMES[own]) return null;
  return (
    <section class="buttons" aria-label="Train the same with another cell">
      <span>Train the same with another cell:</span>
      {Object.entries(CELL_NAMES)
        .filter(([cell]) => cell !== own)
        .map(([cell, name]) => (
          <button
            key={cell}
            type="button"
            class="small"
            aria-disabled={starting.value !== undefined}
            onClick={() => !starting.value && follow(nameWithCell(run, cell), () => startWithCell(run, cell))}
          >
            {name}
          </button>
        ))}
      <span class="about">Then compare them on the page Your runs.</span>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function ShareLink({ run }: { readonly run: Run }) {
  const [link, setLink] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  async function make(): Promise<void> {
    const short = { ...run, losses: thinned(run.losses, POINTS) };
    const text = await packed(withNotes(await modelFile(run, "best"), short));
    setLink(`${location.href.replace(/#.*/, "")}${address("shared", text)}`);
  }
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link!);
      tell({ kind: "info", title: "Copied", text: "The link is in the clipboard." }, { passing: true });
    } catch {
      field.current!.select(); // the browser does not let the page copy
      tell(
        { kind: "info", title: "Copy the link", text: "It is selected: press Ctrl+C." },
        { passing: true },
      );
    }
  }
  const length = link && `${whole(link.length / 1000)} kB`;
  return (
    <>
      <button type="button" aria-expanded={link !== undefined} onClick={() => make().catch(tellError)}>
        Share as a link
      </button>
      {link && link.length > MOST_CHARACTERS && (
        <p class="about share" role="status">
          The link would have {length}, and browsers take {whole(MOST_CHARACTERS / 1000)} kB. Save the model
          and pass the file on, or train a smaller network.
        </p>
      )}
      {link && link.length <= MOST_CHARACTERS && (
        <div class="share">
          <p class="about" role="status">
            The link has {length} and holds the whole model; nothing is stored on a server.{" "}
            {link.length > SAFE_CHARACTERS
              ? "Many messengers cut links above 64 kB, so the file may be the better way."
              : "Whoever opens it has the model on their page."}
          </p>
          <div class="rename">
            <input ref={field} readOnly value={link} aria-label="The link" />
            <button type="button" onClick={() => void copy()}>
              Copy the link
            </button>
          </div>
        </div>
      )}
    </>
  );
}
