import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import {
  chmod,
  chown,
  type FileHandle,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UnrolledError } from "../errors.ts";
import { checkBytes } from "./store.ts";

/** Reads a file. @throws ERR_FILE if reading fails; the message has the file's name and the reason */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read ${file}: ${reason(cause)}`, { cause });
  }
}

/**
 * Writes a file completely or not at all. The bytes go to a temporary file next to it, which replaces the file only after all of
 * its bytes are on the disk. (The package write-file-atomic does not notice if the system writes fewer bytes than asked, as a
 * nearly full disk does.)
 *
 * @throws ERR_FILE if writing fails, ERR_VALUE if `bytes` is not a Uint8Array. In both cases, the old file is unchanged.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const { length } = checkBytes("writeWhole: bytes", bytes);
  const key = resolve(file);
  const turn = (turns.get(key) ?? Promise.resolve())
    .catch(() => {})
    .then(() => writeNow(file, bytes, length));
  turns.set(key, turn);
  return turn.finally(() => turns.get(key) === turn && turns.delete(key));
}

/** The last write of each file that is being written. Writes to one file take turns, so that the last call wins. */
const turns = new Map<string, Promise<void>>();

async function writeNow(file: string, bytes: Uint8Array, length: number): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file); // a link stays a link
    const old = await statIfPresent(target);
    if (old && !old.isFile()) throw new Error(notAFile(old));
    await removeRemains(target);
    await replace(target, bytes, length, old);
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
  }
}

/** Returns what is known of a file, or undefined if there is none. */
export async function statIfPresent(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    return undefined;
  }
}

/** Says what stands in the place of a file. */
export const notAFile = (found: Stats) => (found.isDirectory() ? "it is a folder" : "it is a device");

async function replace(
  target: string,
  bytes: Uint8Array,
  length: number,
  old: Stats | undefined,
): Promise<void> {
  const temporary = `${target}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", old?.mode);
    try {
      await writeAll(handle, bytes, length);
      if (old) await keepOwner(temporary, old);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error tells more
    throw error;
  }
  await syncFolder(dirname(target));
}

/**
 * Writes all bytes. The system may write fewer bytes than asked in one call.
 *
 * @param length number of bytes when the write was asked for. A buffer that is transferred to a thread meanwhile has no bytes.
 * @throws Error if a call writes nothing
 */
async function writeAll(handle: FileHandle, bytes: Uint8Array, length: number): Promise<void> {
  for (let at = 0; at < length; ) {
    const { bytesWritten } = await handle.write(bytes, at);
    if (!(bytesWritten > 0)) throw new Error(`the system wrote ${at} of ${length} bytes`);
    at += bytesWritten;
  }
}

/** Keeps mode and owner of the old file. Only the administrator may give files away, so others keep what they can. */
async function keepOwner(temporary: string, { mode, uid, gid }: Stats): Promise<void> {
  await chmod(temporary, mode).catch(() => {});
  await chown(temporary, uid, gid).catch(() => {});
}

/** Makes a renaming survive a loss of power. Some systems cannot sync a folder; the file is whole there too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Files of this process whose temporary files were looked for. */
const searched = new Set<string>();

/** Removes temporary files of `target` that processes left which were killed while they wrote. */
async function removeRemains(target: string): Promise<void> {
  if (searched.has(target)) return;
  searched.add(target);
  const folder = dirname(target);
  const start = `${basename(target)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.startsWith(start) && /^(\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(start.length))?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

/** Returns whether a process of this machine is running. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it belongs to somebody else
  }
}

const REASONS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EACCES: "no permission",
  EEXIST: "a file of that name exists",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "the file is larger than allowed",
  EROFS: "the disk is read-only",
};

/** Explains in words why a file operation failed. @param cause the error that Node threw */
export function reason(cause: unknown): string {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
