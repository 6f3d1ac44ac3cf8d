import { readFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { UnrolledError } from "../errors.ts";

/** Reads a file. @throws ERR_FILE if reading fails; the message has the file's name and the reason */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read ${file}: ${reason(cause)}`, { cause });
  }
}

/** Writes a file completely or not at all. @throws ERR_FILE if writing fails. In that case, the old file is unchanged. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(file, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
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
  EROFS: "the disk is read-only",
};

/** Explains in words why a file operation failed. @param cause the error that Node threw */
export function reason(cause: unknown): string {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
