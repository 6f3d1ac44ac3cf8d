import { type Signal, signal } from "@preact/signals";

const all = new Map<string, Signal<unknown>>();

/** Returns a choice of the user for the pictures of a run. It stays if the model changes or another picture is opened. */
export function kept<T>(run: string, name: string, initial: T): Signal<T> {
  const key = `${run}/${name}`;
  const found = all.get(key) ?? signal<unknown>(initial);
  all.set(key, found);
  return found as Signal<T>;
}
