import { signal } from "@preact/signals";
import { starting, stopRun } from "../runs/session.ts";
import { tell } from "../ui/notices.tsx";
import type { FieldNames } from "../ui/plain.ts";
import { go } from "../ui/router.ts";
import { failure } from "../ui/words.ts";

/** What went wrong with the last start, and the address where it began. */
const failed = signal<{ readonly at: string; readonly text: string } | undefined>(undefined);

/** Returns what went wrong with the last start of this page. */
export const problemHere = (): string | undefined =>
  failed.value?.at === location.hash ? failed.value.text : undefined;

export function forgetProblem(): void {
  failed.value = undefined;
}

/** Cancels the start that is under way. */
export function cancelStart(): void {
  if (starting.value) void stopRun(starting.value.id);
}

/**
 * Waits until a run has started, and opens its page if the person is still where it began. Whoever has left stays where they are:
 * notices tell how the start goes on, and how it ends.
 *
 * @param start what starts the run. Its result is undefined if it was cancelled
 * @param fields the fields of the form, for messages
 */
export async function follow(
  name: string,
  start: () => Promise<string | undefined>,
  fields: FieldNames = {},
): Promise<void> {
  const at = location.hash;
  const isHere = () => location.hash === at;
  let close = () => {};
  const moved = () => {
    close();
    if (isHere()) return;
    const text = "Its data are being read. You need not wait for it.";
    const cancel = { name: "Cancel", run: cancelStart };
    close = tell({ kind: "info", title: `“${name}” is starting`, text }, { action: cancel, stays: true });
  };
  forgetProblem();
  addEventListener("hashchange", moved);
  try {
    const id = await start();
    if (id && isHere()) go("run", id);
    else if (id) {
      const show = { name: "Show", run: () => go("run", id) };
      tell({ kind: "info", title: "The training has started", text: name }, { action: show });
    }
  } catch (error) {
    const notice = failure(error, fields);
    failed.value = { at, text: notice.text };
    if (isHere()) return;
    const back = { name: "Go back", run: () => (location.hash = at) };
    tell({ ...notice, title: `“${name}” could not start` }, { action: back });
  } finally {
    removeEventListener("hashchange", moved);
    close();
  }
}
