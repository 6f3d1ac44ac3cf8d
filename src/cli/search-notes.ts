import type { Candidate } from "../search/space.ts";
import type { Trial } from "../search/trial.ts";

// The messages that `search` prints for people.

/** Maximum number of candidates in the table. */
const SHOWN = 10;

const show = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Describes a candidate: "gru, hidden 64, lr 0.0023" */
function candidateNote(candidate: Candidate): string {
  const parts = Object.entries(candidate).map(([field, value]) =>
    field === "cell" ? show(value) : `${field} ${show(value)}`,
  );
  return parts.join(", ");
}

/** Describes the result of a candidate in one line. */
export function trialNote({ candidate, best, status, error, losses, number }: Trial, first?: Trial): string {
  const loss = best === null ? "" : best.toFixed(4);
  const how = {
    done: `${loss}${first?.number === number ? ", best so far" : ""}`,
    stopped: `${loss}, stopped at iteration ${losses.at(-1)?.[0]} (above the median)`,
    failed: `failed (${error})`,
  }[status];
  return `${how}: ${candidateNote(candidate)}`;
}

/** Counts the trials of each status. */
export function countTrials(trials: readonly Trial[]): Readonly<Record<Trial["status"], number>> {
  const count = (status: Trial["status"]) => trials.filter((trial) => trial.status === status).length;
  return { done: count("done"), stopped: count("stopped"), failed: count("failed") };
}

/** Describes how many candidates finished, were stopped or failed. */
export function countNote(trials: readonly Trial[]): string {
  const { done, stopped, failed } = countTrials(trials);
  const error = trials.find(({ error }) => error !== undefined)?.error;
  return (
    `${trials.length} candidates: ${done} finished, ${stopped} stopped (above the median), ` +
    `${failed} failed${error === undefined ? "" : ` (the first: ${error})`}`
  );
}

/** Makes a table of the best candidates. Each row is a candidate. */
export function searchTable(trials: readonly Trial[], loss: string): string {
  const done = trials.filter(({ status }) => status === "done");
  const fields = Object.keys(done[0]?.candidate ?? {});
  const rows = done
    .sort((a, b) => a.best! - b.best!)
    .slice(0, SHOWN)
    .map(({ number, best, seconds, candidate }) => [
      String(number),
      best!.toFixed(4),
      seconds.toFixed(1),
      ...fields.map((field) => show(candidate[field])),
    ]);
  const all = [["candidate", loss, "seconds", ...fields], ...rows];
  const widths = all[0]!.map((_, column) =>
    all.reduce((most, row) => Math.max(most, row[column]!.length), 0),
  );
  return all.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")).join("\n");
}
