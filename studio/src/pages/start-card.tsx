import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { active, starting } from "../runs/session.ts";
import { findRun } from "../runs/shelf.ts";
import { cancelStart, problemHere } from "./start.ts";

interface StartCardProps {
  /** Why the training cannot begin yet. */
  readonly reason: string | undefined;
  /** What is going to be trained. */
  readonly children: ComponentChildren;
}

/** The button of a form that begins a training. While one starts, it can be cancelled here. */
export function StartCard({ reason, children }: StartCardProps) {
  const button = useRef<HTMLButtonElement>(null);
  const other = active.value && findRun(active.value.id);
  const now = starting.value;
  const problem = problemHere();
  const note = now
    ? `“${now.name}” is starting. You need not wait on this page: its training begins in any case.`
    : (reason ??
      (other && `“${other.name}” is under way. Training this one stops it; you can continue it later.`));
  return (
    <section class="card start" aria-label="Start">
      <p>{children}</p>
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          ref={button}
          aria-disabled={Boolean(reason) || now !== undefined}
          aria-describedby="start-note"
        >
          {now ? "Reading the data …" : other ? "Stop it and train" : "Train"}
        </button>
        {now && (
          <button
            type="button"
            onClick={() => {
              button.current!.focus(); // this button is about to vanish
              cancelStart();
            }}
          >
            Cancel
          </button>
        )}
      </div>
      <p id="start-note" class="about" role="status">
        {note}
      </p>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
