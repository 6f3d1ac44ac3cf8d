import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

// The lock of Optuna's JournalFileBackend: whoever creates `<journal>.lock` has it. Optuna makes a symbolic link
// (JournalFileSymlinkLock) or an empty file (JournalFileOpenLock); either keeps out the other.

/** After this time in ms, the holder of a lock counts as dead. Optuna's default. */
const GRACE = 30_000;
/** After this time in ms, a message says what is waited for. */
const SILENCE = 2000;
/** Longest pause between two attempts, in ms. */
const PAUSE = 1000;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/**
 * Calls `use` while no other process has the lock of a journal. Blocks the thread until the lock is free: an attempt takes
 * milliseconds, and what waits for the journal has nothing else to do.
 */
export function withLock<T>(journal: string, use: () => T): T {
  const lock = `${journal}.lock`;
  take(lock, basename(journal));
  const own = identityOf(lock);
  try {
    return use();
  } finally {
    release(lock, own);
  }
}

function take(lock: string, target: string): void {
  let [holder, since, said] = [identityOf(lock), performance.now(), false];
  for (let pause = 1; !created(lock, target); pause = Math.min(2 * pause, PAUSE)) {
    const now = identityOf(lock);
    if (now !== holder) [holder, since, said] = [now, performance.now(), false];
    const waited = performance.now() - since;
    if (waited > SILENCE && !said) {
      said = true;
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K"); // a progress bar
      console.error(
        `waiting for ${lock}, the lock of another process: at most ${GRACE / 1000} s, then that process counts as dead`,
      );
    }
    if (waited > GRACE) release(lock, holder);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
}

function created(lock: string, target: string): boolean {
  try {
    // Relative to the folder of the link, so that it leads to the journal on every machine: Optuna looks there for signs of life.
    symlinkSync(target, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (codeOf(error) !== "EPERM") throw error;
    return createdAsFile(lock); // Windows without the right to make links, or a disk without links
  }
}

function createdAsFile(lock: string): boolean {
  try {
    writeFileSync(lock, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Returns a text that differs from holder to holder; undefined if nobody has the lock. */
function identityOf(lock: string): string | undefined {
  const found = lstatSync(lock, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeMs}`;
}

/** Releases the lock if `holder` still has it. As in Optuna, of two processes that try this only one succeeds in renaming. */
function release(lock: string, holder: string | undefined): void {
  if (identityOf(lock) !== holder) return;
  const aside = `${lock}${randomUUID()}.rename`;
  try {
    renameSync(lock, aside);
    unlinkSync(aside);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
