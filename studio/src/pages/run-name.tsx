import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../runs/run.ts";
import { renameRun } from "../runs/shelf.ts";
import { tellError } from "../ui/notices.tsx";

interface RenameProps {
  readonly run: Run;
  /** What is shown beside the button while the name does not change. */
  readonly children: preact.ComponentChildren;
}

/** A name with a button to change it. Enter takes the new name, Escape keeps the old one. */
export function Rename({ run, children }: RenameProps) {
  const [editing, setEditing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const opened = useRef(false);
  useLayoutEffect(() => {
    if (editing) field.current!.select();
    else if (opened.current) button.current!.focus();
    opened.current = editing;
  }, [editing]);
  function end(name = ""): void {
    setEditing(false);
    if (name.trim() && name !== run.name) renameRun(run.id, name.trim()).catch(tellError);
  }
  if (!editing) {
    return (
      <div class="rename">
        {children}
        <button
          type="button"
          class="small"
          ref={button}
          aria-label={`Rename ${run.name}`}
          onClick={() => setEditing(true)}
        >
          Rename
        </button>
      </div>
    );
  }
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        end(field.current!.value);
      }}
    >
      <input
        ref={field}
        aria-label="Name of the run"
        defaultValue={run.name}
        maxLength={80}
        required
        onKeyDown={({ key }) => key === "Escape" && end()}
      />
      <button type="submit" class="small">
        Save
      </button>
    </form>
  );
}

/** The heading of a run. */
export const RunName = ({ run }: { readonly run: Run }) => (
  <Rename run={run}>
    <h1 tabIndex={-1}>{run.name}</h1>
  </Rename>
);
