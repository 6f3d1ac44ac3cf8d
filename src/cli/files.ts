import { createHash } from "node:crypto";
import { createReadStream, existsSync, realpathSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UnrolledError } from "../errors.ts";
import { notAFile, reason, statIfPresent } from "../storage/files.node.ts";
import { decodeText } from "../tasks/decode.ts";
import type { TextSource } from "../tasks/source.ts";
import { checkedKind, INPUT } from "./file-kinds.ts";
import { quoted } from "./shell.ts";

export { readBytes, writeWhole } from "../storage/files.node.ts";

/** Opens a text file. Its text is read piece by piece. */
export function openText(file: string): TextSource {
  return sourceOf(file, () => createReadStream(file));
}

/** The bytes of standard input, if they are kept in memory. */
let kept: readonly Uint8Array[] | undefined;
let opened = false;

/**
 * Opens the text of standard input.
 *
 * @throws ERR_VALUE if it has been opened before, and is not kept in memory
 */
export function openInput(): TextSource {
  if (opened && !kept) {
    throw new UnrolledError("ERR_VALUE", "standard input can be read once, but - is given several times");
  }
  opened = true;
  if (!kept && process.stdin.isTTY) console.error("reading from the terminal; Ctrl-D ends the text");
  return sourceOf(INPUT, () => kept ?? process.stdin);
}

/** Reads standard input and keeps it in memory, so that it can be opened several times. */
export async function keptInput(): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of readPieces(process.stdin, INPUT)) pieces.push(bytes);
  kept = pieces;
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

function sourceOf(name: string, open: () => Bytes): TextSource {
  const sum = createHash("sha256");
  async function* pieces() {
    for await (const bytes of readPieces(open(), name)) {
      sum.update(bytes);
      yield bytes;
    }
  }
  return {
    name,
    chunks: decodeText(checkedKind(pieces(), name), name, name === INPUT ? undefined : quoted(name)),
    hash: async () => sum.digest("hex"),
    digest,
  };
}

function digest(pieces: Iterable<Uint8Array>): string {
  const sum = createHash("sha256");
  for (const piece of pieces) sum.update(piece);
  return sum.digest("hex");
}

/**
 * Returns a function that prints notes about data to standard error.
 *
 * @param places what was given as data. If it is a single file, each note begins with its name.
 * @param quiet whether there are to be no notes
 */
export function noteOf(
  places: readonly string[],
  quiet: boolean | undefined,
): ((text: string) => void) | undefined {
  const [only, ...others] = places;
  const start = others.length ? "" : `${only === "-" ? INPUT : only}: `;
  return quiet ? undefined : (text) => console.error(start + text);
}

async function* readPieces(bytes: Bytes, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot read ${name}: ${reason(cause)}`, { cause });
  }
}

/**
 * Checks that `writeWhole` will probably be able to write a file. Call this before long work, so that no result is lost.
 *
 * @throws ERR_FILE if the file cannot be written
 */
export async function checkWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
    const found = await statIfPresent(file);
    if (found && !found.isFile()) throw new Error(notAFile(found));
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot write ${file}: ${reason(cause)}`, { cause });
  }
}

/**
 * Checks that a file may be written that a command did not write before.
 *
 * @param option the option that names the file
 * @throws ERR_VALUE if the file exists
 */
export function checkNew(option: string, file: string): void {
  if (!existsSync(file)) return;
  throw new UnrolledError("ERR_VALUE", `${file} exists; give another ${option}, or --force to replace it`);
}

/** Returns the first name of a model file that neither a model nor its checkpoint has: `best-2.safetensors`, `best-3.safetensors`, ... */
export function freeModelName(model: string): string {
  const stem = model.replace(/\.safetensors$/, "");
  for (let n = 2; ; n++) {
    const name = `${stem}-${n}.safetensors`;
    if (!existsSync(name) && !existsSync(checkpointOf(name))) return name;
  }
}

/** Returns the name of the checkpoint file of a model file: `model.safetensors` -> `model.checkpoint.safetensors` */
export function checkpointOf(model: string): string {
  return `${model.replace(/\.safetensors$/, "")}.checkpoint.safetensors`;
}

const CHECKPOINT = /\.checkpoint\.safetensors$/;

/** Returns the name of the model file of a checkpoint, or undefined if the checkpoint has a name of its own. */
export function modelOf(checkpoint: string): string | undefined {
  return CHECKPOINT.test(checkpoint) ? checkpoint.replace(CHECKPOINT, ".safetensors") : undefined;
}

/** @throws ERR_VALUE if the model file of `--out` has a checkpoint's name */
export function checkModelName(model: string): void {
  if (!CHECKPOINT.test(model)) return;
  throw new UnrolledError("ERR_VALUE", `--out ${model} is a checkpoint's name; give the model another one`);
}

/** Returns whether two file names refer to the same file. Follows links. */
export function samePlace(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => {
    try {
      return realpathSync(file);
    } catch {
      return resolve(file); // the file does not exist yet
    }
  });
  return first === second;
}
